import { columnMeans, matrix, type Matrix } from "@spectrai/linalg";

/** What is taken from every point of a spectrum, and what it is then divided by. */
export interface Scaling {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/**
 * The mean spectrum, and with `autoscale` the standard deviation of each point (a point that never changes is divided by 1), else
 * ones. Without both, nothing: zeros and ones.
 */
export function scalingOf(x: Matrix, autoscale: boolean, centre = true): Scaling {
  const scale = new Float64Array(x.columns).fill(1);
  if (!autoscale) return { mean: centre ? columnMeans(x) : new Float64Array(x.columns), scale };
  const mean = columnMeans(x);
  const squares = new Float64Array(x.columns);
  for (let i = 0, at = 0; i < x.rows; i++)
    for (let j = 0; j < x.columns; j++, at++) squares[j] = squares[j]! + (x.data[at]! - mean[j]!) ** 2;
  for (let j = 0; j < x.columns; j++) {
    const deviation = Math.sqrt(squares[j]! / Math.max(1, x.rows - 1));
    // Less than rounding of the mean leaves is no change.
    if (deviation > 1e-13 * Math.abs(mean[j]!)) scale[j] = deviation;
  }
  return { mean, scale };
}

export function applyScaling(x: Matrix, { mean, scale }: Scaling): Matrix {
  const out = matrix(x.rows, x.columns);
  for (let i = 0, at = 0; i < x.rows; i++)
    for (let j = 0; j < x.columns; j++, at++) out.data[at] = (x.data[at]! - mean[j]!) / scale[j]!;
  return out;
}
