import {
  choleskySolve,
  innerGram,
  type Matrix,
  matrix,
  multiply,
  pickRows,
  transposedMultiply,
} from "@spectrai/linalg";

/** Steps taken: by then the loss changes in its fourth digit. */
const steps = 300;

/**
 * Multinomial logistic regression `softmax(x · W)` with a ridge, by steps on a quadratic that lies above the loss everywhere
 * (Böhning, Ann. Inst. Stat. Math. 44, 197, 1992): each lowers it, and all have one matrix to solve with. Rows whose label is no
 * class are left out; for an offset, `x` has a column of ones.
 *
 * @param ridge - on the mean loss of a pixel: `½ ridge ‖W‖²`
 * @returns `[features, classes]`
 */
export function softmaxRegression(x: Matrix, labels: ArrayLike<number>, classes: number, ridge: number): Matrix {
  const counted = Array.from({ length: x.rows }, (_, i) => i).filter((i) => labels[i]! >= 0 && labels[i]! < classes);
  const weights = matrix(x.columns, classes, new Float64Array(x.columns * classes));
  if (counted.length === 0) return weights;
  const rows = pickRows(x, counted);
  const bound = innerGram(rows);
  for (let i = 0; i < bound.data.length; i++) bound.data[i]! /= 2 * counted.length;
  for (let step = 0; step < steps; step++) {
    const logits = multiply(rows, weights);
    toErrors(logits, counted, labels);
    const slope = transposedMultiply(logits, rows);
    for (let k = 0; k < classes; k++)
      for (let f = 0; f < x.columns; f++) {
        const at = k * x.columns + f;
        slope.data[at] = slope.data[at]! / counted.length - ridge * weights.data[f * classes + k]!;
      }
    const move = choleskySolve(bound, ridge, slope);
    for (let k = 0; k < classes; k++)
      for (let f = 0; f < x.columns; f++) weights.data[f * classes + k]! += move.data[k * x.columns + f]!;
  }
  return weights;
}

/** Logits `[rows, classes]` become what is missing from their probabilities: 1 − p at the label, −p elsewhere. */
function toErrors({ data, columns: classes }: Matrix, counted: readonly number[], labels: ArrayLike<number>): void {
  for (const [i, from] of counted.entries()) {
    const start = i * classes;
    let top = -Infinity;
    for (let k = start; k < start + classes; k++) top = Math.max(top, data[k]!);
    let sum = 0;
    for (let k = start; k < start + classes; k++) sum += data[k] = Math.exp(data[k]! - top);
    for (let k = start; k < start + classes; k++) data[k] = -data[k]! / sum;
    data[start + labels[from]!]! += 1;
  }
}
