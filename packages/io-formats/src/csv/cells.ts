/** Rows and cells of a delimited text file, as positions in its bytes. */

export const newline = 10;
const carriage = 13;
const quote = 34;
const space = 32;
const tab = 9;

export interface Dialect {
  /** Code of the delimiter; a space stands for any run of blanks. */
  readonly delimiter: number;
  /** Code of the decimal mark. */
  readonly decimal: number;
}

/** Cells of one row: `bounds[2i]` and `bounds[2i + 1]` enclose cell i, quotes and blanks around it left out. */
export interface Row {
  readonly bounds: number[];
  /** Cells that were quoted and have doubled quotes inside. */
  count: number;
  /** Where the next row begins. */
  next: number;
}

/** Reads the row that begins at `start`. Reuses `row`. Newlines inside quotes belong to the cell. */
export function readRow(bytes: Uint8Array, start: number, { delimiter }: Dialect, row: Row): Row {
  const { bounds } = row;
  const blank = delimiter === space;
  const skipped = blank ? tab : space;
  let at = start;
  let n = 0;
  for (;;) {
    while (bytes[at] === space || bytes[at] === skipped) at++;
    let from = at;
    let to: number;
    if (bytes[at] === quote) {
      from = ++at;
      while (at < bytes.length && (bytes[at] !== quote || bytes[at + 1] === quote)) at += bytes[at] === quote ? 2 : 1;
      to = Math.min(at, bytes.length);
      while (at < bytes.length && bytes[at] !== newline && !isDelimiter(bytes[at]!, delimiter, blank)) at++;
    } else {
      while (at < bytes.length && bytes[at] !== newline && !isDelimiter(bytes[at]!, delimiter, blank)) at++;
      to = at;
      while (to > from && (bytes[to - 1] === space || bytes[to - 1] === carriage)) to--;
    }
    const last = at >= bytes.length || bytes[at] === newline;
    // A blank-delimited line may end in blanks, which begin no further cell.
    if (!(blank && last && from === to && n > 0)) {
      bounds[2 * n] = from;
      bounds[2 * n + 1] = to;
      n++;
    }
    at++;
    if (last) break;
  }
  row.count = n;
  row.next = at;
  return row;
}

const isDelimiter = (c: number, delimiter: number, blank: boolean): boolean => c === delimiter || (blank && c === tab);

/** A cell's text. Files not in UTF-8 are read as Windows-1252, which is what spreadsheets write. */
export function cellText(bytes: Uint8Array, from: number, to: number): string {
  const raw = bytes.subarray(from, to);
  let text: string;
  try {
    text = utf8.decode(raw);
  } catch {
    text = windows.decode(raw);
  }
  return text.includes('""') ? text.replaceAll('""', '"') : text;
}
const utf8 = new TextDecoder("utf-8", { fatal: true });
const windows = new TextDecoder("windows-1252");
