import * as tf from "@tensorflow/tfjs-core";

/**
 * The most probable scores of spectra in a subspace, where each value has a noise of its own and scores are normal with
 * variance 1: `(I + U W Uᵀ) c = U W v`, for every pixel. By conjugate gradients with the diagonal as preconditioner, which are exact
 * after as many steps as there are components (Hestenes and Stiefel, 1952).
 *
 * @param v - `[pixels, bands]` spectra less their mean
 * @param precision - `[pixels, bands]`: 1 / variance of each value's noise
 * @param axes - `[components, bands]`
 * @returns `[pixels, components]`
 */
export function weightedScores(v: tf.Tensor2D, precision: tf.Tensor2D, axes: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const [components, bands] = axes.shape;
    const columns = tf.transpose(axes);
    const products = tf.reshape(tf.mul(tf.expandDims(columns, 2), tf.expandDims(columns, 1)), [bands, components ** 2]);
    const system = tf.add(
      tf.reshape(tf.matMul(precision, products as tf.Tensor2D), [-1, components, components]),
      tf.eye(components),
    ) as tf.Tensor3D;
    const right = tf.matMul(tf.mul(precision, v), axes, false, true) as tf.Tensor2D;
    return solve(system, right, components);
  });
}

/** Keeps a division by what has come down to 0 at 0. */
const tiny = 1e-20;

function solve(system: tf.Tensor3D, right: tf.Tensor2D, steps: number): tf.Tensor2D {
  const diagonal = tf.sum(tf.mul(system, tf.eye(steps)), 2);
  const times = (x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(system, tf.expandDims(x, 1)), 2);
  const dot = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.mul(a, b), 1, true);
  let x: tf.Tensor = tf.zerosLike(right);
  let rest: tf.Tensor = right;
  let scaled = tf.div(rest, diagonal);
  let direction: tf.Tensor = scaled;
  let size = dot(rest, scaled);
  for (let i = 0; i < steps; i++) {
    const image = times(direction);
    const length = tf.div(size, tf.add(dot(direction, image), tiny));
    x = tf.add(x, tf.mul(direction, length));
    if (i === steps - 1) break;
    rest = tf.sub(rest, tf.mul(image, length));
    scaled = tf.div(rest, diagonal);
    const next = dot(rest, scaled);
    direction = tf.add(scaled, tf.mul(direction, tf.div(next, tf.add(size, tiny))));
    size = next;
  }
  return x as tf.Tensor2D;
}
