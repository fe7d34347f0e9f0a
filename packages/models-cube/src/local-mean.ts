import * as tf from "@tensorflow/tfjs-core";

/** Mean of each channel of `[N, H, W, C]` over the pixels of a window that lie in the image; rows and columns odd. */
export function localMean(x: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  return tf.tidy(() => {
    const [, height, width, channels] = x.shape;
    const sum = alongColumns(alongRows(x, rows, channels), columns, channels);
    const count = alongColumns(alongRows(tf.ones([1, height, width, 1]), rows, 1), columns, 1);
    return tf.div(sum, count);
  });
}

const alongRows = (x: tf.Tensor4D, rows: number, channels: number): tf.Tensor4D =>
  rows === 1 ? x : tf.depthwiseConv2d(x, tf.ones([rows, 1, channels, 1]), 1, "same");
const alongColumns = (x: tf.Tensor4D, columns: number, channels: number): tf.Tensor4D =>
  columns === 1 ? x : tf.depthwiseConv2d(x, tf.ones([1, columns, channels, 1]), 1, "same");
