import { type Matrix, matrix, multiply, outerGram, row, symmetricEigen, transpose } from "@spectrai/linalg";

/** A Gram matrix of centred features, by its eigenvectors. */
export interface CentredKernel {
  /** Number of samples. */
  readonly size: number;
  /** Eigenvalues on the space of vectors whose sum is 0, `[n - 1]`, of the matrix divided by `scale`. */
  readonly values: Float64Array;
  /** Row k is the unit eigenvector of `values[k]`, `[n - 1, n]`. */
  readonly vectors: Matrix;
  /** Mean of the Gram matrix's diagonal. */
  readonly scale: number;
}

/**
 * Decomposes K = F Fᵀ of features whose columns have mean 0. K maps the constant vector to 0, and an intercept takes that
 * direction away; a Householder reflection that turns it into the first axis leaves the others, without which a small
 * penalty would seem to predict held-out samples perfectly.
 *
 * @param features - `[n, p]`, columns centred
 */
export function centredKernel(features: Matrix): CentredKernel {
  const n = features.rows;
  const gram = outerGram(features);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += gram.data[i * n + i]!;
  const scale = trace / n || 1;
  const complement = constantComplement(n);
  const inner = multiply(complement, multiply(gram, transpose(complement)));
  for (let i = 0; i < inner.data.length; i++) inner.data[i] = inner.data[i]! / scale;
  const { values, vectors } = symmetricEigen(inner);
  return { size: n, values: values.map((v) => Math.max(v, 0)), vectors: multiply(vectors, complement), scale };
}

/** Orthonormal rows `[n - 1, n]` that span the vectors whose sum is 0: Householder's reflection of 1/√n to the first axis. */
function constantComplement(n: number): Matrix {
  const out = matrix(n - 1, n);
  const v = new Float64Array(n).fill(1 / Math.sqrt(n));
  v[0] = v[0]! + 1;
  const factor = 2 / (2 + 2 / Math.sqrt(n));
  for (let k = 1; k < n; k++) {
    const to = row(out, k - 1);
    for (let i = 0; i < n; i++) to[i] = (i === k ? 1 : 0) - factor * v[k]! * v[i]!;
  }
  return out;
}
