import * as tf from "@tensorflow/tfjs-core";

/**
 * Joins tensors that agree in all but their last dimension, channel after channel. Unlike `tf.concat` it keeps none of them
 * for the gradient, which needs their widths only.
 */
export function concat(...parts: readonly tf.Tensor[]): tf.Tensor {
  const widths = parts.map((part) => part.shape.at(-1)!);
  const op = tf.customGrad((...inputs) => {
    const tensors = inputs.slice(0, parts.length) as tf.Tensor[];
    return {
      value: tf.concat(tensors, -1),
      gradFunc: (dy: tf.Tensor) => tf.split(dy, widths, dy.rank - 1),
    };
  });
  return op(...parts);
}

/** `a + b` of equal shapes. Unlike `tf.add` it keeps neither for the gradient, which is `dy` for both. */
export function add(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  tf.util.assertShapesMatch(a.shape, b.shape, "add: ");
  // Handles of their own: tfjs disposes a gradient that it adds to another.
  const op = tf.customGrad((x, y) => ({
    value: tf.add(x as tf.Tensor, y as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => [tf.clone(dy), tf.clone(dy)],
  }));
  return op(a, b);
}
