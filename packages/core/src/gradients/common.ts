import * as tf from "@tensorflow/tfjs-core";
import { sumToChannels } from "./sum-positions.ts";

/**
 * Sums `dy` over what broadcasting had repeated, so that it has the operand's shape again. Always a handle of its own: tfjs
 * disposes a gradient when it adds another to it, and must not dispose one that belongs to two tensors.
 */
export function reduceTo(shape: readonly number[], dy: tf.Tensor): tf.Tensor {
  if (tf.util.arraysEqual(dy.shape, [...shape])) return tf.clone(dy);
  const size = shape.reduce((n, d) => n * d, 1);
  // A vector over the last dimension: a bias, a scale.
  if (dy.rank > 1 && size === shape.at(-1) && size === dy.shape.at(-1))
    return tf.reshape(sumToChannels(dy), [...shape]);
  const axes = tf.broadcast_util.getReductionAxes([...shape], dy.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, [...shape]);
}

/** A reduced `dy` with the reduced axes back as ones. */
export function unreduce(
  dy: tf.Tensor,
  shape: readonly number[],
  axis: number | readonly number[] | undefined,
): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], [...shape]);
  const kept = shape.map((d, i) => (axes.includes(i) ? 1 : d));
  return tf.reshape(dy, kept);
}

type Derivative = (at: tf.Tensor, attributes: Record<string, number>) => tf.Tensor;

/** `f′(x) · dy` from the kernel's input. */
export const fromInput = (kernelName: string, derivative: Derivative): tf.GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  gradFunc: (dy, saved, attributes) => ({
    x: () => tf.mul(dy as tf.Tensor, derivative(saved[0]!, attributes as Record<string, number>)),
  }),
});

/** `f′(x) · dy` from the kernel's output, so that its input can be freed. */
export const fromOutput = (kernelName: string, derivative: Derivative): tf.GradConfig => ({
  kernelName,
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => ({
    x: () => tf.mul(dy as tf.Tensor, derivative(saved[0]!, attributes as Record<string, number>)),
  }),
});

/** A step function: no gradient, wherever it has one. */
export const flat = (kernelName: string, inputs: readonly string[]): tf.GradConfig => ({
  kernelName,
  inputsToSave: [...inputs],
  gradFunc: (_, saved) => Object.fromEntries(inputs.map((name, i) => [name, () => tf.zeros(saved[i]!.shape)])),
});
