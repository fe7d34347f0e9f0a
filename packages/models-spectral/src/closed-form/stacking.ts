import { type Matrix, matrix, nonNegativeLeastSquares, row } from "@spectrai/linalg";

/**
 * Weights ≥ 0 with which predictors are added, least squares on what each predicted for held-out samples (Wolpert 1992;
 * non-negative after Breiman, Stacked regressions, Machine Learning 24, 1996): for each target, or one set for all.
 *
 * @param heldOut - for each predictor, a row a target, `[m, n]`
 * @param targets - centred, `[m, n]`
 * @returns a row a target, `[m, predictors]`
 */
export function stackingWeights(heldOut: readonly Matrix[], targets: Matrix, shared: boolean): Matrix {
  const count = heldOut.length;
  const out = matrix(targets.rows, count);
  const parts = shared
    ? [Array.from({ length: targets.rows }, (_, m) => m)]
    : Array.from({ length: targets.rows }, (_, m) => [m]);
  for (const part of parts) {
    const gram = matrix(count, count);
    const moments = new Float64Array(count);
    for (const m of part)
      for (let a = 0; a < count; a++) {
        const left = row(heldOut[a]!, m);
        moments[a] = moments[a]! + dot(left, row(targets, m));
        for (let b = 0; b < count; b++)
          gram.data[a * count + b] = gram.data[a * count + b]! + dot(left, row(heldOut[b]!, m));
      }
    const weights = nonNegativeLeastSquares(gram, moments);
    for (const m of part) row(out, m).set(weights);
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
