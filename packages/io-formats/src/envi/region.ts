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
import { copyStrided, stridesOf } from "../bytes/strided.ts";
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

/** One read at most, so that the memory beside the result stays small. */
const longestRead = 2 << 20;
/** A call costs about as much time as reading this many bytes more: gaps up to it are read over. */
const callCost = 32 << 10;
const readsAtOnce = 8;

/** A dimension in the order of the file: how many, and how far apart in bytes there and in elements of the result. */
interface Level {
  readonly count: number;
  readonly step: number;
  readonly out: number;
  /** Bytes from the first to the last element of this level and those inside it. */
  readonly span: number;
  /** Cheaper to read in one go than its parts one by one. */
  readonly joined: boolean;
}

/** One read: `count` steps of a level, and all that is inside. */
interface Piece {
  readonly level: number;
  readonly count: number;
  readonly at: number;
  readonly out: number;
}

/**
 * A region in C order. What is contiguous on both sides is read into its place; the rest goes through buffers of at most
 * `longestRead` bytes.
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
  const queue = pieces(levels, 0, start, 0);
  const swap = width > 1 && little !== hostIsLittle;

  const work = async (): Promise<void> => {
    let buffer = new ArrayBuffer(0);
    for (const { level, count, at, out } of queue) {
      const inside = levels.slice(level);
      const span = spanOf(inside, count, width);
      if (inPlace(inside, width)) {
        const target = new Uint8Array(data.buffer, out * width, span);
        await fill(source, at, target);
        if (swap) swapBytes(target, width);
        continue;
      }
      if (buffer.byteLength < span) buffer = new ArrayBuffer(span);
      const bytes = new Uint8Array(buffer, 0, span);
      await fill(source, at, bytes);
      if (swap) swapBytes(bytes, width);
      copyStrided(
        { data: new dtypes[type](buffer, 0, span / width), start: 0, strides: inside.map((l) => l.step / width) },
        { data, start: out, strides: inside.map((l) => l.out) },
        inside.map((l, i) => (i === 0 ? count : l.count)),
      );
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, work));
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
  // From the innermost out.
  const levels: Level[] = [];
  for (const d of dims) {
    const inner = levels[0] ?? { span: width, joined: true };
    const step = strides[d]! * width;
    levels.unshift({
      count: shape[d]!,
      step,
      out: outStrides[d]!,
      span: (shape[d]! - 1) * step + inner.span,
      joined: inner.joined && step - inner.span <= callCost,
    });
  }
  return levels;
}

function* pieces(levels: readonly Level[], k: number, at: number, out: number): Generator<Piece, void, void> {
  const level = levels[k];
  if (!level) return yield { level: k, count: 1, at, out };
  const together = level.joined ? Math.floor(longestRead / level.step) : 0;
  for (let i = 0; i < level.count; i += Math.max(1, together)) {
    const place = [at + i * level.step, out + i * level.out] as const;
    if (together > 0) yield { level: k, count: Math.min(together, level.count - i), at: place[0], out: place[1] };
    else yield* pieces(levels, k + 1, ...place);
  }
}

const spanOf = (inside: readonly Level[], count: number, width: number): number =>
  (inside[0] ? (count - 1) * inside[0].step : 0) + (inside[1]?.span ?? width);

/** Whether the elements lie in the result as they lie in the file, without gaps. */
function inPlace(inside: readonly Level[], width: number): boolean {
  let run = width;
  for (const level of inside.toReversed()) {
    if (level.step !== run || level.out * width !== run) return false;
    run *= level.count;
  }
  return true;
}

const fill = async (source: ByteSource, at: number, target: Uint8Array): Promise<void> =>
  source.readInto ? source.readInto(at, target) : target.set(await source.read(at, target.length));
