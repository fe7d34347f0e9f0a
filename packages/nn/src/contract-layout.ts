import * as tf from "@tensorflow/tfjs-core";
import type { Dimension } from "./shapes.ts";

/**
 * The contract's tensors with channels, as a network of a dimension takes them:
 * - 1: spectra `[N, L]` get one channel, `[N, L, 1]`;
 * - 2: cubes `[N, H, W, L]` have their bands as channels already;
 * - 3: cubes become volumes of one channel whose axes are band, row, column, `[N, L, H, W, 1]`, as in the reference.
 */
export function withChannels(x: tf.Tensor, dimension: Dimension): tf.Tensor {
  if (dimension === 2) return x;
  return tf.tidy(() => tf.expandDims(dimension === 1 ? x : tf.transpose(x, [0, 3, 1, 2]), -1));
}

/** Back from one channel: the inverse of {@link withChannels}. */
export function withoutChannels(x: tf.Tensor, dimension: Dimension): tf.Tensor {
  if (dimension === 2) return x;
  return tf.tidy(() => {
    const flat = tf.squeeze(x, [x.rank - 1]);
    return dimension === 1 ? flat : tf.transpose(flat, [0, 2, 3, 1]);
  });
}
