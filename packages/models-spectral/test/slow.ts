import { type Matrix, matrix } from "@spectrai/linalg";
import { slowMultiply, slowSolve, slowTranspose } from "../../linalg/test/slow.ts";

export { randomMatrix, slowMultiply, slowTranspose } from "../../linalg/test/slow.ts";

/** The mean of each column. */
export const means = (a: Matrix): number[] =>
  Array.from({ length: a.columns }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < a.rows; i++) sum += a.data[i * a.columns + k]!;
    return sum / a.rows;
  });

export const centred = (a: Matrix): Matrix => {
  const mean = means(a);
  return matrix(
    a.rows,
    a.columns,
    a.data.map((v, at) => v - mean[at % a.columns]!),
  );
};

export const rowsOf = (a: Matrix, rows: readonly number[]): Matrix =>
  matrix(
    rows.length,
    a.columns,
    Float64Array.from(rows.flatMap((i) => [...a.data.subarray(i * a.columns, (i + 1) * a.columns)])),
  );

/** A regression with an intercept: `[p, m]` weights, and what it predicts for rows of features. */
export interface Fit {
  readonly weights: Matrix;
  predict(x: Matrix): Matrix;
}

/**
 * The textbook's ridge regression, (XᵀX + penalty) W = Xᵀ Y of centred columns; the intercept is not penalised.
 *
 * @param x - `[n, p]`
 * @param y - `[n, m]`
 */
export function slowRidge(x: Matrix, y: Matrix, penalty: number): Fit {
  const [mean, offset, xc, yc] = [means(x), means(y), centred(x), centred(y)];
  const gram = slowMultiply(slowTranspose(xc), xc);
  for (let k = 0; k < x.columns; k++) gram.data[k * x.columns + k]! += penalty;
  const weights = slowSolve(gram, slowMultiply(slowTranspose(xc), yc));
  return {
    weights,
    predict(z) {
      const moved = matrix(
        z.rows,
        z.columns,
        z.data.map((v, at) => v - mean[at % z.columns]!),
      );
      const out = slowMultiply(moved, weights);
      return matrix(
        out.rows,
        out.columns,
        out.data.map((v, at) => v + offset[at % out.columns]!),
      );
    },
  };
}

/** Predictions `[n, m]` of each block's rows by a fit to the others. */
export function slowHeldOut(
  x: Matrix,
  y: Matrix,
  blocks: readonly (readonly number[])[],
  fit: (x: Matrix, y: Matrix) => Fit,
): Matrix {
  const out = matrix(y.rows, y.columns);
  for (const block of blocks) {
    const rest = Array.from({ length: x.rows }, (_, i) => i).filter((i) => !block.includes(i));
    const predicted = fit(rowsOf(x, rest), rowsOf(y, rest)).predict(rowsOf(x, block));
    block.forEach((i, a) => out.data.set(predicted.data.subarray(a * y.columns, (a + 1) * y.columns), i * y.columns));
  }
  return out;
}

export const squares = (a: Matrix, b: Matrix, column?: number): number =>
  a.data.reduce((s, v, at) => (column === undefined || at % a.columns === column ? s + (v - b.data[at]!) ** 2 : s), 0);
