import {
  columnMeans,
  innerGram,
  type Matrix,
  matrix,
  multiplyTransposed,
  outerGram,
  row,
  scaleRows,
  subtractRow,
  symmetricEigen,
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
  if (features.columns < n - 1) return thinKernel(subtractRow(features, columnMeans(features)));
  const gram = outerGram(features);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += gram.data[i * n + i]!;
  const scale = trace / n || 1;
  const mirror = mirrorOfConstant(n);
  const inner = reflected(gram, mirror);
  for (let i = 0; i < inner.data.length; i++) inner.data[i] = inner.data[i]! / scale;
  const { values, vectors } = symmetricEigen(inner);
  return {
    size: n,
    values: values.map((v) => Math.max(v, 0)),
    vectors: reflectedBack(vectors, mirror),
    complete: true,
    scale,
  };
}

/** The reflection 1 − f v vᵀ that turns the constant vector into the first axis. */
interface Mirror {
  readonly v: Float64Array;
  readonly f: number;
}

function mirrorOfConstant(n: number): Mirror {
  const v = new Float64Array(n).fill(1 / Math.sqrt(n));
  v[0] = v[0]! + 1;
  return { v, f: 2 / (2 + 2 / Math.sqrt(n)) };
}

/** The reflected matrix without its first row and column, `[n - 1, n - 1]`. */
function reflected(gram: Matrix, { v, f }: Mirror): Matrix {
  const n = gram.rows;
  const image = new Float64Array(n);
  let length = 0;
  for (let i = 0; i < n; i++) {
    const r = row(gram, i);
    let dot = 0;
    for (let k = 0; k < n; k++) dot += r[k]! * v[k]!;
    image[i] = dot;
    length += dot * v[i]!;
  }
  const out = matrix(n - 1, n - 1);
  for (let i = 1; i < n; i++) {
    const [from, to] = [row(gram, i), row(out, i - 1)];
    const [vi, pi] = [f * v[i]!, f * image[i]!];
    for (let k = 1; k < n; k++) to[k - 1] = from[k]! - vi * image[k]! - pi * v[k]! + vi * f * length * v[k]!;
  }
  return out;
}

/** Vectors on the axes after the first, `[n - 1, n - 1]`, reflected to where they came from, `[n - 1, n]`. */
function reflectedBack(vectors: Matrix, { v, f }: Mirror): Matrix {
  const n = v.length;
  const out = matrix(vectors.rows, n);
  for (let k = 0; k < vectors.rows; k++) {
    const [from, to] = [row(vectors, k), row(out, k)];
    let dot = 0;
    for (let i = 1; i < n; i++) dot += from[i - 1]! * v[i]!;
    for (let i = 0; i < n; i++) to[i] = (i > 0 ? from[i - 1]! : 0) - f * dot * v[i]!;
  }
  return out;
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
