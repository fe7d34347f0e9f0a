import { type Matrix, matrix, transpose } from "./matrix.ts";

/** Length of the stretch of the inner index that stays in the first-level cache for four rows of each factor. */
const PANEL = 256;

/**
 * A·Bᵀ. Both factors are read along their rows; four rows of A meet four of B at a time, so that eight loads serve sixteen
 * multiplications.
 *
 * @param symmetric - A and B are the same matrix: half of the work, mirrored
 */
function timesTransposed(a: Matrix, b: Matrix, symmetric: boolean): Matrix {
  const n = a.columns;
  const out = matrix(a.rows, b.rows);
  for (let k0 = 0; k0 < n; k0 += PANEL) {
    const k1 = Math.min(k0 + PANEL, n);
    for (let i = 0; i < a.rows; i += 4) {
      const columns = symmetric ? Math.min(i + 4, b.rows) : b.rows;
      for (let j = 0; j < columns; j += 4) {
        if (i + 4 <= a.rows && j + 4 <= b.rows)
          block(a.data, i * n, b.data, j * n, n, k0, k1, out.data, i * b.rows + j, b.rows);
        else edge(a, i, b, j, k0, k1, out);
      }
    }
  }
  if (symmetric)
    for (let i = 0; i < a.rows; i++) for (let j = 0; j < i; j++) out.data[j * a.rows + i] = out.data[i * a.rows + j]!;
  return out;
}

/** Adds the products of rows i … i + 3 of A and j … j + 3 of B over k0 … k1 to a 4×4 block, in two passes that fit the registers. */
function block(
  a: Float64Array,
  ai: number,
  b: Float64Array,
  bj: number,
  n: number,
  k0: number,
  k1: number,
  c: Float64Array,
  at: number,
  stride: number,
): void {
  for (let half = 0; half < 2; half++) {
    const a0 = ai + 2 * half * n;
    const a1 = a0 + n;
    let c00 = 0,
      c01 = 0,
      c02 = 0,
      c03 = 0,
      c10 = 0,
      c11 = 0,
      c12 = 0,
      c13 = 0;
    const b1 = bj + n;
    const b2 = b1 + n;
    const b3 = b2 + n;
    for (let k = k0; k < k1; k++) {
      const x = a[a0 + k]!;
      const y = a[a1 + k]!;
      const u = b[bj + k]!;
      const v = b[b1 + k]!;
      const w = b[b2 + k]!;
      const z = b[b3 + k]!;
      c00 += x * u;
      c01 += x * v;
      c02 += x * w;
      c03 += x * z;
      c10 += y * u;
      c11 += y * v;
      c12 += y * w;
      c13 += y * z;
    }
    const r = at + 2 * half * stride;
    c[r] = c[r]! + c00;
    c[r + 1] = c[r + 1]! + c01;
    c[r + 2] = c[r + 2]! + c02;
    c[r + 3] = c[r + 3]! + c03;
    c[r + stride] = c[r + stride]! + c10;
    c[r + stride + 1] = c[r + stride + 1]! + c11;
    c[r + stride + 2] = c[r + stride + 2]! + c12;
    c[r + stride + 3] = c[r + stride + 3]! + c13;
  }
}

/** The blocks at the lower and right edge that are not 4×4. */
function edge(a: Matrix, i0: number, b: Matrix, j0: number, k0: number, k1: number, out: Matrix): void {
  const n = a.columns;
  const [x, y, c] = [a.data, b.data, out.data];
  const rows = Math.min(i0 + 4, a.rows);
  const columns = Math.min(j0 + 4, b.rows);
  for (let i = i0; i < rows; i++)
    for (let j = j0; j < columns; j++) {
      let even = 0;
      let odd = 0;
      let p = i * n + k0;
      let q = j * n + k0;
      const end = i * n + k1;
      for (; p + 1 < end; p += 2, q += 2) {
        even += x[p]! * y[q]!;
        odd += x[p + 1]! * y[q + 1]!;
      }
      if (p < end) even += x[p]! * y[q]!;
      c[i * b.rows + j] = c[i * b.rows + j]! + (even + odd);
    }
}

/** A·Bᵀ for A `[n, k]` and B `[m, k]`. */
export const multiplyTransposed = (a: Matrix, b: Matrix): Matrix => timesTransposed(a, b, false);

/** A·B for A `[n, k]` and B `[k, m]`. */
export const multiply = (a: Matrix, b: Matrix): Matrix => timesTransposed(a, transpose(b), false);

/** Aᵀ·B for A `[k, n]` and B `[k, m]`. */
export const transposedMultiply = (a: Matrix, b: Matrix): Matrix => timesTransposed(transpose(a), transpose(b), false);

/** A·Aᵀ `[rows, rows]`, at half the cost of a product. */
export const outerGram = (a: Matrix): Matrix => timesTransposed(a, a, true);

/** Aᵀ·A `[columns, columns]`, at half the cost of a product. */
export const innerGram = (a: Matrix): Matrix => outerGram(transpose(a));
