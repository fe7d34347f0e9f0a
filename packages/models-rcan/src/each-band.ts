import * as tf from "@tensorflow/tfjs-core";
import type { Layer } from "@spectrai/nn";

/** Variance below which an image counts as flat. */
const least = 1e-6;

/**
 * A network for images of one channel, applied to each band `[N, H, W, bands]` by itself: with mean 0 and standard deviation 1,
 * which are given back to the output, so that dark and bright bands look alike to it.
 */
export const ofEachBand =
  (network: Layer): Layer =>
  (x, context) =>
    tf.tidy(() => {
      const [n, h, w, bands] = x.shape as [number, number, number, number];
      const images = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [n * bands, h, w, 1]);
      const mean = tf.mean(images, [1, 2, 3], true);
      const centred = tf.sub(images, mean);
      const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), [1, 2, 3], true), least));
      const fine = tf.add(tf.mul(network(tf.div(centred, deviation), context), deviation), mean);
      const [, height, width] = fine.shape as [number, number, number, number];
      return tf.transpose(tf.reshape(fine, [n, bands, height, width]), [0, 2, 3, 1]);
    });
