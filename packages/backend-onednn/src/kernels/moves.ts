import * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { fallback } from "./fallback.ts";
import { type KernelCall, register } from "./kernel.ts";

type Numeric = "float32" | "int32" | "bool";

/** Dimensions of a walk over two tensors, as many as native/src/moves.h allows. */
const mostSteps = 24;

/** Numbers for the native side, which reads them before it returns. */
const numbers = new Int32Array(3 + 3 * mostSteps);

const isNumeric = (t: tf.TensorInfo): boolean => t.dtype === "float32" || t.dtype === "int32" || t.dtype === "bool";
const sizeOf = (shape: readonly number[]): number => tf.util.sizeFromShape(shape as number[]);

/** Elements from one index to the next, for each dimension. */
function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = Array.from(shape);
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = step;
    step *= shape[d]!;
  }
  return strides;
}

/** A new tensor of the type and form of another. */
const like = (backend: OnednnBackend, t: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo =>
  backend.make(shape, t.dtype as Numeric, backend.data(t).half);

/** A tensor's place in a walk: the element it begins at, and the elements from one step to the next. */
interface Side {
  readonly first?: number;
  readonly strides: readonly number[];
}

/** Copies elements from one tensor to another, both walked as their strides say. */
function copy(
  backend: OnednnBackend,
  from: tf.TensorInfo,
  to: tf.TensorInfo,
  sizes: readonly number[],
  input: Side,
  output: Side,
): void {
  const rank = sizes.length;
  if (rank > mostSteps) throw new Error(`${rank} dimensions are too many`);
  const [x, y] = [backend.data(from), backend.data(to)];
  // The native side counts in 32 bits here.
  if (Math.max(x.elements, y.elements) >= 2 ** 31) throw new Error("a tensor of more than 2³¹ elements is too large");
  numbers[0] = rank;
  numbers[1] = input.first ?? 0;
  numbers[2] = output.first ?? 0;
  for (let d = 0; d < rank; d++) {
    numbers[3 + d] = sizes[d]!;
    numbers[3 + rank + d] = input.strides[d]!;
    numbers[3 + 2 * rank + d] = output.strides[d]!;
  }
  backend.native.copy(numbers, x.id, y.id);
}

/** Gives elements of a tensor one value. */
function fill(backend: OnednnBackend, to: tf.TensorInfo, sizes: readonly number[], side: Side, value: number): void {
  const rank = sizes.length;
  numbers[0] = rank;
  numbers[1] = side.first ?? 0;
  for (let d = 0; d < rank; d++) {
    numbers[2 + d] = sizes[d]!;
    numbers[2 + rank + d] = side.strides[d]!;
  }
  backend.native.fill(numbers, value, backend.any(to));
}

/** A tensor of one value. */
function constant(
  backend: OnednnBackend,
  shape: readonly number[],
  value: number,
  dtype: Numeric = "float32",
): tf.TensorInfo {
  const y = backend.make(shape, dtype);
  backend.native.fillAll(value, backend.any(y));
  return y;
}

/** A tensor of zeros. */
export const zeros = (backend: OnednnBackend, shape: readonly number[]): tf.TensorInfo => constant(backend, shape, 0);

/** Dimensions in another order. */
export function transpose(backend: OnednnBackend, x: tf.TensorInfo, perm: readonly number[]): tf.TensorInfo {
  const shape = perm.map((d) => x.shape[d]!);
  const long = perm.filter((d) => x.shape[d] !== 1);
  // Where only dimensions of one element move, nothing does.
  if (long.every((d, i) => i === 0 || d > long[i - 1]!)) return backend.share(x, shape);
  const y = like(backend, x, shape);
  const strides = stridesOf(x.shape);
  copy(backend, x, y, shape, { strides: perm.map((d) => strides[d]!) }, { strides: stridesOf(shape) });
  return y;
}

/** Elements from `begin` on, in steps. */
function slice(
  backend: OnednnBackend,
  x: tf.TensorInfo,
  begin: readonly number[],
  size: readonly number[],
  steps?: readonly number[],
): tf.TensorInfo {
  if (!steps && size.every((s, d) => s === x.shape[d])) return backend.share(x, size);
  const y = like(backend, x, size);
  const strides = stridesOf(x.shape);
  let first = 0;
  for (let d = 0; d < size.length; d++) {
    first += begin[d]! * strides[d]!;
    if (steps) strides[d]! *= steps[d]!;
  }
  copy(backend, x, y, size, { first, strides }, { strides: stridesOf(size) });
  return y;
}

function pad(
  backend: OnednnBackend,
  x: tf.TensorInfo,
  paddings: readonly (readonly [number, number])[],
  value: number,
): tf.TensorInfo {
  const shape = x.shape.map((s, d) => s + paddings[d]![0] + paddings[d]![1]);
  if (shape.every((s, d) => s === x.shape[d])) return backend.share(x, shape);
  const y = like(backend, x, shape);
  const strides = stridesOf(shape);
  // What lies around the values: for each dimension the part before and after, within what is left by those before it.
  const sizes = [...shape];
  let first = 0;
  paddings.forEach(([before, after], d) => {
    const step = strides[d]!;
    sizes[d] = before;
    if (before > 0) fill(backend, y, sizes, { first, strides }, value);
    sizes[d] = after;
    if (after > 0) fill(backend, y, sizes, { first: first + (before + x.shape[d]!) * step, strides }, value);
    sizes[d] = x.shape[d]!;
    first += before * step;
  });
  copy(backend, x, y, x.shape, { strides: stridesOf(x.shape) }, { first, strides });
  return y;
}

/** Values repeated along dimensions, a number of times each. */
function tile(backend: OnednnBackend, x: tf.TensorInfo, reps: readonly number[]): tf.TensorInfo {
  if (reps.every((r) => r === 1)) return backend.share(x, x.shape);
  const shape = x.shape.map((s, d) => s * reps[d]!);
  const y = like(backend, x, shape);
  const [input, output] = [stridesOf(x.shape), stridesOf(shape)];
  const sizes = x.shape.flatMap((s, d) => [reps[d]!, s]);
  copy(
    backend,
    x,
    y,
    sizes,
    { strides: input.flatMap((s) => [0, s]) },
    { strides: output.flatMap((s, d) => [s * x.shape[d]!, s]) },
  );
  return y;
}

/** Puts tensors behind each other: each gives `width` elements of its own to each of the `outer` rows of the output. */
function join(
  backend: OnednnBackend,
  inputs: readonly tf.TensorInfo[],
  widths: readonly number[],
  outer: number,
  shape: readonly number[],
): tf.TensorInfo {
  const all = inputs.map((t) => backend.data(t));
  const largest = all.reduce((a, b) => (b.elements > a.elements ? b : a));
  const y = backend.make(shape, inputs[0]!.dtype as Numeric, largest.half);
  const row = widths.reduce((a, b) => a + b, 0);
  let first = 0;
  inputs.forEach((x, i) => {
    const width = widths[i]!;
    copy(backend, x, y, [outer, width], { strides: [width, 1] }, { first, strides: [row, 1] });
    first += width;
  });
  return y;
}

/** The reverse: parts of the given widths of each row. */
function part(
  backend: OnednnBackend,
  x: tf.TensorInfo,
  widths: readonly number[],
  outer: number,
  shapes: readonly (readonly number[])[],
): tf.TensorInfo[] {
  const row = widths.reduce((a, b) => a + b, 0);
  let first = 0;
  return shapes.map((shape, i) => {
    const width = widths[i]!;
    const y = like(backend, x, shape);
    copy(backend, x, y, [outer, width], { first, strides: [row, 1] }, { strides: [width, 1] });
    first += width;
    return y;
  });
}

type List<A> = { readonly inputs: tf.TensorInfo[]; readonly backend: OnednnBackend; readonly attrs: A };

function registerJoining(): void {
  const slow = fallback("Concat");
  register("Concat", (call: List<{ readonly axis: number }>) => {
    const { inputs, backend, attrs } = call;
    const { shape, dtype } = inputs[0]!;
    if (!isNumeric(inputs[0]!) || inputs.some((t) => t.dtype !== dtype)) return slow(call as never);
    const axis = tf.util.parseAxisParam(attrs.axis, shape)[0]!;
    const shapes = inputs.map((t) => t.shape);
    tf.backend_util.assertParamsConsistent(shapes, axis);
    const output = tf.backend_util.computeOutShape(shapes, axis);
    const filled = inputs.filter((t) => sizeOf(t.shape) > 0);
    if (filled.length === 1) return backend.share(filled[0]!, output);
    if (filled.length === 0) return backend.make(output, dtype as Numeric);
    const widths = filled.map((t) => sizeOf(t.shape.slice(axis)));
    return join(backend, filled, widths, sizeOf(shape.slice(0, axis)), output);
  });
  const slowPack = fallback("Pack");
  register("Pack", (call: List<{ readonly axis: number }>) => {
    const { inputs, backend, attrs } = call;
    const { shape, dtype } = inputs[0]!;
    const same = (t: tf.TensorInfo): boolean => t.dtype === dtype && tf.util.arraysEqual(t.shape, shape);
    if (!isNumeric(inputs[0]!) || !inputs.every(same)) return slowPack(call as never);
    const axis = attrs.axis < 0 ? attrs.axis + shape.length + 1 : attrs.axis;
    const output = [...shape.slice(0, axis), inputs.length, ...shape.slice(axis)];
    const width = sizeOf(shape.slice(axis));
    return join(
      backend,
      inputs,
      inputs.map(() => width),
      sizeOf(shape.slice(0, axis)),
      output,
    );
  });
}

function registerParting(): void {
  const slow = fallback("SplitV");
  register(
    "SplitV",
    (call: KernelCall<"x", { readonly numOrSizeSplits: number[] | number; readonly axis: number }>) => {
      const { backend, attrs } = call;
      const { x } = call.inputs;
      if (!isNumeric(x)) return slow(call as never);
      const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
      const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, attrs.numOrSizeSplits, axis);
      const inner = sizeOf(x.shape.slice(axis + 1));
      return part(
        backend,
        x,
        sizes.map((s) => s * inner),
        sizeOf(x.shape.slice(0, axis)),
        sizes.map((s) => x.shape.map((size, d) => (d === axis ? s : size))),
      );
    },
  );
  const slowUnpack = fallback("Unpack");
  register("Unpack", (call: KernelCall<"value", { readonly axis: number }>) => {
    const { backend, attrs } = call;
    const { value } = call.inputs;
    if (!isNumeric(value)) return slowUnpack(call as never);
    const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis;
    const shape = [...value.shape.slice(0, axis), ...value.shape.slice(axis + 1)];
    const each = <T>(item: T): T[] => Array.from({ length: value.shape[axis]! }, () => item);
    const width = sizeOf(value.shape.slice(axis + 1));
    return part(backend, value, each(width), sizeOf(value.shape.slice(0, axis)), each(shape));
  });
}

