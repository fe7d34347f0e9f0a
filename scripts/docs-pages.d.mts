export const pages: readonly string[];
export function upToDate(path: string): Promise<string>;
