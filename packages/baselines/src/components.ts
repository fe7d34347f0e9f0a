import {
  columnMeans,
  innerGram,
  matrix,
  type Matrix,
  multiply,
  outerGram,
  scaleRows,
  subtractRow,
  symmetricEigen,
} from "@spectrai/linalg";

/** Principal axes of a set of spectra. */
export interface Principal {
  readonly mean: Float64Array;
  /** The spectra less their mean. */
  readonly centred: Matrix;
  /** Sum of squares along each axis, descending; as many as `axes` has rows. */
  readonly variances: Float64Array;
  /** Row k is the unit vector of the k-th axis. */
  readonly axes: Matrix;
}

/** Variances below this share of the largest are rounding. */
const NEGLIGIBLE = 1e-13;

/**
 * Principal component analysis: eigenvectors of XᵀX, or where there are fewer spectra than points, of XXᵀ with
 * v = Xᵀu / √d. Axes without variance are left out.
 */
export function principalComponents(spectra: Matrix): Principal {
  const mean = columnMeans(spectra);
  const centred = subtractRow(spectra, mean);
  const dual = spectra.rows < spectra.columns;
  const { values, vectors } = symmetricEigen(dual ? outerGram(centred) : innerGram(centred));
  let rank = 0;
  while (rank < values.length && values[rank]! > NEGLIGIBLE * values[0]!) rank++;
  const variances = values.slice(0, rank);
  const kept = matrix(rank, vectors.columns, vectors.data.slice(0, rank * vectors.columns));
  const axes = dual
    ? scaleRows(
        multiply(kept, centred),
        variances.map((d) => 1 / Math.sqrt(d)),
      )
    : kept;
  return { mean, centred, variances, axes };
}

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
