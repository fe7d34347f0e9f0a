import * as tf from "@tensorflow/tfjs-core";
import { asWord, engine, Kernel } from "../engine.ts";
import { address, allocate, type KernelCall, original, replace } from "../heap.ts";
import { runsOf } from "./runs.ts";

/** Numbers of the functions of one value in assembly/unary.as. */
const unaryOps: Readonly<Record<string, number>> = {
  [tf.Exp]: 0,
  [tf.Tanh]: 1,
  [tf.Erf]: 2,
  [tf.Sign]: 3,
  [tf.Sqrt]: 4,
  [tf.Rsqrt]: 5,
  [tf.LeakyRelu]: 6,
  [tf.Abs]: 7,
  [tf.Reciprocal]: 8,
  [tf.Elu]: 9,
  [tf.ClipByValue]: 10,
  [tf.Log]: 11,
};

/** Numbers of the functions of two values in assembly/binary.as; from `greater` on they give truth values. */
const binaryOps: Readonly<Record<string, number>> = {
  [tf.Add]: 0,
  [tf.Sub]: 1,
  [tf.Multiply]: 2,
  [tf.RealDiv]: 3,
  [tf.Maximum]: 4,
  [tf.Minimum]: 5,
  [tf.SquaredDifference]: 6,
  [tf.Greater]: 7,
  [tf.GreaterEqual]: 8,
  [tf.Less]: 9,
  [tf.LessEqual]: 10,
  [tf.Equal]: 11,
  [tf.NotEqual]: 12,
};
const firstComparison = 7;

interface Parameters {
  readonly alpha?: number;
  readonly clipValueMin?: number;
  readonly clipValueMax?: number;
}

const unary =
  (name: string, op: number) =>
  (call: KernelCall<"x", Parameters | undefined>): tf.TensorInfo => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (x.dtype !== "float32") return original(name)(call as never);
    const out = allocate(backend, x.shape);
    const count = tf.util.sizeFromShape(x.shape);
    const a = attrs?.alpha ?? attrs?.clipValueMin ?? 0;
    const words = [op, address(backend, x), address(backend, out), count, asWord(a), asWord(attrs?.clipValueMax ?? 0)];
    engine().run(Kernel.unary, words, 4 * count);
    return out;
  };

const binary =
  (name: string, op: number) =>
  (call: KernelCall<"a" | "b">): tf.TensorInfo => {
    const { inputs, backend } = call;
    const { a, b } = inputs;
    const runs = a.dtype === "float32" && b.dtype === "float32" ? runsOf(a.shape, b.shape) : undefined;
    if (!runs) return original(name)(call as never);
    const out = backend.makeOutput([...runs.shape], op >= firstComparison ? "bool" : "float32");
    const count = tf.util.sizeFromShape([...runs.shape]);
    if (count > 0)
      engine().run(
        Kernel.binary,
        [
          op,
          address(backend, a),
          address(backend, b),
          address(backend, out),
          ...runs.extents,
          ...runs.stridesA,
          ...runs.stridesB,
        ],
        2 * count,
      );
    return out;
  };

/** `condition ? t : e` of equal shapes; others go to tfjs. */
function select(call: KernelCall<"condition" | "t" | "e">): tf.TensorInfo {
  const { inputs, backend } = call;
  const { condition, t, e } = inputs;
  const same = tf.util.arraysEqual(condition.shape, t.shape) && tf.util.arraysEqual(t.shape, e.shape);
  if (!same || t.dtype !== "float32" || e.dtype !== "float32") return original(tf.Select)(call as never);
  const out = allocate(backend, t.shape);
  const count = tf.util.sizeFromShape(t.shape);
  engine().run(Kernel.select, [condition, t, e, out].map((x) => address(backend, x)).concat(count), 2 * count);
  return out;
}

/** A tensor is never changed, so another one may share its data; tfjs copies it here. */
function identity({ inputs: { x }, backend }: KernelCall<"x">): tf.TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}

/** float32 only; other types, and shapes that repeat in more ways than three, go to tfjs. */
export function registerElementwise(): void {
  for (const [name, op] of Object.entries(unaryOps)) replace(name, unary(name, op));
  for (const [name, op] of Object.entries(binaryOps)) replace(name, binary(name, op));
  replace(tf.Select, select);
  replace(tf.Identity, identity);
}
