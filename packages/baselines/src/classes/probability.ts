import { type Matrix, row } from "@spectrai/linalg";

/** The least probability a class is given, so that a wrong answer has a finite log-loss. */
const LEAST = 1e-15;

/** Log-probabilities of scores taken as logits, times `factor`; a class without a score (−∞) gets the least there is. */
export function logProbabilities(scores: Float64Array, factor = 1): Float64Array {
  let largest = -Infinity;
  for (const s of scores) if (s > largest) largest = s;
  let sum = 0;
  for (const s of scores) sum += s === -Infinity ? 0 : Math.exp(factor * (s - largest));
  const log = Math.log(sum);
  return scores.map((s) => Math.max(s === -Infinity ? -Infinity : factor * (s - largest) - log, Math.log(LEAST)));
}

/** The number of rows whose best score is not their label's. Of equal scores the first leads. */
export function countMisses(scores: Matrix, labels: Int32Array): number {
  let misses = 0;
  labels.forEach((label, i) => {
    const s = row(scores, i);
    let best = 0;
    for (let c = 1; c < s.length; c++) if (s[c]! > s[best]!) best = c;
    if (best !== label) misses++;
  });
  return misses;
}

/**
 * The factor β with which scores become logits: the least log-loss of softmax(β s) on rows that were held out (temperature
 * scaling, Guo et al., ICML 2017). As in Platt's method (1999) every label keeps a little doubt, 1 / (n + 2) spread over all
 * classes, so that scores without a miss do not become certainty.
 *
 * The log-loss is convex in β: its slope is Σ_i (E_p[s] − target-weighted s), and its zero is found by halving log β.
 */
export function temperatureFactor(scores: Matrix, labels: Int32Array): number {
  const doubt = 1 / (labels.length + 2);
  const slope = (factor: number): number => {
    let sum = 0;
    labels.forEach((label, i) => {
      const s = row(scores, i);
      if (s[label] === -Infinity) return;
      const logp = logProbabilities(s, factor);
      let expected = 0;
      let total = 0;
      let present = 0;
      s.forEach((v, c) => {
        if (v === -Infinity) return;
        expected += Math.exp(logp[c]!) * v;
        total += v;
        present++;
      });
      sum += expected - (1 - doubt) * s[label]! - (doubt * total) / present;
    });
    return sum;
  };
  const spread = scoreSpread(scores);
  if (!(spread > 0)) return 1;
  let low = Math.log(1e-4 / spread);
  let high = Math.log(1e4 / spread);
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) > 0) high = middle;
    else low = middle;
  }
  return Math.exp((low + high) / 2);
}

/** Root mean square of the scores about the mean of their row. */
function scoreSpread(scores: Matrix): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < scores.rows; i++) {
    const s = row(scores, i).filter((v) => v !== -Infinity);
    const mean = s.reduce((a, b) => a + b, 0) / s.length;
    for (const v of s) sum += (v - mean) ** 2;
    count += s.length;
  }
  return Math.sqrt(sum / count);
}
