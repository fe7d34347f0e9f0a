import { dtypes, sizeOf, type ByteSource, type NdArray, type Region, type TypedArray } from "@spectrai/core";
import { decodeElements, heldAs, widthOf, type ElementType } from "./elements.ts";
import { isWhole, regionShape, wholeRegion } from "./region.ts";
import { copyStrided, stridesOf } from "./strided.ts";

/** A contiguous array inside a source. */
export interface StoredArray {
  readonly source: ByteSource;
  readonly name: string;
  readonly offset: number;
  readonly type: ElementType;
  readonly little: boolean;
  readonly shape: readonly number[];
  readonly order: "C" | "F";
}

/** One read at most; beyond it a block is read in pieces, so that reading and reordering do not hold the data twice. */
const longestRead = 64 << 20;
/** Reading over a gap of this many bytes is cheaper than another read. */
const cheapGap = 16_384;

/** Reads a region in C order, touching only the parts of the file that it needs. */
export async function readStored(array: StoredArray, region?: Region): Promise<NdArray> {
  const { source, shape, type, little, order } = array;
  const wanted = wholeRegion(source.name, array.name, shape, region);
  const outShape = regionShape(wanted);
  const dtype = heldAs(type);
  const width = widthOf(type);
  const size = sizeOf(outShape);
  if (size === 0) return { data: new dtypes[dtype](0), shape: outShape, dtype };
  const vector = shape.filter((d) => d > 1).length <= 1;
  if (isWhole(wanted, shape) && (order === "C" || vector))
    return {
      data: decodeElements(await source.read(array.offset, size * width), type, little),
      shape: outShape,
      dtype,
    };

  const strides = stridesOf(shape, order);
  const outStrides = stridesOf(outShape, "C");
  const out: TypedArray = new dtypes[dtype](size);
  // Slowest dimension in the file first.
  const dims = shape.map((_, d) => d);
  if (order === "F") dims.reverse();

  const readBlock = async (level: number, start: number, outStart: number): Promise<void> => {
    const inside = dims.slice(level);
    const span = inside.reduce((n, d) => n + (outShape[d]! - 1) * strides[d]!, 1) * width;
    const needed = inside.reduce((n, d) => n * outShape[d]!, width);
    // Dimensions that are read whole make one run with the next slower one.
    let fastest = inside.length - 1;
    while (fastest > 0 && outShape[inside[fastest]!] === shape[inside[fastest]!]) fastest--;
    const runs = inside.slice(0, Math.max(0, fastest)).reduce((n, d) => n * outShape[d]!, 1);
    const dim = dims[level];
    if (dim !== undefined && inside.length > 1 && (span > longestRead || (span - needed) / runs > cheapGap)) {
      for (let i = 0; i < outShape[dim]!; i++)
        await readBlock(level + 1, start + i * strides[dim]!, outStart + i * outStrides[dim]!);
      return;
    }
    const data = decodeElements(await source.read(array.offset + start * width, span), type, little);
    const pick = (values: readonly number[]): number[] => inside.map((d) => values[d]!);
    copyStrided(
      { data, start: 0, strides: pick(strides) },
      { data: out, start: outStart, strides: pick(outStrides) },
      pick(outShape),
    );
  };
  const first = wanted.reduce((n, [a], d) => n + a * strides[d]!, 0);
  await readBlock(0, first, 0);
  return { data: out, shape: outShape, dtype };
}
