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
      const high = Math.min(4, a.rows - i);
      for (let j = 0; j < columns; j += 4) {
        const wide = Math.min(4, b.rows - j);
        const at = i * b.rows + j;
        // Whole pairs of rows, or of columns, and what is left of them.
        if (wide === 4) {
          const pairs = high >> 1;
          block(a.data, i * n, b.data, j * n, n, pairs, k0, k1, out.data, at, b.rows, 1);
          edge(a, i + 2 * pairs, i + high, b, j, j + wide, k0, k1, out);
        } else if (high === 4) {
          const pairs = wide >> 1;
          block(b.data, j * n, a.data, i * n, n, pairs, k0, k1, out.data, at, 1, b.rows);
          edge(a, i, i + high, b, j + 2 * pairs, j + wide, k0, k1, out);
        } else edge(a, i, i + high, b, j, j + wide, k0, k1, out);
      }
    }
  }
  if (symmetric)
    for (let i = 0; i < a.rows; i++) for (let j = 0; j < i; j++) out.data[j * a.rows + i] = out.data[i * a.rows + j]!;
  return out;
}

/**
 * Adds the products of one or two pairs of rows of A with four rows of B over k0 … k1 to C, a pair at a time, as the registers
 * allow. Rows of A follow each other by `down` in C, rows of B by `across`.
 */
function block(
  a: Float64Array,
  ai: number,
  b: Float64Array,
  bj: number,
  n: number,
  pairs: number,
  k0: number,
  k1: number,
  c: Float64Array,
  at: number,
  down: number,
  across: number,
): void {
  for (let pair = 0; pair < pairs; pair++) {
    const a0 = ai + 2 * pair * n;
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
    const r = at + 2 * pair * down;
    const next = r + down;
    c[r] = c[r]! + c00;
    c[r + across] = c[r + across]! + c01;
    c[r + 2 * across] = c[r + 2 * across]! + c02;
    c[r + 3 * across] = c[r + 3 * across]! + c03;
    c[next] = c[next]! + c10;
    c[next + across] = c[next + across]! + c11;
    c[next + 2 * across] = c[next + 2 * across]! + c12;
    c[next + 3 * across] = c[next + 3 * across]! + c13;
  }
}

/** Rows i0 … i1 − 1 of A and j0 … j1 − 1 of B at the lower and right edge, one element at a time. */
function edge(
  a: Matrix,
  i0: number,
  i1: number,
  b: Matrix,
  j0: number,
  j1: number,
  k0: number,
  k1: number,
  out: Matrix,
): void {
  const n = a.columns;
  const [x, y, c] = [a.data, b.data, out.data];
  for (let i = i0; i < i1; i++)
    for (let j = j0; j < j1; j++) {
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
