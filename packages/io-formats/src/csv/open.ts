import {
  type Axis,
  type AxisUnit,
  type ByteSource,
  type DataFile,
  makeAxis,
  type NdArray,
  SpectraiError,
} from "@spectrai/core";
import { cut } from "../bytes/cut.ts";
import { dataFile, type Entry } from "../bytes/entries.ts";
import { tooLarge } from "../bytes/errors.ts";
import { copyStrided } from "../bytes/strided.ts";
import { parseNumber } from "./numbers.ts";
import { sniffDialect, toUtf8 } from "./sniff.ts";
import { parseTable, type Table } from "./table.ts";
import { unitIn } from "./units.ts";

export interface CsvOptions {
  readonly delimiter: "auto" | "comma" | "semicolon" | "tab" | "space" | "pipe";
  readonly decimal: "auto" | "point" | "comma";
  readonly header: "auto" | "yes" | "no";
}

const codes = { comma: 44, semicolon: 59, tab: 9, space: 32, pipe: 124, point: 46 } as const;
const longest = 2 ** 31;

/**
 * Reads a table. Its spectra are the variable `spectra` `[spectra, points]`, its axis (where it has values) `axis`,
 * every other column a variable of its own, numbers or text. Spectra in columns have their headings in `names`.
 */
export async function openCsv(source: ByteSource, options: CsvOptions): Promise<DataFile> {
  if (source.size > longest)
    throw tooLarge(source.name, "a text file of more than 2 GiB has to be converted to .npy or .mat");
  const bytes = toUtf8(await source.read(0, source.size));
  const file = source.name;
  const zero = bytes.subarray(0, 4096).indexOf(0);
  if (zero >= 0)
    throw new SpectraiError(
      "SPECTRAI_FILE_UNSUPPORTED",
      `${file} is not a text file: byte ${zero} is zero. A raw image needs its ENVI header (.hdr) of the same name beside it.`,
      {
        details: { file },
      },
    );
  const sniffed = sniffDialect(bytes);
  const table = parseTable(file, bytes, {
    delimiter: options.delimiter === "auto" ? sniffed.delimiter : codes[options.delimiter],
    decimal: options.decimal === "auto" ? sniffed.decimal : codes[options.decimal],
    header: options.header === "auto" ? undefined : options.header === "yes",
  });
  if (table.rows === 0)
    throw new SpectraiError("SPECTRAI_DATA_EMPTY", `${file} has a heading but no rows.`, { details: { file } });
  const { spectra, values, names } = blockOf(file, table);
  const entries: Entry[] = table.others
    .filter((o) => o.texts.some((t) => t !== ""))
    .map((o) => columnEntry(file, o.name, o.texts));
  if (names) entries.push(textEntry("names", names));
  if (values) entries.push(numericEntry(file, "axis", { data: values, shape: [values.length], dtype: "float64" }));
  if (spectra) entries.push(numericEntry(file, "spectra", spectra));
  const unit = table.layout.unit ?? preambleUnit(table.preamble);
  const axis = values && unit && axisOf(file, values, unit);
  return dataFile(file, {
    entries,
    ...(axis ? { axis } : {}),
    attributes: { format: "text", ...(table.preamble.length > 0 ? { preamble: table.preamble } : {}) },
  });
}

const preambleUnit = (lines: readonly string[]): AxisUnit | undefined => lines.map(unitIn).find((u) => u !== undefined);

function axisOf(file: string, values: Float64Array, unit: AxisUnit): Axis {
  try {
    return makeAxis(values, unit);
  } catch (e) {
    throw new SpectraiError("SPECTRAI_DATA_AXIS", `${file}: ${(e as Error).message}`, { cause: e, details: { file } });
  }
}

/** The spectra as `[spectra, points]`, whichever way the table has them. */
function blockOf(
  file: string,
  { layout, block, width, rows, blockNames }: Table,
): { spectra?: NdArray; values?: Float64Array; names?: string[] } {
  if (!layout.spectra || width === 0) return {};
  if (layout.spectra.as === "rows")
    return {
      spectra: { data: block, shape: [rows, width], dtype: "float64" },
      ...(layout.axis ? { values: layout.axis } : {}),
    };
  const values = new Float64Array(rows);
  copyStrided({ data: block, start: 0, strides: [width] }, { data: values, start: 0, strides: [1] }, [rows]);
  axisOf(file, values, "index");
  const data = new Float64Array(rows * (width - 1));
  copyStrided({ data: block, start: 1, strides: [1, width] }, { data, start: 0, strides: [rows, 1] }, [
    width - 1,
    rows,
  ]);
  return {
    spectra: { data, shape: [width - 1, rows], dtype: "float64" },
    values,
    ...(layout.heading ? { names: blockNames.slice(1) } : {}),
  };
}

/** Numbers where every cell is one (or missing), else text. */
function columnEntry(file: string, name: string, texts: readonly string[]): Entry {
  const encoder = new TextEncoder();
  const data = new Float64Array(texts.length);
  for (const [i, text] of texts.entries()) {
    const bytes = encoder.encode(text);
    const value = parseNumber(bytes, 0, bytes.length, codes.point) ?? parseNumber(bytes, 0, bytes.length, codes.comma);
    if (value === undefined) return textEntry(name, texts);
    data[i] = value;
  }
  return numericEntry(file, name, { data, shape: [data.length], dtype: "float64" });
}

const numericEntry = (file: string, name: string, array: NdArray): Entry => ({
  info: { name, kind: "numeric", shape: array.shape, dtype: array.dtype },
  read: async (region) => cut(array, file, name, region),
});

const textEntry = (name: string, texts: readonly string[]): Entry => ({
  info: { name, kind: "text", shape: [texts.length], dtype: "str" },
  readText: () => Promise.resolve([...texts]),
});
