import { SpectraiError } from "@spectrai/core";
import { damaged } from "../bytes/errors.ts";
import { cellText, type Dialect, newline, readRow, type Row } from "./cells.ts";
import { findLayout, type Layout } from "./layout.ts";
import { parseNumber } from "./numbers.ts";
import { contentLines, isSkipped, texts } from "./sniff.ts";

/** A parsed table: the block of numbers that are spectra, and the other columns as text. */
export interface Table {
  readonly layout: Layout;
  /** `rows × width`, row by row: the columns that `layout.spectra` names (axis column included, where there is one). */
  readonly block: Float64Array;
  readonly width: number;
  readonly rows: number;
  /** Columns that are not in the block. */
  readonly others: readonly { readonly name: string; readonly column: number; readonly texts: readonly string[] }[];
  /** Lines before the table. */
  readonly preamble: readonly string[];
  /** Names of the block's columns. */
  readonly blockNames: readonly string[];
}

export interface TableOptions extends Dialect {
  /** Undefined: found out. */
  readonly header: boolean | undefined;
}

const sampleRows = 40;

/** @throws SPECTRAI_FILE_DAMAGED for ragged rows, SPECTRAI_DATA_VALUE for text among numbers, SPECTRAI_DATA_EMPTY */
export function parseTable(file: string, bytes: Uint8Array, options: TableOptions): Table {
  const row: Row = { bounds: [], count: 0, next: 0 };
  const lines = contentLines(bytes, sampleRows + 20);
  if (lines.length === 0)
    throw new SpectraiError("SPECTRAI_DATA_EMPTY", `${file} has no rows; check that the export worked.`, {
      details: { file },
    });
  const counts = lines.map((start) => readRow(bytes, start, options, row).count);
  const width = mode(counts);
  const firstLine = counts.indexOf(width);
  // A heading one cell short belongs to columns 2, 3, …: R writes row names without a heading of their own.
  const short = firstLine > 0 && counts[firstLine - 1] === width - 1 && width > 2 && counts.length > firstLine + 1;
  const begin = short ? firstLine - 1 : firstLine;
  const start = lines[begin]!;
  const first = texts(bytes, readRow(bytes, start, options, row));
  if (short) first.unshift("");
  const sample = lines
    .slice(begin, begin + sampleRows)
    .map((line, i) => numbersOf(bytes, readRow(bytes, line, options, row), options.decimal, short && i === 0));
  const decimal = options.decimal === 44 ? "," : ".";
  const layout = findLayout(first, sample, decimal, options.header);

  const spectra = layout.spectra;
  const inBlock = (c: number): boolean =>
    spectra !== undefined &&
    (spectra.as === "rows"
      ? c >= spectra.from && c < spectra.to
      : c >= spectra.axis && sample.slice(layout.heading ? 1 : 0).some((r) => r[c] !== undefined));
  const columns = Array.from({ length: width }, (_, c) => c);
  const blockColumns = columns.filter(inBlock);
  const others = columns
    .filter((c) => !inBlock(c))
    .map((column) => ({ column, name: layout.names[column] || `column${column + 1}`, texts: [] as string[] }));

  let block = new Float64Array(Math.min(bytes.length, 1 << 16));
  let rows = 0;
  let at = start;
  let skip = layout.heading;
  while (at < bytes.length) {
    if (isSkipped(bytes, at)) {
      const end = bytes.indexOf(newline, at);
      at = end < 0 ? bytes.length : end + 1;
      continue;
    }
    const here = at;
    readRow(bytes, at, options, row);
    at = row.next;
    if (skip) {
      skip = false;
      continue;
    }
    if (row.count !== width)
      throw damaged(file, `line ${lineOf(bytes, here)} has ${row.count} cells, where ${width} are due`);
    const offset = rows * blockColumns.length;
    if (offset + blockColumns.length > block.length) {
      const larger = new Float64Array(Math.max(2 * block.length, offset + blockColumns.length));
      larger.set(block);
      block = larger;
    }
    for (let k = 0; k < blockColumns.length; k++) {
      const c = blockColumns[k]!;
      const value = parseNumber(bytes, row.bounds[2 * c]!, row.bounds[2 * c + 1]!, options.decimal);
      if (value === undefined)
        throw new SpectraiError(
          "SPECTRAI_DATA_VALUE",
          `${file}, line ${lineOf(bytes, here)}, column ${c + 1}: "${cellText(bytes, row.bounds[2 * c]!, row.bounds[2 * c + 1]!).slice(0, 40)}" is not a number. Mend the cell or remove the row.`,
          { details: { file, line: lineOf(bytes, here), column: c + 1 } },
        );
      block[offset + k] = value;
    }
    for (const other of others)
      other.texts.push(cellText(bytes, row.bounds[2 * other.column]!, row.bounds[2 * other.column + 1]!));
    rows++;
  }
  return {
    layout,
    block: block.subarray(0, rows * blockColumns.length),
    width: blockColumns.length,
    rows,
    others,
    preamble: lines
      .slice(0, begin)
      .map((line) => texts(bytes, readRow(bytes, line, { ...options, delimiter: newline }, row)).join(" ")),
    blockNames: blockColumns.map((c) => layout.names[c]!),
  };
}

function numbersOf(bytes: Uint8Array, row: Row, decimal: number, shifted: boolean): (number | undefined)[] {
  const numbers = Array.from({ length: row.count }, (_, i) =>
    parseNumber(bytes, row.bounds[2 * i]!, row.bounds[2 * i + 1]!, decimal),
  );
  return shifted ? [NaN, ...numbers] : numbers;
}

function mode(counts: readonly number[]): number {
  const seen = new Map<number, number>();
  for (const c of counts) seen.set(c, (seen.get(c) ?? 0) + 1);
  return [...seen].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

function lineOf(bytes: Uint8Array, at: number): number {
  let line = 1;
  for (let i = 0; i < at; i++) if (bytes[i] === newline) line++;
  return line;
}
