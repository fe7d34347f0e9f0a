import { floatLike, type Prediction, type SpectralArray } from "@spectrai/core";
import { matrix, type Matrix, multiply, multiplyTransposed } from "@spectrai/linalg";

/** Pixels that are projected together. */
const PIXELS_AT_ONCE = 1024;

/** m + Σ_k (v_k·(x − m)) v_k for every row x, with the rows v_k of `axes`, which are orthonormal. */
export function projectRows(x: Matrix, mean: Float64Array, axes: Matrix): Matrix {
  const centred = matrix(x.rows, x.columns);
  for (let i = 0, at = 0; i < x.rows; i++)
    for (let j = 0; j < x.columns; j++, at++) centred.data[at] = x.data[at]! - mean[j]!;
  const out = multiply(multiplyTransposed(centred, axes), axes);
  for (let i = 0, at = 0; i < x.rows; i++)
    for (let j = 0; j < x.columns; j++, at++) out.data[at] = out.data[at]! + mean[j]!;
  return out;
}

/** Every spectrum of an array `[…, L]` projected, some at a time. */
export function projectSpectra({ data, shape }: SpectralArray, mean: Float64Array, axes: Matrix): Prediction {
  const points = mean.length;
  const out = floatLike(data, data.length);
  for (let from = 0; from < data.length; from += PIXELS_AT_ONCE * points) {
    const some = Float64Array.from(data.subarray(from, from + PIXELS_AT_ONCE * points));
    out.set(projectRows(matrix(some.length / points, points, some), mean, axes).data, from);
  }
  return { data: out, shape };
}
