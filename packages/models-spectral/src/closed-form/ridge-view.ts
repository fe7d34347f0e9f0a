import { type Matrix, matrix, multiply, row } from "@spectrai/linalg";
import { centredKernel } from "./centred-kernel.ts";
import { type Blocks, type KernelRidge, kernelRidge } from "./held-out.ts";

/** Penalties that are tried, as shares of the mean squared length of a sample's features, largest first. */
const penalties = Array.from({ length: 27 }, (_, i) => 10 ** (3 - i / 2));

/** A smaller penalty must lower the held-out error by so much of it. */
const leastGain = 1e-3;

export interface RidgeView {
  /** For centred and scaled features, a row a target, `[m, p]`. */
  readonly weights: Matrix;
  /** Predictions of each sample without its block, a row a target, `[m, n]`. */
  readonly heldOut: Matrix;
  /** The penalty of each target. */
  readonly lambda: readonly number[];
}

/**
 * Ridge regression of all targets on one view's features, with the penalty that predicts held-out blocks best: one for each
 * target, or one for all where they are classes or points of a spectrum.
 *
 * @param features - `[n, p]`, centred and scaled
 * @param targets - centred, a row a target, `[m, n]`
 */
export function ridgeView(features: Matrix, targets: Matrix, blocks: Blocks, shared: boolean): RidgeView {
  const kernel = centredKernel(features);
  const n = kernel.size;
  const best: { error: number; lambda: number; fit: KernelRidge }[] = [];
  for (const lambda of penalties) {
    const fit = kernelRidge(kernel, targets, lambda, blocks);
    const errors = Array.from({ length: targets.rows }, (_, m) =>
      squaredDistance(row(fit.heldOut, m), row(targets, m)),
    );
    const counted = shared ? errors.map(() => errors.reduce((a, b) => a + b, 0)) : errors;
    counted.forEach((error, m) => {
      if (!best[m] || error < best[m].error * (1 - leastGain)) best[m] = { error, lambda, fit };
    });
  }
  const dual = matrix(targets.rows, n);
  const heldOut = matrix(targets.rows, n);
  best.forEach(({ fit }, m) => {
    row(dual, m).set(row(fit.dual, m));
    row(heldOut, m).set(row(fit.heldOut, m));
  });
  for (let i = 0; i < dual.data.length; i++) dual.data[i] = dual.data[i]! / kernel.scale;
  return { weights: multiply(dual, features), heldOut, lambda: best.map((b) => b.lambda) };
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
