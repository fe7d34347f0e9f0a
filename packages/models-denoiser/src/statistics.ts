import type * as tf from "@tensorflow/tfjs-core";
import type { Matrix } from "@spectrai/linalg";

/** What the network takes from the training part before its first step. */
export interface Statistics {
  /** Mean over rows of the largest magnitude: 1 for spectra divided by their maximum. */
  readonly inputScale: number;
  readonly targetScale: number;
  /** Of the scaled rows, `[L]`. */
  readonly inputMean: Float32Array;
  readonly targetMean: Float32Array;
  /** Logarithm of the mean target's 16th power mean, a soft maximum. */
  readonly targetLogNorm: number;
  /** Whether (nearly) every target has the maximum 1, as after max-normalize. */
  readonly targetsAreMaxNormalized: boolean;
  /** The scaled rows less their mean. */
  input(): Matrix;
  target(): Matrix;
}

export async function statisticsOf(input: tf.Tensor, target: tf.Tensor): Promise<Statistics> {
  const [x, y] = [await rowsOf(input), await rowsOf(target)];
  const [inputScale, targetScale] = [meanPeak(x), meanPeak(y)];
  const inputMean = meanRow(x, inputScale);
  const targetMean = meanRow(y, targetScale);
  const power = targetMean.reduce((s, v) => s + Math.max(v, 0) ** 16, 0) / targetMean.length;
  return {
    inputScale,
    targetScale,
    inputMean: Float32Array.from(inputMean),
    targetMean: Float32Array.from(targetMean),
    targetLogNorm: power > 0 ? Math.log(power) / 16 : 0,
    targetsAreMaxNormalized: shareAtOne(y) >= 0.99,
    input: () => centred(x, inputScale, inputMean),
    target: () => centred(y, targetScale, targetMean),
  };
}

async function rowsOf(tensor: tf.Tensor): Promise<Matrix> {
  const [rows, columns] = tensor.shape as [number, number];
  return { data: Float64Array.from(await tensor.data()), rows, columns };
}

function meanPeak({ data, rows, columns }: Matrix): number {
  let sum = 0;
  for (let r = 0; r < rows; r++) {
    let peak = 0;
    for (let k = r * columns; k < (r + 1) * columns; k++) peak = Math.max(peak, Math.abs(data[k]!));
    sum += peak;
  }
  return sum / rows || 1;
}

function meanRow({ data, rows, columns }: Matrix, scale: number): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) mean[i % columns]! += data[i]! / (rows * scale);
  return mean;
}

function shareAtOne({ data, rows, columns }: Matrix): number {
  let count = 0;
  for (let r = 0; r < rows; r++) {
    let top = -Infinity;
    for (let k = r * columns; k < (r + 1) * columns; k++) top = Math.max(top, data[k]!);
    if (Math.abs(top - 1) < 1e-3) count++;
  }
  return count / rows;
}

const centred = ({ data, rows, columns }: Matrix, scale: number, mean: Float64Array): Matrix => ({
  data: data.map((v, i) => v / scale - mean[i % columns]!),
  rows,
  columns,
});
