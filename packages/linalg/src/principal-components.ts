import { symmetricEigen } from "./eigen.ts";
import { columnMeans, matrix, type Matrix, scaleRows, subtractRow } from "./matrix.ts";
import { innerGram, multiply, outerGram } from "./multiply.ts";

/** Principal axes of the rows of a matrix. */
export interface PrincipalComponents {
  readonly mean: Float64Array;
  /** The rows less their mean. */
  readonly centred: Matrix;
  /** Sum of squares along each axis, descending; as many as `axes` has rows. */
  readonly variances: Float64Array;
  /** Row k is the unit vector of the k-th axis. */
  readonly axes: Matrix;
}

/** Variances below this share of the largest are rounding. */
const NEGLIGIBLE = 1e-13;

/**
 * Principal component analysis: eigenvectors of XᵀX, or where there are fewer rows than columns, of XXᵀ with
 * v = Xᵀu / √d. Axes without variance are left out.
 *
 * @param x - `[n, p]`
 */
export function principalComponents(x: Matrix): PrincipalComponents {
  const mean = columnMeans(x);
  const centred = subtractRow(x, mean);
  const dual = x.rows < x.columns;
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
