import * as tf from "@tensorflow/tfjs-core";
import { address, type KernelCall, original, replace } from "../heap.ts";
import { copyStrided, output, stridesOf, wide } from "./strided.ts";

interface SpaceToBatch {
  readonly blockShape: readonly number[];
  readonly paddings: readonly (readonly [number, number])[];
}

/** Pads, then sends position y of a dimension to batch y mod block, position ⌊y / block⌋. */
function spaceToBatch(call: KernelCall<"x", SpaceToBatch>): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const { blockShape: block, paddings } = attrs;
  const { x } = inputs;
  if (x.dtype !== "float32" || paddings.some(([a, b]) => a < 0 || b < 0)) return original(tf.SpaceToBatchND)(call);
  const [batch, ...rest] = x.shape as [number, ...number[]];
  const padded = rest.map((d, i) => d + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
  const small = padded.map((d, i) => d / (block[i] ?? 1));
  const out = output(backend, [batch * block.reduce((a, b) => a * b, 1), ...small], x);
  (backend.typedArrayFromHeap(out) as Float32Array).fill(0);
  blocks(out.shape, block, paddings, rest, (to, source, extents) => {
    const from = stridesOf(x.shape);
    const target = stridesOf(out.shape);
    copyStrided(
      address(backend, x) + 4 * source.reduce((sum, s, i) => sum + s * from[i + 1]!, 0),
      address(backend, out) +
        4 * (to.batch * batch * target[0]! + to.at.reduce((sum, t, i) => sum + t * target[i + 1]!, 0)),
      [
        { extent: batch, from: from[0]!, to: target[0]! },
        ...extents.map((extent, i) => ({ extent, from: from[i + 1]! * (block[i] ?? 1), to: target[i + 1]! })),
      ],
    );
  });
  return out;
}

/** The reverse: batches are interleaved, then the crops are cut off. */
function batchToSpace(
  call: KernelCall<
    "x",
    { readonly blockShape: readonly number[]; readonly crops: readonly (readonly [number, number])[] }
  >,
): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const { blockShape: block, crops } = attrs;
  const { x } = inputs;
  if (!wide(x) || crops.some(([a, b]) => a < 0 || b < 0)) return original(tf.BatchToSpaceND)(call);
  const batch = x.shape[0]! / block.reduce((a, b) => a * b, 1);
  const rest = x.shape.slice(1).map((d, i) => d * (block[i] ?? 1) - (crops[i]?.[0] ?? 0) - (crops[i]?.[1] ?? 0));
  const out = output(backend, [batch, ...rest], x);
  blocks(x.shape, block, crops, rest, (from, target, extents) => {
    const source = stridesOf(x.shape);
    const to = stridesOf(out.shape);
    copyStrided(
      address(backend, x) +
        4 * (from.batch * batch * source[0]! + from.at.reduce((sum, s, i) => sum + s * source[i + 1]!, 0)),
      address(backend, out) + 4 * target.reduce((sum, t, i) => sum + t * to[i + 1]!, 0),
      [
        { extent: batch, from: source[0]!, to: to[0]! },
        ...extents.map((extent, i) => ({ extent, from: source[i + 1]!, to: to[i + 1]! * (block[i] ?? 1) })),
      ],
    );
  });
  return out;
}

/**
 * Calls `visit` for every offset inside a block: which batch holds it and from where, the first full-size position it
 * covers, and how many positions.
 */
function blocks(
  small: readonly number[],
  block: readonly number[],
  margins: readonly (readonly [number, number])[],
  full: readonly number[],
  visit: (small: { batch: number; at: number[] }, full: number[], extents: number[]) => void,
): void {
  const count = block.reduce((a, b) => a * b, 1);
  for (let index = 0; index < count; index++) {
    const offset = block.map(() => 0);
    for (let d = block.length - 1, rest = index; d >= 0; d--) {
      offset[d] = rest % block[d]!;
      rest = Math.floor(rest / block[d]!);
    }
    const at: number[] = [];
    const start: number[] = [];
    const extents: number[] = [];
    full.forEach((size, d) => {
      const b = block[d] ?? 1;
      const before = margins[d]?.[0] ?? 0;
      // Small position p is full position p·b + offset − before.
      const first = Math.max(0, Math.ceil((before - (offset[d] ?? 0)) / b));
      const from = first * b + (offset[d] ?? 0) - before;
      at.push(first);
      start.push(from);
      extents.push(Math.max(0, Math.min(small[d + 1]! - first, Math.ceil((size - from) / b))));
    });
    if (extents.every((e) => e > 0)) visit({ batch: index, at }, start, extents);
  }
}

/** One strided copy an offset in the block. */
export function registerSpaceToBatch(): void {
  replace(tf.SpaceToBatchND, spaceToBatch);
  replace(tf.BatchToSpaceND, batchToSpace);
}
