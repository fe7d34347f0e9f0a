import * as tf from "@tensorflow/tfjs-core";

/** What the network takes from the training part before its first step. */
export interface Statistics {
  /** Mean over rows of the largest magnitude: 1 for spectra divided by their maximum. */
  readonly inputScale: number;
  readonly targetScale: number;
  /** Of the scaled rows, `[L]`. */
  readonly inputMean: Float32Array;
  readonly targetMean: Float32Array;
  /** Whether (nearly) every target has the maximum 1, as after max-normalize. */
  readonly targetsAreMaxNormalized: boolean;
}

const host = async (t: tf.Tensor): Promise<Float32Array> => {
  const data = (await t.data()).slice() as Float32Array;
  t.dispose();
  return data;
};

export async function statisticsOf(input: tf.Tensor, target: tf.Tensor): Promise<Statistics> {
  const peaks = (x: tf.Tensor): Promise<Float32Array> => host(tf.tidy(() => tf.max(x, 1)));
  const mean = (x: tf.Tensor): Promise<Float32Array> => host(tf.tidy(() => tf.mean(x, 0)));
  const scale = async (x: tf.Tensor): Promise<number> => {
    const magnitudes = await host(tf.tidy(() => tf.max(tf.abs(x), 1)));
    return magnitudes.reduce((s, v) => s + v, 0) / magnitudes.length || 1;
  };
  const [inputScale, targetScale] = [await scale(input), await scale(target)];
  const maxima = await peaks(target);
  const atOne = maxima.filter((v) => Math.abs(v - 1) < 1e-3).length;
  return {
    inputScale,
    targetScale,
    inputMean: (await mean(input)).map((v) => v / inputScale),
    targetMean: (await mean(target)).map((v) => v / targetScale),
    targetsAreMaxNormalized: atOne >= 0.99 * maxima.length,
  };
}
