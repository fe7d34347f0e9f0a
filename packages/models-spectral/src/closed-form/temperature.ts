import { type Matrix } from "@spectrai/linalg";

/**
 * The factor by which class scores become logits whose softmax is most likely for held-out samples (Guo et al., On calibration
 * of modern neural networks, ICML 2017): the root of the concave log-likelihood's derivative, by bisection on its logarithm.
 * One sample in n + 2 is taken to be of any class, so that classes that are never confused do not become certain (Platt,
 * Probabilistic outputs for support vector machines, 1999).
 *
 * @param scores - a row a class, `[k, n]`
 * @param labels - the class of each sample, `[n]`
 * @returns between 0.01 and 1000
 */
export function logitScale(scores: Matrix, labels: ArrayLike<number>): number {
  let [low, high] = [Math.log(0.01), Math.log(1000)];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (likelihoodSlope(scores, labels, Math.exp(middle)) > 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** Derivative of the mean log-likelihood by the factor: expected score of the true class less that under the softmax. */
function likelihoodSlope({ data, rows, columns }: Matrix, labels: ArrayLike<number>, factor: number): number {
  const doubt = 1 / (columns + 2);
  let slope = 0;
  for (let i = 0; i < columns; i++) {
    let top = -Infinity;
    for (let k = 0; k < rows; k++) top = Math.max(top, data[k * columns + i]!);
    let [sum, mean, any] = [0, 0, 0];
    for (let k = 0; k < rows; k++) {
      const score = data[k * columns + i]!;
      const share = Math.exp(factor * (score - top));
      sum += share;
      mean += share * score;
      any += score / rows;
    }
    slope += (1 - doubt) * data[labels[i]! * columns + i]! + doubt * any - mean / sum;
  }
  return slope / columns;
}