function registerCopies(): void {
  const guarded = <I extends string, A>(
    name: string,
    input: I,
    kernel: (backend: OnednnBackend, x: tf.TensorInfo, attrs: A) => tf.TensorInfo | undefined,
  ): void => {
    const slow = fallback(name);
    register(name, (call: KernelCall<I, A>) => {
      const x = call.inputs[input];
      return (isNumeric(x) ? kernel(call.backend, x, call.attrs) : undefined) ?? slow(call as never);
    });
  };
  guarded("Transpose", "x", (backend, x, { perm }: { perm: number[] }) => transpose(backend, x, perm));
  guarded("Slice", "x", (backend, x, attrs: { begin: number | number[]; size: number | number[] }) => {
    const [begin, size] = tf.slice_util.parseSliceParams(x as tf.Tensor, attrs.begin, attrs.size);
    tf.slice_util.assertParamsValid(x, begin!, size!);
    return slice(backend, x, begin!, size!);
  });
  guarded("StridedSlice", "x", (backend, x, attrs: tf.StridedSliceAttrs) => {
    const { begin, end, strides, finalShape } = tf.slice_util.sliceInfo(
      x.shape,
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    const size = tf.slice_util.computeOutShape(begin, end, strides);
    if (sizeOf(size) === 0) return backend.make(finalShape, x.dtype as Numeric);
    return { ...slice(backend, x, begin, size, strides), shape: finalShape };
  });
  guarded("PadV2", "x", (backend, x, attrs: { paddings: [number, number][]; constantValue: number }) =>
    pad(backend, x, attrs.paddings, attrs.constantValue),
  );
  guarded("Tile", "x", (backend, x, { reps }: { reps: number[] }) =>
    2 * x.shape.length > mostSteps || reps.length !== x.shape.length ? undefined : tile(backend, x, reps),
  );
  guarded("Reverse", "x", (backend, x, { dims }: { dims: number | number[] }) => {
    const axes = tf.util.parseAxisParam(dims, x.shape);
    const y = like(backend, x, x.shape);
    if (sizeOf(x.shape) === 0) return y;
    const output = stridesOf(x.shape);
    const input = [...output];
    let first = 0;
    for (const d of axes) {
      first += (x.shape[d]! - 1) * input[d]!;
      input[d] = -input[d]!;
    }
    copy(backend, x, y, x.shape, { first, strides: input }, { strides: output });
    return y;
  });
  guarded("SpaceToBatchND", "x", (backend, x, attrs: { blockShape: number[]; paddings: [number, number][] }) => {
    const { blockShape, paddings } = attrs;
    const rest = x.shape.slice(1 + blockShape.length).map(() => [0, 0] as [number, number]);
    const padded = pad(backend, x, [[0, 0], ...paddings, ...rest], 0);
    const prod = sizeOf(blockShape);
    const split = tf.backend_util.getReshaped(padded.shape, blockShape, prod, false);
    const perm = tf.backend_util.getPermuted(split.length, blockShape.length, false);
    const y = transpose(backend, { ...padded, shape: split }, perm);
    backend.free(padded);
    return { ...y, shape: tf.backend_util.getReshapedPermuted(padded.shape, blockShape, prod, false) };
  });
  guarded("BatchToSpaceND", "x", (backend, x, attrs: { blockShape: number[]; crops: number[][] }) => {
    const { blockShape, crops } = attrs;
    const prod = sizeOf(blockShape);
    const split = tf.backend_util.getReshaped(x.shape, blockShape, prod);
    const perm = tf.backend_util.getPermuted(split.length, blockShape.length);
    const shape = tf.backend_util.getReshapedPermuted(x.shape, blockShape, prod);
    const whole = { ...transpose(backend, { ...x, shape: split }, perm), shape };
    const [begin, size] = tf.slice_util.parseSliceParams(
      whole as unknown as tf.Tensor,
      tf.backend_util.getSliceBeginCoords(crops, blockShape.length),
      tf.backend_util.getSliceSize(shape, crops, blockShape.length),
    );
    const y = slice(backend, whole, begin!, size!);
    backend.free(whole);
    return y;
  });
}

function registerConstants(): void {
  const slow = fallback("Fill");
  register("Fill", (call: KernelCall<never, { shape: number[]; value: number | string; dtype?: tf.DataType }>) => {
    const { shape, value, dtype = tf.util.inferDtype(value) } = call.attrs;
    if (typeof value === "string" || (dtype !== "float32" && dtype !== "int32" && dtype !== "bool"))
      return slow(call as never);
    return constant(call.backend, shape, value, dtype);
  });
  for (const [name, value] of [
    ["ZerosLike", 0],
    ["OnesLike", 1],
  ] as const) {
    const slowLike = fallback(name);
    register(name, (call: KernelCall<"x">) => {
      const { x } = call.inputs;
      return isNumeric(x) ? constant(call.backend, x.shape, value, x.dtype as Numeric) : slowLike(call as never);
    });
  }
  const slowOneHot = fallback("OneHot");
  type OneHot = { dtype: tf.DataType; depth: number; onValue: number; offValue: number };
  register("OneHot", (call: KernelCall<"indices", OneHot>) => {
    const { backend, attrs } = call;
    const { indices } = call.inputs;
    const { dtype, depth, onValue, offValue } = attrs;
    if (indices.dtype !== "int32" || (dtype !== "float32" && dtype !== "int32" && dtype !== "bool"))
      return slowOneHot(call as never);
    const y = backend.make([...indices.shape, depth], dtype);
    backend.native.oneHot(depth, onValue, offValue, backend.any(indices), backend.any(y));
    return y;
  });
}

function registerCast(): void {
  const slow = fallback("Cast");
  register("Cast", (call: KernelCall<"x", { readonly dtype: tf.DataType }>) => {
    const { backend, attrs } = call;
    const { x } = call.inputs;
    const { dtype } = attrs;
    if (dtype === x.dtype) return backend.share(x, x.shape);
    if (!isNumeric(x) || (dtype !== "float32" && dtype !== "int32" && dtype !== "bool")) return slow(call as never);
    const y = backend.make(x.shape, dtype);
    backend.native.cast(backend.any(x), backend.any(y));
    return y;
  });
}

function registerGather(): void {
  const slow = fallback("GatherV2");
  type Gather = { readonly axis: number; readonly batchDims?: number };
  register("GatherV2", (call: KernelCall<"x" | "indices", Gather>) => {
    const { backend, attrs } = call;
    const { x, indices } = call.inputs;
    if (!isNumeric(x) || indices.dtype !== "int32") return slow(call as never);
    const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
      tf.backend_util.segment_util.collectGatherOpShapeInfo(
        x as tf.Tensor,
        indices as tf.Tensor,
        axis,
        attrs.batchDims ?? 0,
      );
    const y = like(backend, x, outputShape);
    numbers.set([batchSize, outerSize, dimSize, sliceSize, sizeOf(indices.shape) / Math.max(batchSize, 1)]);
    backend.native.gather(numbers, backend.any(x), backend.any(indices), backend.any(y));
    return y;
  });
}

/** Kernels that only move values: to another place, shape or type. */
export function registerMoves(): void {
  register("Identity", ({ inputs: { x }, backend }: KernelCall<"x">) => backend.share(x, x.shape));
  register("Reshape", ({ inputs: { x }, backend, attrs }: KernelCall<"x", { readonly shape: number[] }>) => {
    const size = tf.util.sizeFromShape(x.shape);
    const shape = tf.util.inferFromImplicitShape(attrs.shape, size);
    if (tf.util.sizeFromShape(shape) !== size)
      throw new Error(`[${x.shape.join(", ")}] cannot be reshaped to [${attrs.shape.join(", ")}]`);
    return backend.share(x, shape);
  });
  register("ExpandDims", ({ inputs, backend, attrs }: KernelCall<"input", { readonly dim: number }>) => {
    const { input } = inputs;
    const at = attrs.dim < 0 ? input.shape.length + 1 + attrs.dim : attrs.dim;
    return backend.share(input, [...input.shape.slice(0, at), 1, ...input.shape.slice(at)]);
  });
  registerCopies();
  registerJoining();
  registerParting();
  registerConstants();
  registerCast();
  registerGather();
}
