import { matrix, type Matrix, multiplyTransposed, principalComponents, subtractRow } from "@spectrai/linalg";

/** Rows turned to their principal axes; with all axes nothing is lost, as what a linear classifier learns lies in their span. */
export interface PrincipalScores {
  /** `[rows, axes]`. */
  readonly scores: Matrix;
  /** Sum of squares along each axis, descending. */
  readonly variances: Float64Array;
  readonly mean: Float64Array;
  /** Row k is the unit vector of the k-th axis. */
  readonly axes: Matrix;
  /** Scores of other rows. */
  turn(rows: Matrix): Matrix;
}

export function principalScores(x: Matrix, most = Infinity): PrincipalScores {
  const { mean, centred, variances, axes: all } = principalComponents(x);
  const count = Math.min(most, all.rows);
  const axes = matrix(count, all.columns, all.data.subarray(0, count * all.columns));
  return {
    scores: multiplyTransposed(centred, axes),
    variances: variances.subarray(0, count),
    mean,
    axes,
    turn: (rows) => multiplyTransposed(subtractRow(rows, mean), axes),
  };
}
