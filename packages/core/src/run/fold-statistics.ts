/** A metric over the folds of a repeated cross-validation. */
export interface Spread {
  readonly mean: number;
  /** Standard deviation over all folds of all repeats (n − 1 in the denominator); 0 for one fold. */
  readonly sd: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((s, v) => s + v, 0) / values.length;
  const squares = values.reduce((s, v) => s + (v - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/**
 * Standard error of the mean of paired differences over the folds of a repeated cross-validation. The folds' training
 * parts overlap, so that sd/√n would be too small: the variance is multiplied by 1/n + test/train instead
 * (Nadeau and Bengio, Inference for the generalization error, Machine Learning 52, 2003).
 *
 * @param testOverTrain - size of a test part over that of its training part
 */
export function correctedError(differences: readonly number[], testOverTrain: number): number {
  return spreadOf(differences).sd * Math.sqrt(1 / differences.length + testOverTrain);
}
