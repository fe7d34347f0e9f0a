import { type ByteSink, type FileContent, type NdArray, sizeOf, SpectraiError, type TypedArray } from "@spectrai/core";

export interface CsvWriteOptions {
  readonly delimiter: "comma" | "semicolon" | "tab";
  readonly decimal: "point" | "comma";
}

const delimiters = { comma: ",", semicolon: ";", tab: "\t" } as const;
const chunkSize = 1 << 18;

/**
 * One row a spectrum: its id, the other variables (one value a spectrum each), then the points under their axis values.
 * The unit of the axis stands in the first heading, where the reader looks for it.
 */
export async function writeCsv(content: FileContent, options: CsvWriteOptions, sink: ByteSink): Promise<void> {
  const { rows, length, matrix, columns } = tableOf(content);
  const cell = formatter(options);
  const { axis, ids } = content;
  const unit = axis && axis.unit !== "index" ? ` (${axis.unit})` : "";
  const points = Array.from({ length }, (_, i) => cell.number(axis ? axis.values[i]! : i));
  const join = (cells: readonly string[]): string => cells.join(delimiters[options.delimiter]) + "\n";
  const encoder = new TextEncoder();
  let text = join([cell.text(`id${unit}`), ...columns.map(([name]) => cell.text(name)), ...points]);
  const single = matrix.data instanceof Float32Array;
  for (let r = 0; r < rows; r++) {
    const cells = [cell.text(ids?.[r] ?? `row ${r}`), ...columns.map(([, c]) => cell.value(c.data, r))];
    for (let i = 0; i < length; i++)
      cells.push(single ? cell.single(matrix.data[r * length + i] as number) : cell.value(matrix.data, r * length + i));
    text += join(cells);
    if (text.length > chunkSize) {
      await sink.write(encoder.encode(text));
      text = "";
    }
  }
  await sink.write(encoder.encode(text));
}

interface TableParts {
  readonly rows: number;
  readonly length: number;
  readonly matrix: NdArray;
  readonly columns: readonly (readonly [name: string, array: NdArray])[];
}

/** One matrix `[rows, points]` (or one spectrum), and vectors of one value a row. @throws SPECTRAI_DATA_SHAPE */
function tableOf({ variables, axis, ids }: FileContent): TableParts {
  const all = Object.entries(variables);
  const wrong = (why: string): SpectraiError =>
    new SpectraiError("SPECTRAI_DATA_SHAPE", `A table cannot hold ${why}. Write .mat or .npz instead.`);
  const matrices = all.filter(([, v]) => v.shape.length === 2);
  const deep = all.find(([, v]) => v.shape.length > 2);
  if (deep) throw wrong(`"${deep[0]}" of the shape [${deep[1].shape.join(", ")}]`);
  const [main] = matrices.length > 0 ? matrices : all;
  if (!main || matrices.length > 1)
    throw wrong(main ? `more than one matrix (${matrices.map(([n]) => n).join(", ")})` : "nothing");
  const [, matrix] = main;
  const [rows, length] = matrix.shape.length === 2 ? (matrix.shape as [number, number]) : [1, sizeOf(matrix.shape)];
  const columns = all.filter((v) => v !== main);
  for (const [name, { shape }] of columns)
    if (sizeOf(shape) !== rows) throw wrong(`"${name}" of ${sizeOf(shape)} values beside ${rows} spectra`);
  if (axis && axis.values.length !== length)
    throw wrong(`spectra of ${length} points on an axis of ${axis.values.length}`);
  if (ids && ids.length !== rows) throw wrong(`${ids.length} ids beside ${rows} spectra`);
  return { rows, length, matrix, columns };
}

function formatter({ delimiter, decimal }: CsvWriteOptions) {
  const special = new RegExp(`["\\n\\r${delimiters[delimiter]}]`);
  const mark = (s: string): string => (decimal === "comma" ? s.replace(".", ",") : s);
  const number = (v: number): string => mark(String(v));
  return {
    number,
    text: (s: string): string =>
      special.test(s) || s !== s.trim() || /^[#%]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s,
    value: (data: TypedArray, i: number): string =>
      typeof data[i] === "bigint" ? String(data[i]) : number(data[i] as number),
    /** The fewest digits that give the same float32 back. */
    single(v: number): string {
      for (let digits = 6; digits < 9; digits++) {
        const short = Number(v.toPrecision(digits));
        if (Math.fround(short) === v) return number(short);
      }
      return number(Number(v.toPrecision(9)));
    },
  };
}
