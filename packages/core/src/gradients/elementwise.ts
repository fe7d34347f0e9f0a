import * as tf from "@tensorflow/tfjs-core";
import { sumToChannels } from "./sum-positions.ts";
import { flat, fromInput, fromOutput, reduceTo } from "./common.ts";

const binary = (
  kernelName: string,
  derivatives: (
    dy: tf.Tensor,
    a: tf.Tensor,
    b: tf.Tensor,
  ) => { readonly a: () => tf.Tensor; readonly b: () => tf.Tensor },
): tf.GradConfig => ({
  kernelName,
  inputsToSave: ["a", "b"],
  gradFunc: (dy, saved) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    const of = derivatives(dy as tf.Tensor, a, b);
    return { a: () => reduceTo(a.shape, of.a()), b: () => reduceTo(b.shape, of.b()) };
  },
});

const mask = (condition: tf.Tensor): tf.Tensor => tf.cast(condition, "float32");

/** Element-wise kernels. */
export const elementwise: readonly tf.GradConfig[] = [
  fromInput(tf.Abs, (x) => tf.sign(x)),
  fromInput(tf.ClipByValue, (x, { clipValueMin, clipValueMax }) =>
    mask(tf.logicalAnd(tf.greaterEqual(x, clipValueMin!), tf.lessEqual(x, clipValueMax!))),
  ),
  fromInput(tf.Cos, (x) => tf.neg(tf.sin(x))),
  fromInput(tf.Erf, (x) => tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x))))),
  fromInput(tf.Log, (x) => tf.reciprocal(x)),
  fromInput(tf.Log1p, (x) => tf.reciprocal(tf.add(x, 1))),
  fromInput(tf.Sin, (x) => tf.cos(x)),
  fromInput(tf.Softplus, (x) => tf.sigmoid(x)),
  fromInput(tf.Square, (x) => tf.mul(2, x)),

  fromOutput(tf.Elu, (y) => tf.where(tf.greater(y, 0), tf.onesLike(y), tf.add(y, 1))),
  fromOutput(tf.Exp, (y) => y),
  fromOutput(tf.Expm1, (y) => tf.add(y, 1)),
  fromOutput(tf.LeakyRelu, (y, { alpha }) => tf.step(y, alpha)),
  fromOutput(tf.Reciprocal, (y) => tf.neg(tf.square(y))),
  fromOutput(tf.Relu, (y) => tf.step(y)),
  fromOutput(tf.Rsqrt, (y) => tf.mul(-0.5, tf.mul(y, tf.square(y)))),
  fromOutput(tf.Sigmoid, (y) => tf.mul(y, tf.sub(1, y))),
  fromOutput(tf.Sqrt, (y) => tf.div(0.5, y)),
  fromOutput(tf.Tanh, (y) => tf.sub(1, tf.square(y))),

  { kernelName: tf.Neg, gradFunc: (dy) => ({ x: () => tf.neg(dy as tf.Tensor) }) },
  { kernelName: tf.Identity, gradFunc: (dy) => ({ x: () => tf.clone(dy as tf.Tensor) }) },
  { kernelName: tf.Cast, gradFunc: (dy) => ({ x: () => tf.cast(dy as tf.Tensor, "float32") }) },
  ...[tf.Ceil, tf.Floor, tf.Round, tf.Sign, tf.Step, tf.OnesLike, tf.ZerosLike].map((name) => flat(name, ["x"])),
  ...[tf.Equal, tf.NotEqual, tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual].map((name) => flat(name, ["a", "b"])),

  binary(tf.Add, (dy) => ({ a: () => dy, b: () => dy })),
  binary(tf.Sub, (dy) => ({ a: () => dy, b: () => tf.neg(dy) })),
  binary(tf.Multiply, (dy, a, b) => ({ a: () => tf.mul(dy, b), b: () => tf.mul(dy, a) })),
  binary(tf.RealDiv, (dy, a, b) => ({ a: () => tf.div(dy, b), b: () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))) })),
  binary(tf.Maximum, (dy, a, b) => ({
    a: () => tf.mul(dy, mask(tf.greaterEqual(a, b))),
    b: () => tf.mul(dy, mask(tf.less(a, b))),
  })),
  binary(tf.Minimum, (dy, a, b) => ({
    a: () => tf.mul(dy, mask(tf.lessEqual(a, b))),
    b: () => tf.mul(dy, mask(tf.greater(a, b))),
  })),
  binary(tf.SquaredDifference, (dy, a, b) => {
    const slope = (): tf.Tensor => tf.mul(dy, tf.mul(2, tf.sub(a, b)));
    return { a: slope, b: () => tf.neg(slope()) };
  }),
  binary(tf.Pow, (dy, a, b) => ({
    a: () => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
    // The logarithm of a base that is not positive counts as 0, as in tfjs.
    b: () => tf.mul(dy, tf.mul(tf.pow(a, b), tf.where(tf.greater(a, 0), tf.log(a), tf.zerosLike(a)))),
  })),
  {
    kernelName: tf.AddN,
    saveAllInputs: true,
    gradFunc: (dy, saved) => Object.fromEntries(saved.map((_, i) => [i, () => tf.clone(dy as tf.Tensor)])),
  },
  {
    kernelName: tf.Select,
    inputsToSave: ["condition"],
    gradFunc: (dyAny, saved) => {
      const dy = dyAny as tf.Tensor;
      const condition = saved[0]!;
      return {
        condition: () => tf.zeros(condition.shape),
        t: () => tf.mul(dy, mask(condition)),
        e: () => tf.mul(dy, mask(tf.logicalNot(condition))),
      };
    },
  },
  {
    kernelName: tf.Prelu,
    inputsToSave: ["x", "alpha"],
    gradFunc: (dyAny, saved) => {
      const dy = dyAny as tf.Tensor;
      const [x, alpha] = saved as [tf.Tensor, tf.Tensor];
      return {
        x: () => tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha)),
        alpha: () => {
          const slopes = tf.mul(dy, tf.minimum(x, 0));
          return alpha.size === 1 && x.rank > 1
            ? tf.reshape(tf.sum(sumToChannels(slopes)), alpha.shape)
            : reduceTo(alpha.shape, slopes);
        },
      };
    },
  },
];
