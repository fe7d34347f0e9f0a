const table: Readonly<Record<string, string>> = {};
export default table;
