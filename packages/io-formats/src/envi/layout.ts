import type { DType } from "@spectrai/core";
import { widthOf } from "../bytes/elements.ts";
import { damaged, unsupported } from "../bytes/errors.ts";
import { type EnviHeader, wholeOf } from "./header.ts";

/** ENVI's numbers of the types of data. */
export const dataTypes: ReadonlyMap<number, DType> = new Map([
  [1, "uint8"],
  [2, "int16"],
  [3, "int32"],
  [4, "float32"],
  [5, "float64"],
  [12, "uint16"],
  [13, "uint32"],
  [14, "int64"],
  [15, "uint64"],
]);

/** Types of complex numbers, and their size in bytes. */
const complexTypes: ReadonlyMap<number, number> = new Map([
  [6, 8],
  [9, 16],
]);

export type Interleave = "bsq" | "bil" | "bip";

/** What lies in the raw file, and how. */
export interface Layout {
  readonly kind: "image" | "labels" | "library";
  readonly lines: number;
  readonly samples: number;
  readonly bands: number;
  /** Absent for complex numbers, which are not read. */
  readonly type: DType | undefined;
  /** As NumPy calls it. */
  readonly typeName: string;
  readonly little: boolean;
  readonly offset: number;
  readonly interleave: Interleave;
  /** Bytes of the whole file. */
  readonly size: number;
  /** In C order: `[lines, samples, bands]`, labels `[lines, samples]`, a library `[spectra, points]`. */
  readonly shape: readonly number[];
  /** Of the file, in elements. */
  readonly strides: readonly number[];
}

/** @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED */
export function layoutOf(header: EnviHeader): Layout {
  const { file, fields } = header;
  const lines = wholeOf(header, "lines", 1);
  const samples = wholeOf(header, "samples", 1);
  const bands = wholeOf(header, "bands", 1);
  const offset = wholeOf(header, "header offset", 0, 0);
  const code = wholeOf(header, "data type", 0);
  const type = dataTypes.get(code);
  const width = type ? widthOf(type) : complexTypes.get(code);
  if (width === undefined)
    throw unsupported(file, `its data type is ${code}; known are ${[...dataTypes.keys()].join(", ")}`);
  if (wholeOf(header, "file compression", 0, 0) !== 0)
    throw unsupported(file, "its data are compressed; save them uncompressed");
  for (const key of ["major frame offsets", "minor frame offsets"])
    if (/[1-9]/.test(fields.get(key) ?? "")) throw unsupported(file, `it has "${key}"; save the data without frames`);
  const order = wholeOf(header, "byte order", 0, 0);
  if (order > 1)
    throw damaged(file, `its "byte order" is ${order}, where 0 (little-endian) or 1 (big-endian) is needed`);
  const interleave = interleaveOf(header, bands);
  const fileType = (fields.get("file type") ?? "").toLowerCase();
  const kind = fileType.includes("spectral library")
    ? "library"
    : fileType.includes("classification") && bands === 1
      ? "labels"
      : "image";
  if (kind === "library" && bands !== 1) throw damaged(file, `a spectral library has 1 band, but this has ${bands}`);
  const size = offset + lines * samples * bands * width;
  if (!Number.isSafeInteger(size))
    throw damaged(file, `${lines} lines of ${samples} samples of ${bands} bands are more than any file holds`);
  const [line, sample, band] = stridesOf(interleave, lines, samples, bands);
  return {
    kind,
    lines,
    samples,
    bands,
    type,
    typeName: type ?? `complex${8 * width}`,
    little: order === 0,
    offset,
    interleave,
    size,
    shape: kind === "image" ? [lines, samples, bands] : [lines, samples],
    strides: kind === "image" ? [line, sample, band] : [line, sample],
  };
}

function interleaveOf({ file, fields }: EnviHeader, bands: number): Interleave {
  const text = fields.get("interleave")?.toLowerCase();
  if (text === "bsq" || text === "bil" || text === "bip") return text;
  if (text === undefined && bands === 1) return "bsq";
  throw damaged(
    file,
    text === undefined
      ? 'it does not say "interleave" (bsq, bil or bip)'
      : `its "interleave" is "${text.slice(0, 40)}", where bsq, bil or bip is needed`,
  );
}

function stridesOf(
  interleave: Interleave,
  lines: number,
  samples: number,
  bands: number,
): [line: number, sample: number, band: number] {
  if (interleave === "bip") return [samples * bands, bands, 1];
  if (interleave === "bil") return [samples * bands, 1, samples];
  return [samples, 1, lines * samples];
}
