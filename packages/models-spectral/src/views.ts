import * as tf from "@tensorflow/tfjs-core";

/** How a spectrum is looked at before a linear head. */
export const viewNames = ["raw", "snv", "derivative", "second-derivative"] as const;
export type ViewName = (typeof viewNames)[number];

/** A variance below this share of the largest value's square is taken to be rounding: the spectrum is constant. */
const leastVariance = 1e-12;
/** Takes the place of the largest value in a spectrum of zeros. */
const leastSize = 1e-18;

/**
 * Each row less its mean, divided by its standard deviation (of all L points): `[N, L]` → `[N, L]` (standard normal variate;
 * Barnes, Dhanoa and Lister, Appl. Spectrosc. 43, 1989). Rows are divided by their largest value first, so that squares of any
 * unit fit into float32; a constant row becomes 0.
 */
export const snv = (x: tf.Tensor): tf.Tensor =>
  tf.tidy(() => {
    const unit = tf.div(x, tf.maximum(tf.max(tf.abs(x), 1, true), leastSize));
    const centred = tf.sub(unit, tf.mean(unit, 1, true));
    return tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), 1, true), leastVariance)));
  });

/** Points on each side in the derivatives' windows, fewer for short spectra. */
export const halfWindow = (points: number): number => Math.max(1, Math.min(7, Math.floor((points - 1) / 6)));

/**
 * The weights of a Savitzky-Golay derivative of a parabola over 2m + 1 points, scaled to unit length; columns of features are
 * scaled anyway (Savitzky and Golay, Anal. Chem. 36, 1964).
 */
export function derivativeWeights(order: 1 | 2, m: number): Float32Array {
  const weights = Float64Array.from({ length: 2 * m + 1 }, (_, i) => {
    const k = i - m;
    return order === 1 ? k : 3 * k * k - m * (m + 1);
  });
  const length = Math.hypot(...weights);
  return Float32Array.from(weights, (w) => w / length);
}

/** A derivative of each row where its window fits, `[N, L]` → `[N, L - 2m]`. */
const derivative = (x: tf.Tensor, order: 1 | 2, m: number): tf.Tensor =>
  tf.tidy(() => {
    const kernel = tf.tensor3d(derivativeWeights(order, m), [2 * m + 1, 1, 1]);
    const y = tf.conv1d(tf.expandDims(x, 2) as tf.Tensor3D, kernel, 1, "valid");
    return tf.squeeze(y, [2]);
  });

/** `[N, L]` → `[N, viewSize]`. The derivatives are those of the spectrum after `snv`. */
export function view(name: ViewName, x: tf.Tensor): tf.Tensor {
  const m = halfWindow(x.shape[1]!);
  switch (name) {
    case "raw":
      return x;
    case "snv":
      return snv(x);
    case "derivative":
      return derivative(snv(x), 1, m);
    case "second-derivative":
      return derivative(snv(x), 2, m);
  }
}

/** Points of a view of a spectrum of so many. */
export const viewSize = (name: ViewName, points: number): number =>
  name === "raw" || name === "snv" ? points : points - 2 * halfWindow(points);
