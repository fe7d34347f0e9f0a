import { dtypes, type NdArray, type Region, sizeOf } from "@spectrai/core";
import type { Dataset } from "h5wasm";
import { decodeElements, type ElementType, heldAs, widthOf } from "../bytes/elements.ts";
import { damaged, tooLarge } from "../bytes/errors.ts";
import { mostInflated } from "../bytes/inflate.ts";
import { regionShape, wholeRegion } from "../bytes/region.ts";
import type { Hdf5 } from "../mat/hdf5.ts";

/** One call to the library reads this much at most: it needs the memory a second time. */
const longestRead = 1 << 27;

/** A region of a dataset. It is read in pieces along the first dimension that is longer than one. */
export function readRegion(
  h5: Hdf5,
  item: Dataset,
  name: string,
  shape: readonly number[],
  type: ElementType,
  region?: Region,
): NdArray {
  const wanted = wholeRegion(h5.name, name, shape, region);
  const outShape = regionShape(wanted);
  const size = sizeOf(outShape);
  const width = widthOf(type);
  const dtype = heldAs(type);
  if (size * width > mostInflated(h5.size))
    throw tooLarge(h5.name, `"${name}" would have ${size} values, more than a file of ${h5.size} bytes can hold`);
  const data = new dtypes[dtype](size) as Float64Array;
  if (size === 0) return { data, shape: outShape, dtype };

  const readBlock = (block: Region, start: number): void => {
    const counts = regionShape(block);
    const length = sizeOf(counts);
    const split = counts.findIndex((n) => n > 1);
    if (length * width > longestRead && split >= 0) {
      const [a, b] = block[split]!;
      const each = length / (b - a);
      const step = Math.max(1, Math.floor(longestRead / width / each));
      for (let at = a; at < b; at += step)
        readBlock(block.with(split, [at, Math.min(b, at + step)]), start + (at - a) * each);
      return;
    }
    const bytes = readBytes(h5, item, name, block, counts, length * width);
    data.set(decodeElements(bytes, type, true) as Float64Array, start);
  };
  readBlock(wanted, 0);
  return { data, shape: outShape, dtype };
}

/** Little-endian, as the library gives them whatever the file has; through its own views it would not give 16-bit floats. */
function readBytes(h5: Hdf5, item: Dataset, name: string, block: Region, counts: number[], length: number): Uint8Array {
  const { Module } = h5.library;
  const at = Module._malloc(length);
  if (at === 0) throw tooLarge(h5.name, `there is no memory for ${length} bytes of "${name}"`);
  try {
    const big = (values: readonly number[]): bigint[] => values.map(BigInt);
    const all = block.length === 0;
    const status = Module.get_dataset_data(
      item.file_id,
      item.path,
      all ? null : big(counts),
      all ? null : big(block.map(([a]) => a)),
      all ? null : big(counts.map(() => 1)),
      BigInt(at),
    );
    if (status < 0) throw damaged(h5.name, `"${name}" cannot be unpacked`);
    return Module.HEAPU8.slice(at, at + length);
  } finally {
    Module._free(at);
  }
}
