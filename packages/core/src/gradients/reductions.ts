import * as tf from "@tensorflow/tfjs-core";
import { unreduce } from "./common.ts";

interface Axes {
  readonly axis?: number | readonly number[];
  readonly reductionIndices?: number | readonly number[];
  readonly dim?: number;
  readonly exclusive?: boolean;
  readonly reverse?: boolean;
}

/** Where the extremum was; several elements that share it all get its gradient, as in tfjs. */
const extremum = (kernelName: string): tf.GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => {
    const [x, y] = saved as [tf.Tensor, tf.Tensor];
    const { axis, reductionIndices } = attributes as Axes;
    const axes = reductionIndices ?? axis;
    return {
      x: () =>
        tf.mul(unreduce(dy as tf.Tensor, x.shape, axes), tf.cast(tf.equal(x, unreduce(y, x.shape, axes)), "float32")),
    };
  },
});

/** Sums, means, extrema, soft-max. */
export const reductions: readonly tf.GradConfig[] = [
  {
    kernelName: tf.Sum,
    inputsToSave: ["x"],
    gradFunc: (dy, saved, attributes) => {
      const shape = saved[0]!.shape;
      return { x: () => tf.broadcastTo(unreduce(dy as tf.Tensor, shape, (attributes as Axes).axis), shape) };
    },
  },
  {
    kernelName: tf.Mean,
    inputsToSave: ["x"],
    gradFunc: (dy, saved, attributes) => {
      const x = saved[0]!;
      const count = x.size / (dy as tf.Tensor).size;
      return {
        x: () => tf.broadcastTo(tf.div(unreduce(dy as tf.Tensor, x.shape, (attributes as Axes).axis), count), x.shape),
      };
    },
  },
  extremum(tf.Max),
  extremum(tf.Min),
  {
    kernelName: tf.Cumsum,
    gradFunc: (dy, _, attributes) => {
      const { axis, exclusive, reverse } = attributes as Axes;
      return { x: () => tf.cumsum(dy as tf.Tensor, axis as number, exclusive, !reverse) };
    },
  },
  {
    kernelName: tf.Softmax,
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const y = saved[0]!;
      return {
        logits: () => {
          const weighted = tf.mul(dy as tf.Tensor, y);
          return tf.sub(weighted, tf.mul(tf.sum(weighted, (attributes as Axes).dim, true), y));
        },
      };
    },
  },
  {
    kernelName: tf.LogSoftmax,
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => ({
      logits: () =>
        tf.sub(
          dy as tf.Tensor,
          tf.mul(tf.sum(dy as tf.Tensor, (attributes as Axes).axis as number, true), tf.exp(saved[0]!)),
        ),
    }),
  },
];
