import { dtypes, sizeOf, type NdArray, type Region } from "@spectrai/core";
import { isWhole, regionShape, wholeRegion } from "./region.ts";
import { copyStrided, stridesOf } from "./strided.ts";

/** A region of an array in memory. */
export function cut(array: NdArray, file: string, name: string, region?: Region): NdArray {
  const wanted = wholeRegion(file, name, array.shape, region);
  if (isWhole(wanted, array.shape)) return array;
  const shape = regionShape(wanted);
  const strides = stridesOf(array.shape, "C");
  const data = new dtypes[array.dtype](sizeOf(shape));
  const start = wanted.reduce((s, [a], d) => s + a * strides[d]!, 0);
  copyStrided({ data: array.data, start, strides }, { data, start: 0, strides: stridesOf(shape, "C") }, shape);
  return { data, shape, dtype: array.dtype };
}
