import * as tf from "@tensorflow/tfjs-core";
import { hasKernel } from "@spectrai/core";
import { fusedGradient, runFused } from "./fused-gradient.ts";

/**
 * The matrix `[to, from]` of linear interpolation between evenly spaced points. With aligned corners both grids span the same
 * first and last point; without, both cut the same interval into cells and have their points in the middle of them, the
 * outermost held constant beyond their middle (PyTorch's `align_corners`, true and false).
 */
export function interpolationMatrix(from: number, to: number, alignCorners: boolean): Float32Array {
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const exact = alignCorners ? (to > 1 ? (i * (from - 1)) / (to - 1) : 0) : ((i + 0.5) * from) / to - 0.5;
    const at = Math.min(Math.max(exact, 0), from - 1);
    const low = Math.min(Math.floor(at), from - 1);
    const high = Math.min(low + 1, from - 1);
    matrix[i * from + low]! += 1 - (at - low);
    matrix[i * from + high]! += at - low;
  }
  return matrix;
}

/**
 * Linear interpolation of `[N, …spatial, C]` to other spatial sizes, one dimension after another, each a product with a small
 * matrix (or in one kernel, where the backend has it): exact gradients on every backend, for any sizes and either convention
 * of the corners.
 */
export function interpolate(x: tf.Tensor, sizes: readonly number[], alignCorners: boolean): tf.Tensor {
  const given = x.shape.slice(1, -1);
  if (hasKernel("InterpolateLinear") && given.some((n, i) => n !== sizes[i])) {
    fusedGradient("InterpolateLinear", {
      gradFunc: (dy, _, attributes) => ({
        x: () => runFused("InterpolateLinearGradient", { dy: dy as tf.Tensor }, attributes),
      }),
    });
    return runFused("InterpolateLinear", { x }, { from: given, to: sizes, alignCorners });
  }
  return tf.tidy(() =>
    sizes.reduce<tf.Tensor>((at, to, i) => {
      const axis = i + 1;
      const from = at.shape[axis]!;
      if (from === to) return at;
      const before = at.shape.slice(0, axis).reduce((n, d) => n * d, 1);
      const after = at.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
      const matrix = tf.tensor(interpolationMatrix(from, to, alignCorners), [1, to, from]);
      const shape = at.shape.map((d, k) => (k === axis ? to : d));
      return tf.reshape(tf.matMul(matrix, tf.reshape(at, [before, from, after])), shape);
    }, x),
  );
}
