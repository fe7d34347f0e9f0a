import type { BaselineWorkspace } from "./baseline-workspace.ts";

export interface ReweightedOptions {
  /** λ: how stiff the baseline is. */
  readonly lambda: number;
  readonly iterations: number;
  readonly tolerance: number;
}

/**
 * Adaptive iteratively reweighted penalized least squares (Zhang, Chen and Liang, Analyst 135 (2010) 1138). In pass t,
 * points above the baseline weigh nothing, points below `exp(t |d| / Σ|d|)` with d their distance, and the two ends
 * `exp(t · min|d| / Σ|d|)`. Stops when Σ|d| falls below `tolerance · Σ|y|`, or fewer than two points lie below.
 * Writes the baseline into `out`, which must not be `y`.
 */
export function airplsBaseline(
  y: Float64Array,
  out: Float64Array,
  workspace: BaselineWorkspace,
  options: ReweightedOptions,
): void {
  const { solver, weights } = workspace;
  const { lambda, iterations, tolerance } = options;
  const n = solver.length;
  let size = 0;
  for (let i = 0; i < n; i++) size += Math.abs(y[i]!);
  weights.fill(1);
  for (let pass = 1; ; pass++) {
    solver.solve(y, weights, lambda, out);
    if (pass === iterations) return;
    let below = 0;
    let count = 0;
    let nearest = Infinity;
    for (let i = 0; i < n; i++) {
      const d = out[i]! - y[i]!;
      if (d <= 0) continue;
      below += d;
      count++;
      if (d < nearest) nearest = d;
    }
    if (count < 2 || below < tolerance * size) return;
    for (let i = 0; i < n; i++) {
      const d = out[i]! - y[i]!;
      weights[i] = d > 0 ? Math.exp((pass * d) / below) : 0;
    }
    weights[0] = weights[n - 1] = Math.exp((pass * nearest) / below);
  }
}
