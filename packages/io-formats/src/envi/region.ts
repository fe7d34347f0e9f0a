/** Regions of an array that lies in a raw file in any order of its dimensions, read by several reads at a time. */
import {
  type ByteSource,
  type DType,
  dtypes,
  type NdArray,
  type Region,
  sizeOf,
  type TypedArray,
} from "@spectrai/core";
import { widthOf } from "../bytes/elements.ts";
import { tooLarge } from "../bytes/errors.ts";
import { regionShape, wholeRegion } from "../bytes/region.ts";
import { stridesOf } from "../bytes/strided.ts";
import { copyInterleaved } from "./interleave.ts";
import { hostIsLittle, swapBytes } from "./byte-order.ts";

export interface RawArray {
  readonly source: ByteSource;
  readonly name: string;
  readonly offset: number;
  readonly type: DType;
  readonly little: boolean;
  readonly shape: readonly number[];
  /** In elements. */
  readonly strides: readonly number[];
}

/** Bytes gathered at most before they are put in their places: the memory beside the result is this times `readsAtOnce`. */
const mostGathered = 2 << 20;
/** A call costs about as much time as reading this many bytes more: gaps up to it are read over. */
const callCost = 32 << 10;
const readsAtOnce = 8;
/** Bands that lie far apart are gathered in such groups, so that the result is written by whole lines of the cache. */
const cacheLine = 64;

/** A dimension in the order of the file: how many, and how far apart in bytes there and in elements of the result. */
interface Level {
  readonly count: number;
  readonly step: number;
  readonly out: number;
  /** One read of this level and those inside it is cheaper than many. */
  readonly joined: boolean;
}

/** A part of the region that is gathered at once: how many of each level, and where the first element is. */
interface Box {
  readonly counts: readonly number[];
  readonly at: number;
  readonly out: number;
}

/**
 * A region in C order. What is contiguous on both sides is read into its place; the rest is gathered in buffers first.
 *
 * @throws SPECTRAI_DATA_SHAPE when it does not lie in the array, SPECTRAI_FILE_TOO_LARGE when it does not fit into memory
 */
export async function readRegion(array: RawArray, region?: Region): Promise<NdArray> {
  const { source, name, type, little, strides } = array;
  const wanted = wholeRegion(source.name, name, array.shape, region);
  const shape = regionShape(wanted);
  const data = allocate(source.name, type, sizeOf(shape));
  if (data.length === 0) return { data, shape, dtype: type };
  const width = widthOf(type);
  const levels = levelsOf(shape, strides, width);
  const start = wanted.reduce((sum, [a], d) => sum + a * strides[d]!, 0) * width + array.offset;
  const swap = width > 1 && little !== hostIsLittle;
  // Numbers in the other byte order are moved as whole numbers and turned round in the end; those of 8 bytes, which would
  // be moved as slow BigInts, beforehand.
  const late = swap && width < 8;
  const Cells = dtypes[late ? (width === 2 ? "uint16" : "uint32") : type];
  const cells = new Cells(data.buffer as ArrayBuffer);
  const fill = async (at: number, target: Uint8Array): Promise<void> => {
    if (source.readInto) await source.readInto(at, target);
    else target.set(await source.read(at, target.length));
    if (swap && !late) swapBytes(target, width);
  };

  const apart = levels.filter((l) => !l.joined).length;
  const queue = boxes(levels, boxSizes(levels, width), start);
  const work = async (): Promise<void> => {
    let buffer = new ArrayBuffer(0);
    for (const { counts, at, out } of queue) {
      const inside = levels.map((l, k) => ({ ...l, count: counts[k]! }));
      const [outer, inner] = [inside.slice(0, apart), inside.slice(apart)];
      const span = inner.reduce((sum, l) => sum + (l.count - 1) * l.step, width);
      const runs = outer.reduce((n, l) => n * l.count, 1);
      if (runs === 1 && inPlace(inner, width)) {
        await fill(at, new Uint8Array(data.buffer, out * width, span));
        continue;
      }
      if (buffer.byteLength < runs * span) buffer = new ArrayBuffer(runs * span);
      for (let r = 0; r < runs; r++) await fill(at + offsetOf(r, outer), new Uint8Array(buffer, r * span, span));
      const packed = stridesOf(
        outer.map((l) => l.count),
        "C",
      ).map((n) => (n * span) / width);
      copyInterleaved(
        {
          data: new Cells(buffer, 0, (runs * span) / width),
          start: 0,
          strides: [...packed, ...inner.map((l) => l.step / width)],
        },
        { data: cells, start: out, strides: inside.map((l) => l.out) },
        counts,
      );
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, work));
  if (late) swapBytes(new Uint8Array(data.buffer), width);
  return { data, shape, dtype: type };
}

