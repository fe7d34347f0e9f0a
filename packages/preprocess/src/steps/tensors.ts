import * as tf from "@tensorflow/tfjs-core";
import { type Axis, SpectraiError } from "@spectrai/core";
import type { SpectrumKernel } from "./spectra.ts";

/** A step on a batch of tensors `[N, L]` or `[N, H, W, L]`. */
export type TensorStep = (x: tf.Tensor, axis: Axis) => tf.Tensor;

/** `x · matrix` over the last dimension; the matrix is `[L, L′]`, row by row. */
export function timesMatrix(x: tf.Tensor, matrix: Float32Array, points: number): tf.Tensor {
  const length = x.shape.at(-1)!;
  const rows = tf.reshape(x, [-1, length]) as tf.Tensor2D;
  return tf.reshape(tf.matMul(rows, tf.tensor2d(matrix, [length, points])), [...x.shape.slice(0, -1), points]);
}

/**
 * A kernel that is linear in the spectrum, as a product with the matrix of what it makes of spectra that are 1 at one point
 * and 0 elsewhere.
 *
 * @param make - the kernel for an axis, and the points of its result
 */
export const linearTensor =
  (make: (axis: Axis) => { readonly kernel: SpectrumKernel; readonly points: number }): TensorStep =>
  (x, axis) =>
    tf.tidy(() => {
      const { kernel, points } = make(axis);
      const length = axis.values.length;
      const matrix = new Float32Array(length * points);
      const unit = new Float64Array(length);
      const out = new Float64Array(points);
      for (let i = 0; i < length; i++) {
        unit[i] = 1;
        const problem = kernel(unit, out);
        if (problem) throw new SpectraiError("SPECTRAI_INTERNAL", `A linear step refuses a spectrum: it ${problem}`);
        matrix.set(out, i * points);
        unit[i] = 0;
      }
      return timesMatrix(x, matrix, points);
    });

/** The given points of every spectrum: a slice where they are neighbours. */
export const pickedTensor = (x: tf.Tensor, source: Int32Array): tf.Tensor => {
  const first = source[0]!;
  const last = x.rank - 1;
  if (!source.every((at, i) => at === first + i)) return tf.gather(x, tf.tensor1d(source, "int32"), last);
  return tf.slice(
    x,
    x.shape.map((_, i) => (i === last ? first : 0)),
    x.shape.map((d, i) => (i === last ? source.length : d)),
  );
};
