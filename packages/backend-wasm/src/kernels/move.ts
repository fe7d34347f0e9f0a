import * as tf from "@tensorflow/tfjs-core";
import { address, type KernelCall, original, replace, type Wasm } from "../heap.ts";
import { copyStrided, output, simplify, type Step, stridesOf, wide } from "./strided.ts";

/** A box of `x` that begins at `begin`, as a tensor of its own. */
function box(backend: Wasm, x: tf.TensorInfo, begin: readonly number[], size: readonly number[]): tf.TensorInfo {
  const out = output(backend, size, x);
  const from = stridesOf(x.shape);
  const to = stridesOf(size);
  const start = begin.reduce((sum, b, d) => sum + b * from[d]!, 0);
  copyStrided(
    address(backend, x) + 4 * start,
    address(backend, out),
    size.map((extent, d) => ({ extent, from: from[d]!, to: to[d]! })),
  );
  return out;
}

/** At most as many dimensions as a copy has. */
const few = (shape: readonly number[]): boolean => shape.length <= 6;

function slice(call: KernelCall<"x", { begin: number | number[]; size?: number | number[] }>): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const { x } = inputs;
  if (!wide(x) || !few(x.shape)) return original(tf.Slice)(call);
  const [begin, size] = tf.slice_util.parseSliceParams(x as tf.Tensor, attrs.begin, attrs.size) as [number[], number[]];
  tf.slice_util.assertParamsValid(x as tf.Tensor, begin, size);
  return box(backend, x, begin, size);
}

function splitV(call: KernelCall<"x", { numOrSizeSplits: number | number[]; axis: number }>): tf.TensorInfo[] {
  const { inputs, backend, attrs } = call;
  const { x } = inputs;
  if (!wide(x) || !few(x.shape)) return original(tf.SplitV)(call) as unknown as tf.TensorInfo[];
  const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
  const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, attrs.numOrSizeSplits, axis);
  const begin = x.shape.map(() => 0);
  return sizes.map((size) => {
    const part = box(backend, x, begin, x.shape.with(axis, size));
    begin[axis]! += size;
    return part;
  });
}

/** One slice along an axis each, without it. */
function unpack(call: KernelCall<"value", { axis: number }>): tf.TensorInfo[] {
  const { inputs, backend, attrs } = call;
  const { value } = inputs;
  if (!wide(value) || !few(value.shape)) return original(tf.Unpack)(call) as unknown as tf.TensorInfo[];
  const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis;
  return Array.from({ length: value.shape[axis]! }, (_, i) => {
    const part = box(
      backend,
      value,
      value.shape.map((__, d) => (d === axis ? i : 0)),
      value.shape.with(axis, 1),
    );
    return { ...part, shape: value.shape.toSpliced(axis, 1) };
  });
}

/** Blocks `[outer, n, inner]` that follow each other along the middle. */
function join(backend: Wasm, parts: readonly tf.TensorInfo[], shape: readonly number[], axis: number): tf.TensorInfo {
  const out = output(backend, shape, parts[0]!);
  const outer = tf.util.sizeFromShape(shape.slice(0, axis));
  const row = tf.util.sizeFromShape(shape.slice(axis));
  let at = 0;
  for (const part of parts) {
    const size = outer > 0 ? tf.util.sizeFromShape(part.shape) / outer : 0;
    copyStrided(address(backend, part), address(backend, out) + 4 * at, [
      { extent: outer, from: size, to: row },
      { extent: size, from: 1, to: 1 },
    ]);
    at += size;
  }
  return out;
}

type ListCall = {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>> | readonly tf.TensorInfo[];
  readonly backend: Wasm;
  readonly attrs: { readonly axis: number };
};

function concat(call: ListCall): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const parts = Object.values(inputs);
  const first = parts[0]!;
  const axis = tf.util.parseAxisParam(attrs.axis, first.shape)[0]!;
  if (!parts.every((p) => p.dtype === first.dtype) || !wide(first)) return original(tf.Concat)(call as never);
  tf.backend_util.assertParamsConsistent(
    parts.map((p) => p.shape),
    axis,
  );
  return join(
    backend,
    parts,
    tf.backend_util.computeOutShape(
      parts.map((p) => p.shape),
      axis,
    ),
    axis,
  );
}

