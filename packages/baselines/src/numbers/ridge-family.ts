import {
  innerGram,
  matrix,
  type Matrix,
  multiply,
  outerGram,
  symmetricEigen,
  transposedMultiply,
} from "@spectrai/linalg";
import { logGrid } from "../log-grid.ts";
import type { LinearFamily } from "./linear-family.ts";

/** Penalties below this share of the inputs' total scatter are lost in the rounding of its eigenvalues. */
const SMALLEST_SHARE = 1e-15;

/**
 * Ridge regression to numbers, the largest λ first. One eigendecomposition serves all λ and all targets: with XᵀX = Vᵀ diag(d) V
 * (or, where rows are fewer than points, XXᵀ = Uᵀ diag(d) U) the weights are Vᵀ (V Xᵀy / (d + λ)), or Xᵀ Uᵀ (U y / (d + λ)).
 */
export const ridgeFamily = (lambdas: readonly number[] | undefined): LinearFamily => ({
  name: "ridge",
  parameter: "lambda",
  settings(x) {
    if (lambdas) return lambdas.toSorted((a, b) => b - a);
    const scatter = x.data.reduce((sum, v) => sum + v * v, 0);
    return scatter > 0 ? logGrid(SMALLEST_SHARE * scatter, scatter).toReversed() : [1];
  },
  paths(x, y, settings) {
    const dual = x.rows < x.columns;
    const { values, vectors } = symmetricEigen(dual ? outerGram(x) : innerGram(x));
    const turned = multiply(vectors, dual ? y : transposedMultiply(x, y));
    return Array.from({ length: y.columns }, (_, j) => {
      const shrunk = shrink(values, turned, j, settings);
      const combined = multiply(shrunk, vectors);
      return dual ? multiply(combined, x) : combined;
    });
  },
});

/** Row s: column `j` of `turned` over d + λ_s. */
function shrink(values: Float64Array, turned: Matrix, j: number, lambdas: readonly number[]): Matrix {
  const out = matrix(lambdas.length, values.length);
  lambdas.forEach((lambda, s) =>
    values.forEach((d, k) => {
      out.data[s * values.length + k] = turned.data[k * turned.columns + j]! / (Math.max(d, 0) + lambda);
    }),
  );
  return out;
}
