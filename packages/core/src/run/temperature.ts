/** A class prediction and the class that it should have been. */
export interface Judged {
  readonly logits: ArrayLike<number> & Iterable<number>;
  readonly label: number;
}

/**
 * The temperature T at which the probabilities softmax(logits / T) fit the labels best, in the sense of the least negative
 * log likelihood (Guo, Pleiss, Sun and Weinberger, On calibration of modern neural networks, ICML 2017).
 *
 * One more sample is counted that could be of any class with equal probability: where every prediction is right, there
 * would otherwise be no best temperature, and all probabilities would become 1.
 *
 * The problem is convex in 1/T; it is solved by halving the interval between 1/100 and 100.
 */
export function fitTemperature(predictions: readonly Judged[]): number {
  const n = predictions.length;
  const doubt = 1 / (n + 1);
  // Derivative by a = 1/T of the mean of logsumexp(a z) − a Σ q z, with q the label, blurred by the doubt.
  const slope = (a: number): number =>
    predictions.reduce((sum, { logits, label }) => {
      const { length } = logits;
      const top = Math.max(...logits);
      let weight = 0;
      let expected = 0;
      let mean = 0;
      for (const z of logits) {
        const e = Math.exp(a * (z - top));
        weight += e;
        expected += e * z;
        mean += z / length;
      }
      return sum + expected / weight - ((1 - doubt) * logits[label]! + doubt * mean);
    }, 0);
  let [low, high] = [0.01, 100];
  if (slope(low) >= 0) return 1 / low;
  if (slope(high) <= 0) return 1 / high;
  while (high / low > 1 + 1e-12) {
    const middle = Math.sqrt(low * high);
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return 1 / Math.sqrt(low * high);
}

/** How far probabilities can be trusted. */
export interface Trust {
  /** Mean negative log likelihood of the labels. */
  readonly logLoss: number;
  /** Expected calibration error: by how much confidence and accuracy differ, over 15 bins of confidence. */
  readonly ece: number;
}

/** One bin of a reliability diagram. */
export interface ConfidenceBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean probability of the class that was chosen; NaN in an empty bin. */
  readonly confidence: number;
  /** Share that was right; NaN in an empty bin. */
  readonly accuracy: number;
}

const binCount = 15;

function logSumExp(logits: Judged["logits"]): number {
  const top = Math.max(...logits);
  let sum = 0;
  for (const z of logits) sum += Math.exp(z - top);
  return top + Math.log(sum);
}

/** softmax of logits. */
export function probabilities(logits: Judged["logits"]): Float64Array {
  const all = logSumExp(logits);
  return Float64Array.from(logits, (z) => Math.exp(z - all));
}

/** Predictions by the probability of the class that was chosen, in bins of equal width (Guo et al. 2017). */
export function confidenceBins(predictions: readonly Judged[], bins = binCount): ConfidenceBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { logits, label } of predictions) {
    const p = probabilities(logits);
    const confidence = p.reduce((m, v) => Math.max(m, v), 0);
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    bin.count++;
    bin.confidence += confidence;
    if (p.indexOf(confidence) === label) bin.right++;
  }
  return sums.map(({ count, confidence, right }, i) => ({
    from: i / bins,
    to: (i + 1) / bins,
    count,
    confidence: confidence / count,
    accuracy: right / count,
  }));
}

export function trustOf(predictions: readonly Judged[]): Trust {
  const n = predictions.length;
  const logLoss = predictions.reduce((s, { logits, label }) => s + logSumExp(logits) - logits[label]!, 0) / n;
  const ece = confidenceBins(predictions)
    .filter((b) => b.count > 0)
    .reduce((s, b) => s + (b.count / n) * Math.abs(b.accuracy - b.confidence), 0);
  return { logLoss, ece };
}
