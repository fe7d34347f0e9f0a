import { SpectraiError } from "@spectrai/core";
import { type Matrix, matrix } from "./matrix.ts";

export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Row k is the unit eigenvector of `values[k]`. */
  readonly vectors: Matrix;
}

/** QL takes two or three steps an eigenvalue; more than this many means that something in the matrix is not a number. */
const MAX_STEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to a tridiagonal one, then QL with implicit
 * shifts (Golub and Van Loan, Matrix Computations, 8.3; EISPACK's tred2 and tql2). Vectors are kept as rows, so that both
 * reflections and rotations run along memory.
 */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  const n = a.rows;
  const work = a.data.slice();
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const scale = new Float64Array(n);
  tridiagonalize(work, n, d, e, scale);
  const q = accumulate(work, n, scale);
  implicitQl(d, e, q, n);

  const order = Array.from(d.keys()).sort((i, j) => d[j]! - d[i]!);
  const vectors = matrix(n, n);
  order.forEach((from, to) => vectors.data.set(q.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, (i) => d[i]!), vectors };
}

/**
 * Reduces the matrix to d (diagonal) and e (e[i] couples i and i + 1) by reflections I − β v vᵀ. Row k of `a` keeps the v of
 * step k from column k + 1 on, `scale[k]` its β.
 */
function tridiagonalize(a: Float64Array, n: number, d: Float64Array, e: Float64Array, scale: Float64Array): void {
  const p = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const row = k * n;
    d[k] = a[row + k]!;
    if (k === n - 1) break;
    // Norm of the row beyond the diagonal, scaled against under- and overflow.
    let largest = 0;
    for (let j = k + 1; j < n; j++) largest = Math.max(largest, Math.abs(a[row + j]!));
    if (!(largest > 0)) continue;
    let sum = 0;
    for (let j = k + 1; j < n; j++) sum += (a[row + j]! / largest) ** 2;
    const norm = largest * Math.sqrt(sum);
    const head = a[row + k + 1]!;
    const alpha = head > 0 ? -norm : norm;
    e[k] = alpha;
    // v = x − α e₁, scaled so that its first element is 1; β = (α − x₁) / α
    const pivot = head - alpha;
    for (let j = k + 2; j < n; j++) a[row + j] = a[row + j]! / pivot;
    a[row + k + 1] = 1;
    const beta = -pivot / alpha;
    scale[k] = beta;

    // p = β A v − ½ β² (vᵀ A v) v;  A ← A − v pᵀ − p vᵀ
    let overlap = 0;
    for (let i = k + 1; i < n; i++) {
      const at = i * n;
      let s0 = 0;
      let s1 = 0;
      let j = k + 1;
      for (; j + 1 < n; j += 2) {
        s0 += a[at + j]! * a[row + j]!;
        s1 += a[at + j + 1]! * a[row + j + 1]!;
      }
      if (j < n) s0 += a[at + j]! * a[row + j]!;
      p[i] = beta * (s0 + s1);
      overlap += p[i]! * a[row + i]!;
    }
    const half = (beta * overlap) / 2;
    for (let i = k + 1; i < n; i++) p[i] = p[i]! - half * a[row + i]!;
    for (let i = k + 1; i < n; i++) {
      const at = i * n;
      const vi = a[row + i]!;
      const pi = p[i]!;
      for (let j = k + 1; j < n; j++) a[at + j] = a[at + j]! - (vi * p[j]! + pi * a[row + j]!);
    }
  }
}

/** Qᵀ with A = Q T Qᵀ, as rows: the reflections applied to the identity, last first, where each touches least. */
function accumulate(a: Float64Array, n: number, scale: Float64Array): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    const beta = scale[k]!;
    if (beta === 0) continue;
    const v = k * n;
    for (let i = k + 1; i < n; i++) {
      const at = i * n;
      let s0 = 0;
      let s1 = 0;
      let j = k + 1;
      for (; j + 1 < n; j += 2) {
        s0 += q[at + j]! * a[v + j]!;
        s1 += q[at + j + 1]! * a[v + j + 1]!;
      }
      if (j < n) s0 += q[at + j]! * a[v + j]!;
      const s = beta * (s0 + s1);
      for (j = k + 1; j < n; j++) q[at + j] = q[at + j]! - s * a[v + j]!;
    }
  }
  return q;
}

/** Diagonalizes the tridiagonal matrix, turning the rows of `q` along. */
function implicitQl(d: Float64Array, e: Float64Array, q: Float64Array, n: number): void {
  const cosines = new Float64Array(n);
  const sines = new Float64Array(n);
  // Smaller couplings than this are rounding of the reduction. Of a matrix of low rank a whole block is, and would not converge.
  let norm = 0;
  for (let i = 0; i < n; i++) norm = Math.max(norm, Math.abs(d[i]!) + Math.abs(e[i]!));
  const least = Number.EPSILON * norm;
  for (let l = 0; l < n; l++) {
    for (let step = 0; ; step++) {
      let m = l;
      for (; m < n - 1; m++) {
        if (Math.abs(e[m]!) <= least) break;
      }
      if (m === l) break;
      if (step === MAX_STEPS)
        throw new SpectraiError(
          "SPECTRAI_DATA_VALUE",
          "The eigenvalues of a covariance matrix do not converge; the data hold values that are not finite numbers.",
        );
      // Wilkinson's shift
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.hypot(g, 1);
      g = d[m]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i]!;
        const b = c * e[i]!;
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] = d[i + 1]! - p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        const t = (d[i]! - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        cosines[i] = c;
        sines[i] = s;
      }
      sweep(q, n, i + 1, m, cosines, sines);
      if (r === 0 && i >= l) continue;
      d[l] = d[l]! - p;
      e[l] = g;
      e[m] = 0;
    }
  }
}

/**
 * Turns rows i and i + 1 by the angle with `cosines[i]` and `sines[i]`, for i from `to` − 1 down to `from`; two turns in one
 * pass, since they share a row.
 */
function sweep(q: Float64Array, n: number, from: number, to: number, cosines: Float64Array, sines: Float64Array): void {
  let i = to - 1;
  for (; i > from; i -= 2) {
    const c1 = cosines[i]!;
    const s1 = sines[i]!;
    const c2 = cosines[i - 1]!;
    const s2 = sines[i - 1]!;
    const first = (i - 1) * n;
    for (let k = first; k < first + n; k++) {
      const low = q[k]!;
      const middle = q[k + n]!;
      const high = q[k + 2 * n]!;
      const turned = c1 * middle - s1 * high;
      q[k + 2 * n] = s1 * middle + c1 * high;
      q[k + n] = s2 * low + c2 * turned;
      q[k] = c2 * low - s2 * turned;
    }
  }
  if (i !== from) return;
  const c = cosines[i]!;
  const s = sines[i]!;
  for (let k = i * n; k < (i + 1) * n; k++) {
    const low = q[k]!;
    const high = q[k + n]!;
    q[k + n] = s * low + c * high;
    q[k] = c * low - s * high;
  }
}
