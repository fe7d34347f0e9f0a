import * as tf from "@tensorflow/tfjs-core";
import { hasKernel } from "../fused-kernels.ts";
import { sizeOf } from "../ndarray.ts";

/**
 * `[N, …spatial, C]` → `[N, C]`: the sum over positions, as a product with a row of ones. A reduction over any but the last
 * axis makes several tfjs backends transpose the whole tensor first; the product reads it once, in order.
 */
export function sumPositions(x: tf.Tensor): tf.Tensor2D {
  const [batch, channels] = [x.shape[0]!, x.shape.at(-1)!];
  const positions = sizeOf(x.shape.slice(1, -1));
  if (positions === 1) return tf.reshape(x, [batch, channels]);
  return tf.tidy(() => {
    const ones = tf.ones([1, 1, positions]);
    return tf.reshape(tf.matMul(ones, tf.reshape(x, [batch, positions, channels])), [batch, channels]);
  });
}

/** `[N, …spatial, C]` → `[C]`: the sum over samples and positions. */
export function sumToChannels(x: tf.Tensor): tf.Tensor1D {
  if (!hasKernel("ActivationGradient")) return tf.tidy(() => tf.sum(sumPositions(x), 0));
  // The gradient of a bias is this sum.
  const wanted = { activation: "linear", slope: 0, wantsInput: false, wantsBias: true };
  return tf.engine().runKernel<tf.Tensor[]>("ActivationGradient", { dy: x }, wanted)[0] as tf.Tensor1D;
}
