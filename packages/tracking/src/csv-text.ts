/** One record of RFC 4180: CRLF at its end, fields quoted where they need it. */
export const csvRecord = (fields: readonly string[]): string => `${fields.map(field).join(",")}\r\n`;

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * The records of an RFC 4180 text; LF alone ends one too. A last record without its line break is left out: a crash
 * may have cut it short.
 */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let value = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') value += c;
      else if (text[i + 1] === '"') value += text[++i]!;
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === "," || c === "\n") {
      record.push(c === "\n" && value.endsWith("\r") ? value.slice(0, -1) : value);
      value = "";
      if (c === "\n") {
        records.push(record);
        record = [];
      }
    } else value += c;
  }
  return records;
}
