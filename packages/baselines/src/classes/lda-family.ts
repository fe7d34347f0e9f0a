import { choleskySolve, innerGram, matrix, type Matrix, multiplyTransposed, row } from "@spectrai/linalg";
import type { ClassifierFamily } from "./family.ts";
import { principalScores } from "./principal-scores.ts";

/** `components` principal scores, and the share γ of the mean variance in their covariance. */
export type LdaSetting = { readonly components: number; readonly shrinkage: number };

const SHRINKAGES = [1, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9];

/** Every number up to 20, then about every tenth more. */
function componentGrid(most: number): number[] {
  const grid: number[] = [];
  for (let k = 1; k < most; k = Math.max(k + 1, Math.round(k * 1.1))) grid.push(k);
  return [...grid, most];
}

/**
 * Linear discriminant analysis on principal scores, with the pooled covariance (1 − γ) S + γ (tr S / d) 1 (Friedman 1989). The
 * scores are log π_k + xᵀ Σ⁻¹ μ_k − ½ μ_kᵀ Σ⁻¹ μ_k, the log-posteriors of normal classes but for what all have in common.
 */
export const ldaFamily = (maxComponents: number): ClassifierFamily<LdaSetting> => ({
  name: "lda",
  centred: true,
  settings: (x) =>
    componentGrid(Math.max(1, Math.min(maxComponents, x.columns, x.rows - 1))).flatMap((components) =>
      SHRINKAGES.map((shrinkage) => ({ components, shrinkage })),
    ),
  fit(x, labels, classes, settings) {
    const { scores, turn } = principalScores(x, Math.max(...settings.map((s) => s.components)));
    const { means, shares, pooled } = classMoments(scores, labels, classes);
    const maps = settings.map(({ components, shrinkage }) =>
      discriminant(means, shares, pooled, Math.min(components, scores.columns), shrinkage),
    );
    return (rows) => {
      const turned = turn(rows);
      return maps.map(({ weights, offset }) => {
        const out = multiplyTransposed(leading(turned, weights.columns), weights);
        for (let i = 0; i < out.data.length; i++) out.data[i] = out.data[i]! + offset[i % classes]!;
        return out;
      });
    };
  },
});

/** Mean and share of every class, and their common covariance (n − K). */
function classMoments(
  scores: Matrix,
  labels: Int32Array,
  classes: number,
): { readonly means: Matrix; readonly shares: Float64Array; readonly pooled: Matrix } {
  const d = scores.columns;
  const counts = new Float64Array(classes);
  const means = matrix(classes, d);
  labels.forEach((label, i) => {
    counts[label] = counts[label]! + 1;
    const mean = row(means, label);
    row(scores, i).forEach((v, k) => (mean[k] = mean[k]! + v));
  });
  for (let at = 0; at < means.data.length; at++) means.data[at] = means.data[at]! / counts[Math.floor(at / d)]!;
  const within = matrix(scores.rows, d, scores.data.slice());
  labels.forEach((label, i) => {
    const own = row(within, i);
    row(means, label).forEach((v, k) => (own[k] = own[k]! - v));
  });
  const pooled = innerGram(within);
  const freedom = Math.max(1, scores.rows - classes);
  for (let at = 0; at < pooled.data.length; at++) pooled.data[at] = pooled.data[at]! / freedom;
  return { means, shares: counts.map((n) => n / labels.length), pooled };
}

/** Weights `[classes, d]` and offsets of the discriminant functions on the first `d` scores. */
function discriminant(
  means: Matrix,
  shares: Float64Array,
  pooled: Matrix,
  d: number,
  shrinkage: number,
): { readonly weights: Matrix; readonly offset: Float64Array } {
  const covariance = matrix(d, d);
  let trace = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) covariance.data[i * d + j] = (1 - shrinkage) * pooled.data[i * pooled.columns + j]!;
    trace += pooled.data[i * pooled.columns + i]!;
  }
  const own = leading(means, d);
  // Rows that do not differ within their classes leave the distance to the means.
  const weights = choleskySolve(covariance, trace > 0 ? (shrinkage * trace) / d : 1, own);
  const offset = shares.map((share, k) => {
    let product = 0;
    for (let j = 0; j < d; j++) product += row(weights, k)[j]! * row(own, k)[j]!;
    return Math.log(share) - product / 2;
  });
  return { weights, offset };
}

/** The first `d` columns. */
function leading(a: Matrix, d: number): Matrix {
  if (d === a.columns) return a;
  const out = matrix(a.rows, d);
  for (let i = 0; i < a.rows; i++) out.data.set(row(a, i).subarray(0, d), i * d);
  return out;
}
