import { dtypes, sizeOf, type NdArray, type Region, type TypedArray } from "@spectrai/core";
import type { Dataset } from "h5wasm";
import { type ElementType, heldAs, widthOf } from "../bytes/elements.ts";
import { tooLarge } from "../bytes/errors.ts";
import { mostInflated } from "../bytes/inflate.ts";
import { regionShape, wholeRegion } from "../bytes/region.ts";
import { copyStrided, stridesOf } from "../bytes/strided.ts";
import { readRegion } from "../hdf5/read.ts";
import type { Hdf5 } from "./hdf5.ts";

/** One call to the library reads this much at most: it needs the memory a second time. */
const longestRead = 1 << 27;

/**
 * A region of a dataset in C order.
 *
 * @param reversed - MATLAB's: the first index runs fastest, and HDF5 has the dimensions in reverse
 */
export function readHdf5(
  h5: Hdf5,
  item: Dataset,
  name: string,
  shape: readonly number[],
  type: ElementType,
  reversed: boolean,
  region?: Region,
): NdArray {
  const wanted = wholeRegion(h5.name, name, shape, region);
  const outShape = regionShape(wanted);
  const size = sizeOf(outShape);
  const width = widthOf(type);
  const dtype = heldAs(type);
  if (size * width > mostInflated(h5.size))
    throw tooLarge(h5.name, `"${name}" would have ${size} values, more than a file of ${h5.size} bytes can hold`);
  const data: TypedArray = new dtypes[dtype](size);
  if (size === 0) return { data, shape: outShape, dtype };
  const order = (values: readonly number[]): number[] => (reversed ? [...values].reverse() : [...values]);
  const stored = reversed ? [...wanted].reverse() : [...wanted];
  const targetStrides = order(stridesOf(outShape, "C"));
  const storedShape = order(outShape);
  const storedSizes = order(shape);

  const [first = 1] = storedShape;
  const rowSize = size / first;
  const step = Math.max(1, Math.floor(longestRead / width / rowSize));
  for (let at = 0; at < first; at += step) {
    const n = Math.min(step, first - at);
    const start = stored[0]?.[0] ?? 0;
    const ranges = stored.map(([a, b], d): Region[number] => (d === 0 ? [start + at, start + at + n] : [a, b]));
    const { data: part } = readRegion(h5, item, name, storedSizes, type, ranges);
    const partShape = storedShape.map((d, k) => (k === 0 ? n : d));
    copyStrided(
      { data: part, start: 0, strides: stridesOf(partShape, "C") },
      { data, start: at * (targetStrides[0] ?? 1), strides: targetStrides },
      partShape,
    );
  }
  return { data, shape: outShape, dtype };
}

/** The rows of a char array (UTF-16 code units), or HDF5's own strings. */
export function readHdf5Text(h5: Hdf5, item: Dataset, shape: readonly number[], matlab: boolean): string[] {
  const { total_size: count, size, vlen } = item.metadata;
  if (count * size > mostInflated(h5.size)) throw tooLarge(h5.name, `a text claims ${count} characters`);
  if (!matlab || vlen) {
    const value = item.value;
    return (Array.isArray(value) ? value : [value]).map(String);
  }
  const codes = readHdf5(h5, item, "text", shape, size === 1 ? "uint8" : size === 4 ? "uint32" : "uint16", true)
    .data as Uint16Array;
  const columns = shape.at(-1)!;
  const rows = columns > 0 ? codes.length / columns : 0;
  return Array.from({ length: rows }, (_, r) =>
    Array.from(codes.subarray(r * columns, (r + 1) * columns), (c) => String.fromCharCode(c)).join(""),
  );
}
