import * as tf from "@tensorflow/tfjs-core";
import type { Rng } from "@spectrai/core";
import { type Initializer, type ParameterScope, zeros } from "@spectrai/nn";

const kernelLength = 9;
/** All ways to place three weights of 2 among nine; the other six are −1, so that a constant gives 0. */
const placements: readonly (readonly number[])[] = (() => {
  const out: number[][] = [];
  for (let a = 0; a < kernelLength; a++)
    for (let b = a + 1; b < kernelLength; b++) for (let c = b + 1; c < kernelLength; c++) out.push([a, b, c]);
  return out;
})();
export const kernelCount = placements.length;

/** `[9, 1, 84]`. */
const kernels: Initializer = () => {
  const weights = new Float32Array(kernelLength * kernelCount).fill(-1);
  placements.forEach((places, k) => places.forEach((p) => (weights[p * kernelCount + k] = 2)));
  return weights;
};

/** Steps between kernel points, up to what spans the series; exponentially spaced. */
export function dilationsFor(points: number, most = 16): number[] {
  const largest = Math.max(1, Math.floor((points - 1) / (kernelLength - 1)));
  const count = Math.min(most, Math.floor(Math.log2(largest)) + 1);
  const steps = Array.from({ length: count }, (_, i) =>
    // The last power is the largest step but for rounding.
    Math.floor(largest ** (count === 1 ? 0 : i / (count - 1)) + 1e-9),
  );
  return [...new Set(steps)];
}

export interface MiniRocket {
  /** Number of features: a multiple of 84. */
  readonly count: number;
  /** `[N, L]` → `[N, count]`, each a share between 0 and 1. */
  features(x: tf.Tensor): tf.Tensor;
  /** Takes the thresholds from some series, `[n, L]`. */
  start(series: tf.Tensor, rng: Rng): Promise<void>;
}

/** Series that the thresholds are taken from. */
const seriesForThresholds = 32;

/**
 * MiniRocket (Dempster, Schmidt and Webb, KDD 2021): 84 fixed kernels of nine points at several dilations; a feature is the share
 * of a series' points at which a convolution exceeds a threshold, and the thresholds are quantiles of the convolutions of
 * training series. Nothing in it is learned by gradients. Series are padded with zeros at all dilations.
 *
 * @param features - about how many, rounded down to whole thresholds a kernel and dilation
 */
export function miniRocket(scope: ParameterScope, points: number, features: number): MiniRocket {
  const dilations = dilationsFor(points);
  const each = Math.max(1, Math.floor(features / kernelCount / dilations.length));
  const weights = scope.buffer("kernels", [kernelLength, 1, kernelCount], kernels) as tf.Tensor as tf.Tensor3D;
  const thresholds = dilations.map((d) => scope.buffer(`thresholds.${d}`, [each, 1, kernelCount], zeros));
  const convolve = (x: tf.Tensor, dilation: number): tf.Tensor =>
    tf.conv1d(tf.expandDims(x, 2) as tf.Tensor3D, weights, 1, "same", "NWC", dilation);

  return {
    count: dilations.length * each * kernelCount,
    features: (x) =>
      tf.tidy(() => {
        const shares = dilations.flatMap((dilation, i) =>
          tf.tidy(() => {
            const y = convolve(x, dilation);
            return tf
              .unstack(thresholds[i]!)
              .map((level) => tf.tidy(() => tf.mean(tf.cast(tf.greater(y, level), "float32"), 1)));
          }),
        );
        return tf.concat(shares, 1);
      }),
    async start(series, rng) {
      const rows = series.shape[0]!;
      const chosen = Array.from(rng.permutation(rows)).slice(0, seriesForThresholds);
      for (const [i, dilation] of dilations.entries()) {
        const y = tf.tidy(() => convolve(tf.gather(series, chosen), dilation));
        const values = await y.data();
        y.dispose();
        const levels = quantiles(values, values.length / kernelCount, each);
        tf.tidy(() => thresholds[i]!.assign(tf.tensor(levels, [each, 1, kernelCount])));
      }
    },
  };
}

/** The fractional parts of multiples of the golden ratio fill (0, 1) evenly, however many are taken. */
const golden = (1 + Math.sqrt(5)) / 2;

/** For each kernel the `each` quantiles of its values, `[each, 84]`; `values` is `[count, 84]`. */
function quantiles(values: ArrayLike<number>, count: number, each: number): Float32Array {
  const out = new Float32Array(each * kernelCount);
  const column = new Float32Array(count);
  for (let k = 0; k < kernelCount; k++) {
    for (let i = 0; i < count; i++) column[i] = values[i * kernelCount + k]!;
    column.sort();
    for (let j = 0; j < each; j++) {
      const at = (((j + 1) * golden) % 1) * (count - 1);
      const low = Math.floor(at);
      const high = Math.min(low + 1, count - 1);
      out[j * kernelCount + k] = column[low]! + (at - low) * (column[high]! - column[low]!);
    }
  }
  return out;
}
