import { matrix, type Matrix, multiply, multiplyTransposed, transpose } from "@spectrai/linalg";
import type { ClassifierFamily } from "./family.ts";
import { minimize } from "./lbfgs.ts";
import { principalScores } from "./principal-scores.ts";

/** Loss of the scores `[classes, rows]`, summed; writes its gradient into `gradient`, of the same shape. */
export type ScoreLoss = (scores: Matrix, labels: Int32Array, gradient: Float64Array) => number;

export type PenaltySetting = { readonly C: number };

/** Scores Wx + b. */
export interface LinearScores {
  /** `[classes, axes]`. */
  readonly weights: Matrix;
  readonly offset: Float64Array;
}

/** About the share of the minimum to which it is found: far less than from one C to the next. */
const TOLERANCE = 1e-6;

/** The same where only what different C miss of thousands of pixels is compared, which the last digits of the weights hardly move. */
const ROUGH = 3e-4;

/**
 * The minimum of Σ_i loss(W x_i + b) + ‖W‖² / (2 C), with b free of penalty.
 *
 * @param rows - centred, along their principal axes: there the problem is nearly diagonal, which the minimizer is told
 * @param curvature - about the second derivative of the loss by a score
 * @param start - where to begin: the minimum for another C, say
 */
export function fitLinearScores(
  rows: Matrix,
  variances: Float64Array,
  labels: Int32Array,
  loss: ScoreLoss,
  curvature: number,
  C: number,
  start: LinearScores,
  tolerance: number,
): LinearScores {
  const { rows: classes, columns: axes } = start.weights;
  const turned = transpose(rows);
  const scoreGradient = matrix(classes, rows.rows);
  const size = classes * axes;
  const objective = (at: Float64Array, gradient: Float64Array): number => {
    const weights = at.subarray(0, size);
    const scores = multiplyTransposed(matrix(classes, axes, weights), rows);
    for (let k = 0, i = 0; k < classes; k++)
      for (let n = 0; n < rows.rows; n++, i++) scores.data[i] = scores.data[i]! + at[size + k]!;
    let value = loss(scores, labels, scoreGradient.data);
    const product = multiplyTransposed(scoreGradient, turned);
    for (let i = 0; i < size; i++) {
      gradient[i] = product.data[i]! + weights[i]! / C;
      value += weights[i]! ** 2 / (2 * C);
    }
    for (let k = 0, i = 0; k < classes; k++) {
      let sum = 0;
      for (let n = 0; n < rows.rows; n++, i++) sum += scoreGradient.data[i]!;
      gradient[size + k] = sum;
    }
    return value;
  };
  const from = new Float64Array(size + classes);
  from.set(start.weights.data);
  from.set(start.offset, size);
  const steepness = from.map((_, i) => (i < size ? curvature * variances[i % axes]! + 1 / C : curvature * rows.rows));
  const found = minimize(objective, from, steepness, tolerance);
  return { weights: matrix(classes, axes, found.slice(0, size)), offset: found.slice(size) };
}

/** The same scores of rows that were not turned: W A and b − W A m for the axes A and the mean m. */
function alongPoints({ weights, offset }: LinearScores, mean: Float64Array, axes: Matrix): LinearScores {
  const turned = multiply(weights, axes);
  const atMean = multiplyTransposed(turned, matrix(1, mean.length, mean)).data;
  return { weights: turned, offset: offset.map((v, k) => v - atMean[k]!) };
}

/** Where the mean loss of a smaller C is below this, rows are told apart by a wide margin, and a larger C changes no decision. */
const SETTLED = 1e-2;

function meanLoss({ weights, offset }: LinearScores, rows: Matrix, labels: Int32Array, loss: ScoreLoss): number {
  const scores = multiplyTransposed(weights, rows);
  for (let i = 0; i < scores.data.length; i++) scores.data[i] = scores.data[i]! + offset[Math.floor(i / rows.rows)]!;
  return loss(scores, labels, new Float64Array(scores.data.length)) / rows.rows;
}

/** C times the mean square of the rows: from where the penalty outweighs the loss to where directions with 1e-8 of the scatter count. */
const LOWEST = 1e-2;
const HIGHEST = 1e8;

/** Linear classifiers with an L2 penalty, one for each C from small to large, each begun where the last one ended. */
export const penalizedFamily = (
  name: string,
  loss: ScoreLoss,
  curvature: (classes: number) => number,
): ClassifierFamily<PenaltySetting> => ({
  name,
  centred: true,
  settings(x) {
    const scatter = x.data.reduce((sum, v) => sum + v * v, 0) / x.rows;
    if (!(scatter > 0)) return [{ C: 1 }];
    const first = Math.ceil(Math.log10(LOWEST / scatter));
    const last = Math.floor(Math.log10(HIGHEST / scatter));
    return Array.from({ length: last - first + 1 }, (_, i) => ({ C: Number(`1e${first + i}`) }));
  },
  fit(x, labels, classes, settings, rough) {
    const { scores, variances, mean, axes } = principalScores(x);
    let current: LinearScores = { weights: matrix(classes, scores.columns), offset: new Float64Array(classes) };
    const fits = settings.map(({ C }) => {
      if (meanLoss(current, scores, labels, loss) > SETTLED) {
        const tolerance = rough ? ROUGH : TOLERANCE;
        current = fitLinearScores(scores, variances, labels, loss, curvature(classes), C, current, tolerance);
      }
      return alongPoints(current, mean, axes);
    });
    return (rows) =>
      fits.map(({ weights, offset }) => {
        const out = multiplyTransposed(rows, weights);
        for (let i = 0; i < out.data.length; i++) out.data[i] = out.data[i]! + offset[i % classes]!;
        return out;
      });
  },
});