function allocate(file: string, type: DType, length: number): TypedArray {
  try {
    return new dtypes[type](length);
  } catch {
    throw tooLarge(file, `${length} values of ${type} do not fit into memory at once; read it in patches`);
  }
}

function levelsOf(shape: readonly number[], strides: readonly number[], width: number): Level[] {
  const outStrides = stridesOf(shape, "C");
  const dims = shape
    .map((_, d) => d)
    .filter((d) => shape[d]! > 1)
    .sort((a, b) => strides[a]! - strides[b]!);
  const levels: Level[] = [];
  // From the innermost out.
  let span = width;
  let joined = true;
  for (const d of dims) {
    const step = strides[d]! * width;
    joined &&= step - span <= callCost;
    levels.unshift({ count: shape[d]!, step, out: outStrides[d]!, joined });
    span += (shape[d]! - 1) * step;
  }
  return levels;
}

/**
 * How many of each level a box takes. Of the joined ones as many as fit from the innermost out; of those apart one, but a
 * group of the level that runs fastest in the result.
 */
function boxSizes(levels: readonly Level[], width: number): number[] {
  const group = levels.findIndex((l) => !l.joined && l.out === 1);
  const grouped = group < 0 ? 1 : Math.min(levels[group]!.count, cacheLine / width);
  const sizes = levels.map(() => 1);
  let span = width;
  for (let k = levels.length - 1; k >= 0 && levels[k]!.joined; k--) {
    const { count, step } = levels[k]!;
    const most = Math.floor(mostGathered / grouped / step);
    sizes[k] = Math.max(1, Math.min(count, most));
    span += (sizes[k]! - 1) * step;
    if (most < count) break;
  }
  if (group >= 0) sizes[group] = Math.min(levels[group]!.count, Math.max(grouped, Math.floor(mostGathered / span)));
  return sizes;
}

function* boxes(
  levels: readonly Level[],
  sizes: readonly number[],
  at: number,
  out = 0,
  counts: readonly number[] = [],
): Generator<Box, void, void> {
  const k = counts.length;
  const level = levels[k];
  if (!level) return yield { counts, at, out };
  for (let i = 0; i < level.count; i += sizes[k]!)
    yield* boxes(levels, sizes, at + i * level.step, out + i * level.out, [
      ...counts,
      Math.min(sizes[k]!, level.count - i),
    ]);
}

/** Bytes from the first run of a box to its `r`th, the innermost level fastest. */
function offsetOf(r: number, outer: readonly Level[]): number {
  let offset = 0;
  for (let k = outer.length - 1; k >= 0; k--) {
    offset += (r % outer[k]!.count) * outer[k]!.step;
    r = Math.floor(r / outer[k]!.count);
  }
  return offset;
}

/** Whether elements lie in the result as they lie in the file, without gaps. */
function inPlace(inner: readonly Level[], width: number): boolean {
  let run = width;
  for (const { count, step, out } of inner.toReversed()) {
    if (count === 1) continue;
    if (step !== run || out * width !== run) return false;
    run *= count;
  }
  return true;
}