function pack(call: ListCall): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const parts = Object.values(inputs);
  const first = parts[0]!;
  if (!parts.every((p) => p.dtype === first.dtype) || !wide(first)) return original(tf.Pack)(call as never);
  const axis = attrs.axis < 0 ? attrs.axis + first.shape.length + 1 : attrs.axis;
  return join(backend, parts, first.shape.toSpliced(axis, 0, parts.length), axis);
}

function tile(call: KernelCall<"x", { reps: readonly number[] }>): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const { x } = inputs;
  const shape = x.shape.map((d, i) => d * attrs.reps[i]!);
  const from = stridesOf(x.shape);
  const to = stridesOf(shape);
  // A repeated dimension is two: the repeats, which stand still in the source, and its own.
  const steps = x.shape.flatMap((extent, d): Step[] => [
    { extent: attrs.reps[d]!, from: 0, to: extent * to[d]! },
    { extent, from: from[d]!, to: to[d]! },
  ]);
  if (!wide(x) || !few(simplify(steps).map((s) => s.extent))) return original(tf.Tile)(call);
  const out = output(backend, shape, x);
  copyStrided(address(backend, x), address(backend, out), steps);
  return out;
}

function transpose(call: KernelCall<"x", { perm: readonly number[] }>): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const { x } = inputs;
  const from = stridesOf(x.shape);
  const shape = attrs.perm.map((p) => x.shape[p]!);
  const to = stridesOf(shape);
  const steps = simplify(attrs.perm.map((p, d): Step => ({ extent: shape[d]!, from: from[p]!, to: to[d]! })));
  // Single values far apart are tfjs's strength, as it works in blocks; runs are ours.
  if (!wide(x) || steps.length > 6 || (steps.length > 1 && (steps.at(-1)!.from !== 1 || steps.at(-1)!.extent < 4)))
    return original(tf.Transpose)(call);
  if (steps.length <= 1) {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape, dtype: x.dtype };
  }
  const out = output(backend, shape, x);
  copyStrided(address(backend, x), address(backend, out), steps);
  return out;
}

/** tfjs's reads on and off values as integers. */
function oneHot({
  inputs: { indices },
  backend,
  attrs,
}: KernelCall<"indices", { dtype: tf.DataType; depth: number; onValue: number; offValue: number }>): tf.TensorInfo {
  const { depth, onValue, offValue } = attrs;
  const out = backend.makeOutput([...indices.shape, depth], attrs.dtype);
  const labels = backend.typedArrayFromHeap(indices);
  const values = backend.typedArrayFromHeap(out).fill(offValue);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label >= 0 && label < depth) values[i * depth + label] = onValue;
  }
  return out;
}

/** Rows along an axis by index; tfjs copies value by value. */
function gather(
  call: KernelCall<"x" | "indices", { readonly axis: number; readonly batchDims?: number }>,
): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const { x, indices } = inputs;
  if (!wide(x) || indices.dtype !== "int32" || attrs.batchDims) return original(tf.GatherV2)(call);
  const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
  const inner = tf.util.sizeFromShape(x.shape.slice(axis + 1));
  const outer = tf.util.sizeFromShape(x.shape.slice(0, axis));
  const rows = x.shape[axis]!;
  const out = output(backend, x.shape.toSpliced(axis, 1, ...indices.shape), x);
  const wanted = backend.typedArrayFromHeap(indices);
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(out);
  let at = 0;
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < wanted.length; i++, at += inner) {
      const row = wanted[i]!;
      if (row < 0 || row >= rows) throw new Error(`GatherV2: index ${row} is not in [0, ${rows - 1}]`);
      const start = (o * rows + row) * inner;
      if (inner >= 32) to.set(from.subarray(start, start + inner), at);
      else for (let k = 0; k < inner; k++) to[at + k] = from[start + k]!;
    }
  return out;
}

/** Slices, joins, repeats and permutations as strided copies; tfjs copies value by value, or a whole tensor for a slice of it. */
export function registerMoves(): void {
  replace(tf.Slice, slice);
  replace(tf.SplitV, splitV);
  replace(tf.Unpack, unpack);
  replace(tf.Concat, concat);
  replace(tf.Pack, pack);
  replace(tf.Tile, tile);
  replace(tf.Transpose, transpose);
  replace(tf.OneHot, oneHot);
  replace(tf.GatherV2, gather);
}
