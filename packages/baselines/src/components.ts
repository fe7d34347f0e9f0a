import type { Matrix } from "@spectrai/linalg";

/**
 * Mean squared error after each number of components 0 … count, where component k adds `scores[i][k] · loadings[k]` to the
 * prediction of row i and `residual` is what the prediction without components leaves. Overwrites `residual`.
 */
export function errorsByCount(residual: Matrix, scores: Matrix, loadings: Matrix, count: number): Float64Array {
  const errors = new Float64Array(count + 1);
  const columns = residual.columns;
  for (let k = 0; k <= count; k++) {
    let sum = 0;
    for (let i = 0; i < residual.rows; i++) {
      const score = k > 0 ? scores.data[i * scores.columns + k - 1]! : 0;
      const at = i * columns;
      const from = (k - 1) * columns;
      for (let j = 0; j < columns; j++) {
        const r = residual.data[at + j]! - (k > 0 ? score * loadings.data[from + j]! : 0);
        residual.data[at + j] = r;
        sum += r * r;
      }
    }
    errors[k] = sum / residual.data.length;
  }
  return errors;
}

/** The position of the smallest value. */
export const smallest = (values: Float64Array): number =>
  values.reduce((best, value, i) => (value < values[best]! ? i : best), 0);
