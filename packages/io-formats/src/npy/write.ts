import {
  type ByteSink,
  type DType,
  type FileContent,
  type ImageHeader,
  type ImageRows,
  type NdArray,
  SpectraiError,
} from "@spectrai/core";
import { littleBytes } from "../bytes/elements.ts";
import { countedRows } from "../bytes/image-rows.ts";

const descr: Readonly<Record<DType, string>> = {
  bool: "|b1",
  int8: "|i1",
  uint8: "|u1",
  int16: "<i2",
  uint16: "<u2",
  int32: "<i4",
  uint32: "<u4",
  int64: "<i8",
  uint64: "<u8",
  float32: "<f4",
  float64: "<f8",
};

/** The header as NumPy itself writes it: version 1.0, data aligned to 64 bytes. */
export function npyHeader(type: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const out = new Uint8Array(10 + length).fill(0x20);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  out.set(new TextEncoder().encode(text), 10);
  out[out.length - 1] = 0x0a;
  return out;
}

/** Header and data of an array. */
export const npyParts = ({ data, shape, dtype }: NdArray): readonly Uint8Array[] => [
  npyHeader(descr[dtype], shape),
  littleBytes(data),
];

/** An image row by row: `[height, width, bands]`, or `[height, width]`. */
export async function npyRows(image: ImageHeader, sink: ByteSink): Promise<ImageRows> {
  const { height, width, bands, dtype } = image;
  await sink.write(npyHeader(descr[dtype], bands === undefined ? [height, width] : [height, width, bands]));
  return countedRows(image, (values) => sink.write(littleBytes(values)));
}

/** Header and data of strings: `[n]` where a list is given, without dimensions for one string. */
export function npyTextParts(texts: readonly string[] | string): readonly Uint8Array[] {
  const list = (typeof texts === "string" ? [texts] : texts).map((t) => Array.from(t, (c) => c.codePointAt(0)!));
  const width = Math.max(1, ...list.map((t) => t.length));
  const points = new Uint32Array(list.length * width);
  list.forEach((t, i) => points.set(t, i * width));
  return [npyHeader(`<U${width}`, typeof texts === "string" ? [] : [list.length]), littleBytes(points)];
}

/** The one array of the content. @throws SPECTRAI_CONFIG_INVALID when there are more or none */
export function onlyArray({ variables }: FileContent): NdArray {
  const [only, ...others] = Object.values(variables);
  if (only && others.length === 0) return only;
  throw new SpectraiError(
    "SPECTRAI_CONFIG_INVALID",
    `A .npy file holds one array, but there are ${others.length + (only ? 1 : 0)} to write (${Object.keys(variables).join(", ")}). Write .npz or .mat instead.`,
  );
}
