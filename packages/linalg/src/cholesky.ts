import { SpectraiError } from "@spectrai/core";
import { type Matrix, matrix, transpose } from "./matrix.ts";

/**
 * Solves (A + λ·1) X = B for a symmetric positive definite matrix, by Cholesky's factorization L Lᵀ.
 *
 * @returns Xᵀ: row j is the solution for column j of B, which `right` holds as its row j
 * @throws SPECTRAI_DATA_VALUE when the matrix is not positive definite
 */
export function choleskySolve(a: Matrix, lambda: number, right: Matrix): Matrix {
  const n = a.rows;
  const l = a.data.slice();
  for (let i = 0; i < n; i++) l[i * n + i] = l[i * n + i]! + lambda;
  factor(l, n);
  const x = matrix(right.rows, n, right.data.slice());
  const u = transpose(matrix(n, n, l)).data;
  const four = new Float64Array(4 * n);
  for (let j = 0; j < x.rows; j += 4) {
    const filled = Math.min(4 * n, x.data.length - j * n);
    four.set(x.data.subarray(j * n, j * n + filled));
    substitute(l, u, n, four);
    x.data.set(four.subarray(0, filled), j * n);
  }
  return x;
}

/** L y = b, then Lᵀ x = y, for the four right-hand sides in `x`, one after the other. `u` holds Lᵀ. */
function substitute(l: Float64Array, u: Float64Array, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) eliminate(l, i * n, 0, i, i, n, x);
  for (let i = n - 1; i >= 0; i--) eliminate(u, i * n, i + 1, n, i, n, x);
}

/** x_i ← (x_i − Σ_{from ≤ k < to} t_k·x_k) / t_i for the four right-hand sides; `t` is the row of the triangle at `at`. */
function eliminate(t: Float64Array, at: number, from: number, to: number, i: number, n: number, x: Float64Array): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = from; k < to; k++) {
    const v = t[at + k]!;
    s0 += v * x[k]!;
    s1 += v * x[n + k]!;
    s2 += v * x[2 * n + k]!;
    s3 += v * x[3 * n + k]!;
  }
  const pivot = t[at + i]!;
  x[i] = (x[i]! - s0) / pivot;
  x[n + i] = (x[n + i]! - s1) / pivot;
  x[2 * n + i] = (x[2 * n + i]! - s2) / pivot;
  x[3 * n + i] = (x[3 * n + i]! - s3) / pivot;
}

/** Row by row: l[i][j] = (a[i][j] − Σ_k l[i][k]·l[j][k]) / l[j][j], both rows read along memory. */
function factor(l: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const at = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let s0 = 0;
      let s1 = 0;
      let k = 0;
      for (; k + 1 < j; k += 2) {
        s0 += l[at + k]! * l[other + k]!;
        s1 += l[at + k + 1]! * l[other + k + 1]!;
      }
      if (k < j) s0 += l[at + k]! * l[other + k]!;
      const rest = l[at + j]! - (s0 + s1);
      if (j < i) l[at + j] = rest / l[other + j]!;
      else if (rest > 0) l[at + i] = Math.sqrt(rest);
      else
        throw new SpectraiError(
          "SPECTRAI_DATA_VALUE",
          "A covariance matrix is singular: the spectra do not vary independently; raise the smallest lambda.",
        );
    }
  }
}
