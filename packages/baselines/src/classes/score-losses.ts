import type { ScoreLoss } from "./linear-scores.ts";

/** Multinomial log-loss: Σ_i log Σ_k exp(s_ik) − s_iy. */
export const logisticLoss: ScoreLoss = ({ data, rows: classes, columns: n }, labels, gradient) => {
  let value = 0;
  for (let i = 0; i < n; i++) {
    let largest = -Infinity;
    for (let k = 0; k < classes; k++) largest = Math.max(largest, data[k * n + i]!);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const e = Math.exp(data[k * n + i]! - largest);
      gradient[k * n + i] = e;
      sum += e;
    }
    for (let k = 0; k < classes; k++) gradient[k * n + i] = gradient[k * n + i]! / sum;
    const own = labels[i]! * n + i;
    value += Math.log(sum) + largest - data[own]!;
    gradient[own] = gradient[own]! - 1;
  }
  return value;
};

/** Squared hinge, every class against the rest: Σ_i Σ_k max(0, 1 − y_ik s_ik)² with y_ik = 1 for the own class, else −1. */
export const squaredHingeLoss: ScoreLoss = ({ data, rows: classes, columns: n }, labels, gradient) => {
  let value = 0;
  for (let k = 0, at = 0; k < classes; k++)
    for (let i = 0; i < n; i++, at++) {
      const y = labels[i] === k ? 1 : -1;
      const slack = Math.max(0, 1 - y * data[at]!);
      value += slack * slack;
      gradient[at] = -2 * y * slack;
    }
  return value;
};
