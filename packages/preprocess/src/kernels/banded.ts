import { SpectraiError } from "@spectrai/core";

/**
 * Penalized least squares with a difference penalty (Eilers, Anal. Chem. 75 (2003) 3631): the minimum of
 * `Σ w (y − z)² + λ Σ (Δᵏ z)²` solves the banded system `(W + λ DᵀD) z = W y`, in time proportional to the length.
 */
export interface PenalizedSolver {
  readonly length: number;
  readonly order: number;
  /** Writes z into `out`, which may be `y`. All arrays have the solver's length; two weights at least are positive. */
  solve(y: Float64Array, weights: Float64Array, lambda: number, out: Float64Array): void;
}

/** Shorter spectra have no room for the two eliminations that meet in the middle. */
const shortestTwoSided = 8;

/**
 * A solver with its own working memory for spectra of one length: make it once, use it for every spectrum.
 *
 * @param order - of the differences that are penalized: 1, 2 or 3
 * @throws SPECTRAI_DATA_LENGTH when the spectrum has no difference of this order
 */
export function penalizedSolver(length: number, order = 2): PenalizedSolver {
  if (length <= order)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `A spectrum of ${length} points has no differences of order ${order}; it needs more than ${order} points.`,
    );
  return order === 2 && length >= shortestTwoSided ? pentadiagonalSolver(length) : bandSolver(length, order);
}

/** The upper bands of DᵀD: `bands[k][i]` is the element at row i, column i + k. */
export function differencePenalty(length: number, order: number): Float64Array[] {
  const stencil = [1];
  for (let k = 0; k < order; k++) {
    stencil.push(0);
    for (let i = stencil.length - 1; i > 0; i--) stencil[i] = stencil[i - 1]! - stencil[i]!;
    stencil[0] = -stencil[0]!;
  }
  const bands = Array.from({ length: order + 1 }, () => new Float64Array(length));
  for (let row = 0; row + order < length; row++)
    for (let a = 0; a <= order; a++)
      for (let b = a; b <= order; b++) bands[b - a]![row + a]! += stencil[a]! * stencil[b]!;
  return bands;
}

/**
 * Order 2. The elimination runs from both ends at once and meets in the middle: the two chains of divisions do not wait
 * for each other, which takes half the time of one chain. The pivots need no exchange of rows: the matrix is symmetric
 * and positive definite.
 */
function pentadiagonalSolver(n: number): PenalizedSolver {
  const memory = {
    near: new Float64Array(n), // multiplier of the neighbour in the substitution
    far: new Float64Array(n), // multiplier of the next but one
    right: new Float64Array(n), // right-hand side divided by the pivot
  };

  const solve = (y: Float64Array, w: Float64Array, lambda: number, out: Float64Array): void => {
    const { near, far, right } = memory; // locals: V8 would read a closure's variables anew at every access
    const last = n - 1;
    const odd = n & 1;
    const top = odd + (n - odd) / 2 - 1; // the rows `top` and `top + 1` are left where the two eliminations meet
    const lambda2 = lambda * lambda;
    // DᵀD has the rows 1 −2 1 · · ·, −2 5 −4 1 · · and 1 −4 6 −4 1, and the same from its other end: `c` is its diagonal.
    // Pivot d, coupling u to the next row and right-hand side b of the row in hand; q is 1 / pivot and bq = b / pivot of
    // the row before. A trailing 2 marks the elimination that runs upwards from the last row.
    let d = w[0]! + lambda;
    let u = -2 * lambda;
    let b = w[0]! * y[0]!;
    let q = 0;
    let c = 5;
    let bq = 0;
    let d2 = w[last]! + lambda;
    let u2 = -2 * lambda;
    let b2 = w[last]! * y[last]!;
    let q2 = 0;
    let c2 = 5;
    let bq2 = 0;

    if (odd) {
      q = 1 / d;
      bq = b * q;
      near[0] = u * q;
      far[0] = lambda * q;
      right[0] = bq;
      d = w[1]! + lambda * c - u * u * q;
      b = w[1]! * y[1]! - u * bq;
      u = lambda * (-4 - u * q);
      c = 6;
    }
    for (let i = odd, j = last; i < top; i++, j--) {
      const before = q;
      const bBefore = bq;
      const before2 = q2;
      const bBefore2 = bq2;
      q = 1 / d;
      q2 = 1 / d2;
      bq = b * q;
      bq2 = b2 * q2;
      const m = u * q;
      const m2 = u2 * q2;
      near[i] = m;
      near[j] = m2;
      far[i] = lambda * q;
      far[j] = lambda * q2;
      right[i] = bq;
      right[j] = bq2;
      const wi = w[i + 1]!;
      const wj = w[j - 1]!;
      d = wi + lambda * c - lambda2 * before - u * u * q;
      d2 = wj + lambda * c2 - lambda2 * before2 - u2 * u2 * q2;
      b = wi * y[i + 1]! - lambda * bBefore - u * bq;
      b2 = wj * y[j - 1]! - lambda * bBefore2 - u2 * bq2;
      u = lambda * (-4 - m);
      u2 = lambda * (-4 - m2);
      c = c2 = 6;
    }

    // The last two rows, each with what the other side's last elimination leaves on it.
    d -= lambda2 * q2;
    d2 -= lambda2 * q;
    b -= lambda * bq2;
    b2 -= lambda * bq;
    const coupling = u + u2 + 4 * lambda;
    const ratio = coupling / d;
    let high = (b2 - ratio * b) / (d2 - ratio * coupling);
    let low = (b - coupling * high) / d;
    let lowBefore = high;
    let highBefore = low;
    out[top] = low;
    out[top + 1] = high;
    for (let i = top - 1, j = top + 2; j <= last; i--, j++) {
      const z = right[i]! - far[i]! * lowBefore - near[i]! * low;
      const z2 = right[j]! - far[j]! * highBefore - near[j]! * high;
      lowBefore = low;
      highBefore = high;
      low = z;
      high = z2;
      out[i] = z;
      out[j] = z2;
    }
    if (odd) out[0] = right[0]! - far[0]! * lowBefore - near[0]! * low;
  };
  return { length: n, order: 2, solve };
}

/** Any order, any length: LDLᵀ of a band matrix, row by row. */
function bandSolver(n: number, order: number): PenalizedSolver {
  const penalty = differencePenalty(n, order);
  const pivot = new Float64Array(n);
  const factor = penalty.slice(1).map(() => new Float64Array(n)); // factor[k − 1][i] = L at row i + k, column i

  const solve = (y: Float64Array, w: Float64Array, lambda: number, out: Float64Array): void => {
    for (let i = 0; i < n; i++) {
      let d = w[i]! + lambda * penalty[0]![i]!;
      let b = w[i]! * y[i]!;
      for (let k = 1; k <= order && k <= i; k++) {
        const l = factor[k - 1]![i - k]!;
        d -= l * l * pivot[i - k]!;
        b -= l * out[i - k]!;
      }
      pivot[i] = d;
      out[i] = b;
      for (let k = 1; k <= order && i + k < n; k++) {
        let a = lambda * penalty[k]![i]!;
        for (let m = 1; m + k <= order && m <= i; m++)
          a -= factor[m - 1]![i - m]! * factor[m + k - 1]![i - m]! * pivot[i - m]!;
        factor[k - 1]![i] = a / d;
      }
    }
    for (let i = n - 1; i >= 0; i--) {
      let z = out[i]! / pivot[i]!;
      for (let k = 1; k <= order && i + k < n; k++) z -= factor[k - 1]![i]! * out[i + k]!;
      out[i] = z;
    }
  };
  return { length: n, order, solve };
}
