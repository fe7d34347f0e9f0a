import type { ReweightedOptions } from "./airpls.ts";
import type { BaselineWorkspace } from "./baseline-workspace.ts";

/**
 * Asymmetrically reweighted penalized least squares (Baek, Park, Ahn and Choo, Analyst 140 (2015) 250): the weight is
 * `1 / (1 + exp(2 (d − (2σ − μ)) / σ))` of the residual d, with μ and σ the mean and (n − 1) standard deviation of the
 * residuals below 0. Stops when the weights change by less than `tolerance` of their norm, or σ is 0.
 * Writes the baseline into `out`, which must not be `y`.
 */
export function arplsBaseline(
  y: Float64Array,
  out: Float64Array,
  workspace: BaselineWorkspace,
  options: ReweightedOptions,
): void {
  const { solver, weights } = workspace;
  const { lambda, iterations, tolerance } = options;
  const n = solver.length;
  weights.fill(1);
  for (let pass = 1; ; pass++) {
    solver.solve(y, weights, lambda, out);
    if (pass === iterations) return;
    let count = 0;
    let mean = 0;
    let squares = 0; // of deviations from the running mean (Welford)
    for (let i = 0; i < n; i++) {
      const d = y[i]! - out[i]!;
      if (d >= 0) continue;
      count++;
      const from = d - mean;
      mean += from / count;
      squares += from * (d - mean);
    }
    if (count < 2 || squares === 0) return;
    const deviation = Math.sqrt(squares / (count - 1));
    let change = 0;
    let norm = 0;
    for (let i = 0; i < n; i++) {
      const w = 1 / (1 + Math.exp((2 * (y[i]! - out[i]! - (2 * deviation - mean))) / deviation));
      const before = weights[i]!;
      change += (w - before) ** 2;
      norm += before * before;
      weights[i] = w;
    }
    if (change < tolerance * tolerance * norm) return;
  }
}
