import {
  columnMeans,
  matrix,
  type Matrix,
  multiplyTransposed,
  principalComponents,
  scaleRows,
  subtractRow,
  transposedMultiply,
} from "@spectrai/linalg";
import type { Pairs } from "./pairs.ts";

/** Least squares from principal scores to targets. */
export interface PrincipalRegression {
  readonly inputMean: Float64Array;
  readonly targetMean: Float64Array;
  /** Principal axes of the inputs, a row each. */
  readonly axes: Matrix;
  /** What a unit of each score adds to the target, a row each. */
  readonly loadings: Matrix;
}

/** Scores are orthogonal, so each component has its own regression: loading_k = (v_k·XᵀY) / d_k. */
export function regress({ inputs, targets }: Pairs, maxComponents: number): PrincipalRegression {
  const { mean, centred, variances, axes: all } = principalComponents(inputs);
  const count = Math.min(maxComponents, all.rows);
  const axes = matrix(count, all.columns, all.data.slice(0, count * all.columns));
  const targetMean = columnMeans(targets);
  const scores = multiplyTransposed(centred, axes);
  const loadings = scaleRows(
    transposedMultiply(scores, subtractRow(targets, targetMean)),
    variances.map((d) => 1 / d),
  );
  return { inputMean: mean, targetMean, axes, loadings };
}
