import {
  innerGram,
  type Matrix,
  matrix,
  multiply,
  multiplyTransposed,
  outerGram,
  row,
  scaleRows,
  symmetricEigen,
  transpose,
} from "@spectrai/linalg";

/** A Gram matrix of centred features, by its eigenvectors. */
export interface CentredKernel {
  /** Number of samples. */
  readonly size: number;
  /** Eigenvalues on the space of vectors whose sum is 0, `[r]`, of the matrix divided by `scale`. */
  readonly values: Float64Array;
  /** Row k is the unit eigenvector of `values[k]`, `[r, n]`. */
  readonly vectors: Matrix;
  /** Whether the vectors span that space (r = n - 1); if not, the matrix is 0 on the rest of it. */
  readonly complete: boolean;
  /** Mean of the Gram matrix's diagonal. */
  readonly scale: number;
}

/**
 * Decomposes K = F Fᵀ of features whose columns have mean 0. K maps the constant vector to 0, and an intercept takes that
 * direction away; a Householder reflection that turns it into the first axis leaves the others, without which a small
 * penalty would seem to predict held-out samples perfectly. Of fewer features than samples, the smaller FᵀF is decomposed.
 *
 * @param features - `[n, p]`, columns centred
 */
export function centredKernel(features: Matrix): CentredKernel {
  const n = features.rows;
  if (features.columns < n - 1) return thinKernel(features);
  const gram = outerGram(features);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += gram.data[i * n + i]!;
  const scale = trace / n || 1;
  const complement = constantComplement(n);
  const inner = multiply(complement, multiply(gram, transpose(complement)));
  for (let i = 0; i < inner.data.length; i++) inner.data[i] = inner.data[i]! / scale;
  const { values, vectors } = symmetricEigen(inner);
  return {
    size: n,
    values: values.map((v) => Math.max(v, 0)),
    vectors: multiply(vectors, complement),
    complete: true,
    scale,
  };
}

/** Eigenvalues below this share of the largest are rounding: what they belong to does not vary. */
const leastShare = 1e-13;

/** By the eigenvectors v of FᵀF: those of F Fᵀ are F v, to unit length. */
function thinKernel(features: Matrix): CentredKernel {
  const n = features.rows;
  const { values, vectors } = symmetricEigen(innerGram(features));
  const trace = values.reduce((a, b) => a + b, 0);
  const scale = trace / n || 1;
  const kept = values.filter((v) => v > leastShare * values[0]!).length;
  const images = multiplyTransposed(
    matrix(kept, features.columns, vectors.data.subarray(0, kept * features.columns)),
    features,
  );
  return {
    size: n,
    values: values.subarray(0, kept).map((v) => v / scale),
    vectors: scaleRows(
      images,
      values.subarray(0, kept).map((v) => 1 / Math.sqrt(v)),
    ),
    complete: false,
    scale,
  };
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
