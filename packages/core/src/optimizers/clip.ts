import * as tf from "@tensorflow/tfjs-core";
import { hasKernel } from "../fused-kernels.ts";

/** The Euclidean norm of all gradients taken as one vector. The scalar is the caller's to dispose. */
export const globalNorm = (gradients: readonly tf.Tensor[]): tf.Scalar =>
  tf.tidy(() => {
    if (gradients.length === 0) return tf.scalar(0);
    if (hasKernel("GlobalNorm"))
      return tf.engine().runKernel<tf.Scalar>("GlobalNorm", gradients as unknown as tf.NamedTensorMap);
    const squares = gradients.map((g) => tf.sum<tf.Scalar>(tf.square(g)));
    return tf.sqrt(tf.sum<tf.Scalar>(tf.stack(squares)));
  });

/**
 * Gradients scaled down together so that their global norm is at most `maximum`, as PyTorch's `clip_grad_norm_`:
 * times `min(1, maximum / (norm + 1e-6))`. Where the norm is below that, the values are shared, not copied. The
 * tensors returned are new and the caller's to dispose.
 *
 * @param norm - what `globalNorm` gave for these gradients, read back
 */
export function clipByGlobalNorm(gradients: readonly tf.Tensor[], norm: number, maximum: number): tf.Tensor[] {
  const factor = maximum / (norm + 1e-6);
  if (!(factor < 1)) return gradients.map((g) => tf.clone(g));
  const scale = tf.scalar(factor);
  const clipped = gradients.map((g) => tf.mul(g, scale));
  scale.dispose();
  return clipped;
}
