import * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { binaryNames, unaryNames } from "../native-elementwise.ts";
import { fallback } from "./fallback.ts";
import { type KernelCall, register } from "./kernel.ts";

/** More are left to tfjs's own code. */
const mostDimensions = 8;

/** Numbers for the native side, which reads them before it returns. */
const numbers = new Int32Array(1 + 3 * mostDimensions);

const isFloat = (t: tf.TensorInfo): boolean => t.dtype === "float32";
const isWhole = (t: tf.TensorInfo): boolean => t.dtype === "int32" || t.dtype === "bool";

type Unary = KernelCall<"x", { alpha?: number; clipValueMin?: number; clipValueMax?: number }>;

function registerUnary(): void {
  unaryNames.forEach((name, operation) => {
    const test = operation >= unaryNames.indexOf("IsNan");
    const slow = fallback(name);
    // Parameters of a kernel that are not given have the values of tfjs's functions.
    const otherwise = name === "LeakyRelu" ? 0.2 : 0;
    register(name, (call: Unary) => {
      const { backend, attrs } = call;
      const { x } = call.inputs;
      if (!isFloat(x)) return slow(call as never);
      const y = backend.make(x.shape, test ? "bool" : "float32", !test && backend.data(x).half);
      const p = attrs?.clipValueMin ?? attrs?.alpha ?? otherwise;
      backend.native.unary(operation, backend.any(x), backend.any(y), p, attrs?.clipValueMax ?? 0);
      return y;
    });
  });
  const slow = fallback("LogicalNot");
  register("LogicalNot", (call: KernelCall<"x">) => {
    const { x } = call.inputs;
    if (x.dtype !== "bool") return slow(call as never);
    const y = call.backend.make(x.shape, "bool");
    call.backend.native.logicalNot(call.backend.any(x), call.backend.any(y));
    return y;
  });
}

/** The shape that two broadcast to, written with both into {@link numbers}. */
function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  numbers[0] = rank;
  for (let d = 0; d < rank; d++) {
    const left = a[d + a.length - rank] ?? 1;
    const right = b[d + b.length - rank] ?? 1;
    const size = left === 1 ? right : left;
    if (right !== size && right !== 1)
      throw new Error(`[${a.join(", ")}] and [${b.join(", ")}] cannot be broadcast to one shape`);
    shape.push(size);
    numbers[1 + d] = size;
    numbers[1 + rank + d] = left;
    numbers[1 + 2 * rank + d] = right;
  }
  return shape;
}

/** The result of two tensors of floats has the form of the larger. */
function half(backend: OnednnBackend, a: tf.TensorInfo, b: tf.TensorInfo): boolean {
  const left = backend.data(a);
  const right = backend.data(b);
  if (left.elements === right.elements) return left.half || right.half;
  return left.elements > right.elements ? left.half : right.half;
}

/** A function of pairs of elements, under the number of its operation. */
export function binary(backend: OnednnBackend, operation: number, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const test = operation >= binaryNames.indexOf("Equal");
  const shape = broadcast(a.shape, b.shape);
  const floats = isFloat(a);
  const y = backend.make(shape, test ? "bool" : floats ? "float32" : "int32", !test && floats && half(backend, a, b));
  backend.native.binary(operation, numbers, backend.any(a), backend.any(b), backend.any(y));
  return y;
}

/** Operations of integers that give integers. */
const ofIntegers = new Set<string>(["Add", "Sub", "Multiply", "Maximum", "Minimum", "FloorDiv"]);

function registerBinary(): void {
  binaryNames.forEach((name, operation) => {
    const test = operation >= binaryNames.indexOf("Equal");
    const slow = fallback(name);
    const fits = (a: tf.TensorInfo, b: tf.TensorInfo): boolean => {
      if (Math.max(a.shape.length, b.shape.length) > mostDimensions) return false;
      if (isFloat(a)) return isFloat(b) && name !== "FloorDiv";
      if (test) return isWhole(a) && isWhole(b);
      return ofIntegers.has(name) && a.dtype === "int32" && b.dtype === "int32";
    };
    // Two kernels have their own names for the sides.
    const [left, right] = name === "Prelu" ? ["x", "alpha"] : name === "EluGrad" ? ["dy", "y"] : ["a", "b"];
    register(name, (call: KernelCall<string>) => {
      const a = call.inputs[left!]!;
      const b = call.inputs[right!]!;
      return fits(a, b) ? binary(call.backend, operation, a, b) : slow(call as never);
    });
  });
}

function registerSelect(): void {
  const slow = fallback("Select");
  register("Select", (call: KernelCall<"condition" | "t" | "e">) => {
    const { inputs, backend } = call;
    const { condition, t, e } = inputs;
    const rows = tf.util.sizeFromShape(condition.shape);
    const size = tf.util.sizeFromShape(t.shape);
    // A list of conditions is one for each row.
    const inner = condition.shape.length === 1 && t.shape.length > 1 ? tf.util.sizeFromShape(t.shape.slice(1)) : 1;
    if (condition.dtype !== "bool" || t.dtype !== e.dtype || t.dtype === "string" || rows * inner !== size)
      return slow(call as never);
    const y = backend.make(t.shape, t.dtype as "float32", isFloat(t) && half(backend, t, e));
    // tfjs leaves the other shapes as they are then.
    if (size === 0) return y;
    backend.native.select(rows, inner, backend.any(condition), backend.any(t), backend.any(e), backend.any(y));
    return y;
  });
}

function registerAddN(): void {
  const slow = fallback("AddN");
  register("AddN", (call: { readonly inputs: tf.TensorInfo[]; readonly backend: OnednnBackend }) => {
    const { inputs, backend } = call;
    const { shape, dtype } = inputs[0]!;
    if ((dtype !== "float32" && dtype !== "int32") || inputs.some((t) => t.dtype !== dtype)) return slow(call as never);
    const y = backend.make(shape, dtype, dtype === "float32" && inputs.some((t) => backend.data(t).half));
    backend.native.addN(
      Int32Array.from(inputs, (t) => backend.any(t)),
      backend.any(y),
    );
    return y;
  });
}

/** Functions of single values and of pairs, choices between two tensors, and sums of many. */
export function registerElementwise(): void {
  registerUnary();
  registerBinary();
  registerSelect();
  registerAddN();
}
