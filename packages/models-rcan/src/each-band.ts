import * as tf from "@tensorflow/tfjs-core";
import type { Layer } from "@spectrai/nn";

/** A network for images of one channel, applied to each band `[N, H, W, bands]` by itself. */
export const ofEachBand =
  (network: Layer): Layer =>
  (x, context) =>
    tf.tidy(() => {
      const [n, h, w, bands] = x.shape as [number, number, number, number];
      const images = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [n * bands, h, w, 1]);
      const fine = network(images, context);
      const [, height, width] = fine.shape as [number, number, number, number];
      return tf.transpose(tf.reshape(fine, [n, bands, height, width]), [0, 2, 3, 1]);
    });
