import { cellText, type Dialect, newline, readRow, type Row } from "./cells.ts";
import { parseNumber } from "./numbers.ts";

const code = (c: string): number => c.charCodeAt(0);
/** In order of preference where the evidence is equal. */
const delimiters = [",", ";", "\t", "|", " "].map(code);
const sampleLines = 40;

/** Text in UTF-16 becomes UTF-8; a byte order mark is dropped. */
export function toUtf8(bytes: Uint8Array): Uint8Array {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : undefined;
  if (utf16) return new TextEncoder().encode(new TextDecoder(utf16).decode(bytes));
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** Starts of the first lines that are neither empty nor comments (`#`, `%`). */
export function contentLines(bytes: Uint8Array, most: number): number[] {
  const starts: number[] = [];
  for (let at = 0; at < bytes.length && starts.length < most;) {
    if (!isSkipped(bytes, at)) starts.push(at);
    const end = bytes.indexOf(newline, at);
    at = end < 0 ? bytes.length : end + 1;
  }
  return starts;
}

/** Whether the line is empty or a comment. */
export function isSkipped(bytes: Uint8Array, at: number): boolean {
  let c = at;
  while (bytes[c] === 32 || bytes[c] === 9) c++;
  return c >= bytes.length || bytes[c] === newline || bytes[c] === 13 || bytes[c] === 35 || bytes[c] === 37;
}

/**
 * Delimiter and decimal mark that fit best: those under which most sample lines have one number of cells and most
 * cells are numbers.
 */
export function sniffDialect(bytes: Uint8Array): Dialect {
  const lines = contentLines(bytes, sampleLines);
  const row: Row = { bounds: [], count: 0, next: 0 };
  let best: Dialect = { delimiter: code(","), decimal: code(".") };
  let bestScore = 0;
  for (const delimiter of delimiters)
    for (const decimal of [".", ","].map(code)) {
      if (delimiter === decimal) continue;
      const dialect = { delimiter, decimal };
      const counts = new Map<number, number>();
      let cells = 0;
      let numbers = 0;
      for (const start of lines) {
        readRow(bytes, start, dialect, row);
        counts.set(row.count, (counts.get(row.count) ?? 0) + 1);
        const seen = Math.min(row.count, 200);
        for (let i = 0; i < seen; i++) {
          const value = parseNumber(bytes, row.bounds[2 * i]!, row.bounds[2 * i + 1]!, decimal);
          cells++;
          if (value !== undefined && !Number.isNaN(value)) numbers++;
        }
      }
      const [count, agreeing] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [1, 0]);
      // One column is what every wrong delimiter gives.
      const score = (agreeing / Math.max(1, lines.length)) * (0.1 + numbers / Math.max(1, cells)) * (count > 1 ? 2 : 1);
      if (score > bestScore * 1.0001) {
        best = dialect;
        bestScore = score;
      }
    }
  return best;
}

export const texts = (bytes: Uint8Array, row: Row): string[] =>
  Array.from({ length: row.count }, (_, i) => cellText(bytes, row.bounds[2 * i]!, row.bounds[2 * i + 1]!));
