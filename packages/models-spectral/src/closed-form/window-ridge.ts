import { choleskySolve, innerGram, type Matrix, matrix, row } from "@spectrai/linalg";
import type { Blocks } from "./held-out.ts";

/** Penalties that are tried, as shares of a window's mean variance, largest first. */
const penalties = Array.from({ length: 10 }, (_, i) => 10 ** (1 - i));

export interface WindowRidge {
  /** `[L′, L]`: row j maps the centred input to target point j; 0 outside the point's window. */
  readonly weights: Matrix;
  /** Predictions of each sample without its block, a row a target point, `[L′, n]`. */
  readonly heldOut: Matrix;
  readonly lambda: number;
}

/**
 * Every target point by ridge regression on a window of input points around its place, with one penalty for all that predicts
 * held-out blocks best. The residuals of block B are (1 − H_BB)⁻¹ r_B with the fit's hat matrix H.
 *
 * @param inputs - centred, `[n, L]`
 * @param targets - centred, a row a target point, `[L′, n]`
 * @param half - points on each side of the place, cut off at the ends
 * @param averaged - regress on the window's mean alone instead of on all its points
 */
export function windowRidge(
  inputs: Matrix,
  targets: Matrix,
  blocks: Blocks,
  half: number,
  averaged: boolean,
): WindowRidge {
  let best: (WindowRidge & { readonly error: number }) | undefined;
  for (const lambda of penalties) {
    const weights = matrix(targets.rows, inputs.columns);
    const heldOut = matrix(targets.rows, targets.columns);
    let error = 0;
    for (let j = 0; j < targets.rows; j++) {
      const place = Math.round((j * (inputs.columns - 1)) / Math.max(1, targets.rows - 1));
      const from = Math.max(0, place - half);
      const to = Math.min(inputs.columns, place + half + 1);
      const window = columns(inputs, from, to);
      const fit = ridge(averaged ? rowMeans(window) : window, row(targets, j), lambda, blocks);
      if (averaged) row(weights, j).fill(fit.weights[0]! / (to - from), from, to);
      else row(weights, j).set(fit.weights, from);
      row(heldOut, j).set(fit.heldOut);
      error += fit.error;
    }
    if (!best || error < best.error * (1 - 1e-3)) best = { weights, heldOut, lambda, error };
  }
  return best!;
}

function ridge(
  x: Matrix,
  t: Float64Array,
  lambda: number,
  blocks: Blocks,
): { readonly weights: Float64Array; readonly heldOut: Float64Array; readonly error: number } {
  const [n, p] = [x.rows, x.columns];
  const gram = innerGram(x);
  let trace = 0;
  for (let k = 0; k < p; k++) trace += gram.data[k * p + k]!;
  // A window without any variation says nothing; the penalty then only keeps the matrix positive.
  const penalty = lambda * (trace / p || 1);
  const solved = choleskySolve(gram, penalty, x);
  const weights = new Float64Array(p);
  for (let i = 0; i < n; i++) {
    const s = row(solved, i);
    for (let k = 0; k < p; k++) weights[k] = weights[k]! + s[k]! * t[i]!;
  }
  const heldOut = new Float64Array(n);
  let error = 0;
  for (const block of blocks) {
    const size = block.length;
    const left = matrix(size, size);
    const residual = matrix(1, size);
    block.forEach((i, a) => {
      residual.data[a] = t[i]! - dot(row(x, i), weights);
      block.forEach((k, b) => {
        left.data[a * size + b] = (a === b ? 1 : 0) - 1 / n - dot(row(x, i), row(solved, k));
      });
    });
    const out = choleskySolve(left, 0, residual).data;
    block.forEach((i, a) => {
      heldOut[i] = t[i]! - out[a]!;
      error += out[a]! ** 2;
    });
  }
  return { weights, heldOut, error };
}

function columns(x: Matrix, from: number, to: number): Matrix {
  const out = matrix(x.rows, to - from);
  for (let i = 0; i < x.rows; i++) row(out, i).set(row(x, i).subarray(from, to));
  return out;
}

function rowMeans(x: Matrix): Matrix {
  const out = matrix(x.rows, 1);
  for (let i = 0; i < x.rows; i++) out.data[i] = row(x, i).reduce((a, b) => a + b, 0) / x.columns;
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
