import * as tf from "@tensorflow/tfjs-core";
import { Reduction } from "../native-reduce.ts";
import { fallback } from "./fallback.ts";
import { type KernelCall, register } from "./kernel.ts";

/** More are left to tfjs's own code. */
const mostDimensions = 8;

/** Numbers for the native side, which reads them before it returns. */
const numbers = new Int32Array(1 + 2 * mostDimensions);

interface Attrs {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}
type Call = KernelCall<"x", Attrs>;

/** Registers a reduction of the given types of elements; means are sums with a factor. */
function registerReduction(name: string, operation: number, types: readonly tf.DataType[], mean = false): void {
  const slow = fallback(name);
  register(name, (call: Call) => {
    const { backend, attrs } = call;
    const { x } = call.inputs;
    const { shape } = x;
    const rank = shape.length;
    const size = tf.util.sizeFromShape(shape);
    const of = operation === Reduction.sum || operation === Reduction.product;
    if (!types.includes(x.dtype) || rank > mostDimensions || (size === 0 && !of)) return slow(call as never);
    const axes = tf.util.parseAxisParam((attrs.axis ?? attrs.reductionIndices) as number[], shape);
    numbers[0] = rank;
    const output: number[] = [];
    let count = 1;
    for (let d = 0; d < rank; d++) {
      const reduced = axes.includes(d);
      numbers[1 + d] = shape[d]!;
      numbers[1 + rank + d] = Number(reduced);
      if (reduced) count *= shape[d]!;
      if (!reduced) output.push(shape[d]!);
      else if (attrs.keepDims) output.push(1);
    }
    const y = backend.make(output, x.dtype as "float32");
    backend.native.reduce(operation, numbers, backend.any(x), backend.any(y), mean && count > 0 ? 1 / count : 1);
    return y;
  });
}

function registerPosition(name: string, least: number): void {
  const slow = fallback(name);
  register(name, (call: Call) => {
    const { backend, attrs } = call;
    const { x } = call.inputs;
    const axis = tf.util.parseAxisParam(attrs.axis as number, x.shape)[0]!;
    if ((x.dtype !== "float32" && x.dtype !== "int32") || x.shape[axis] === 0 || x.shape.length === 0)
      return slow(call as never);
    const before = x.shape.slice(0, axis);
    const after = x.shape.slice(axis + 1);
    const y = backend.make([...before, ...after], "int32");
    const size = tf.util.sizeFromShape;
    backend.native.position(least, size(before), x.shape[axis]!, size(after), backend.plain(x), backend.any(y));
    return y;
  });
}

/** Sums, means, extremes, products and their like over any dimensions, and what normalizes along the last. */
export function registerReductions(): void {
  registerReduction("Sum", Reduction.sum, ["float32", "int32"]);
  registerReduction("Mean", Reduction.sum, ["float32"], true);
  registerReduction("Max", Reduction.maximum, ["float32", "int32", "bool"]);
  registerReduction("Min", Reduction.minimum, ["float32", "int32", "bool"]);
  registerReduction("Prod", Reduction.product, ["float32"]);
  registerReduction("All", Reduction.minimum, ["bool"]);
  registerReduction("Any", Reduction.maximum, ["bool"]);
  registerPosition("ArgMax", 0);
  registerPosition("ArgMin", 1);
  const slow = fallback("Softmax");
  register("Softmax", (call: KernelCall<"logits", { readonly dim: number }>) => {
    const { backend, attrs } = call;
    const { logits } = call.inputs;
    const rank = logits.shape.length;
    if (logits.dtype !== "float32" || rank === 0 || (attrs.dim !== -1 && attrs.dim !== rank - 1))
      return slow(call as never);
    const y = backend.make(logits.shape);
    const n = logits.shape[rank - 1]!;
    backend.native.softmax(tf.util.sizeFromShape(logits.shape.slice(0, -1)), n, backend.plain(logits), backend.any(y));
    return y;
  });
}
