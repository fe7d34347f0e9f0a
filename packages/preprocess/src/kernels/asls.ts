import type { BaselineWorkspace } from "./baseline-workspace.ts";

export interface AslsOptions {
  /** λ: how stiff the baseline is. */
  readonly lambda: number;
  /** p: weight of points above the baseline; those below get 1 − p. */
  readonly p: number;
  readonly iterations: number;
  /** Stops when the weights change by less than this, relative to their norm; 0 stops only when none changes. */
  readonly tolerance: number;
}

/**
 * Asymmetric least squares (Eilers and Boelens, 2005): a Whittaker smoother whose weights are p above and 1 − p below the
 * baseline, repeated; all weights are 1 in the first pass. Writes the baseline into `out`, which must not be `y`.
 */
export function aslsBaseline(
  y: Float64Array,
  out: Float64Array,
  workspace: BaselineWorkspace,
  options: AslsOptions,
): void {
  const { solver, weights, above } = workspace;
  const { lambda, p, iterations, tolerance } = options;
  const n = solver.length;
  const step = (1 - 2 * p) ** 2;
  const choice = workspace.choice;
  choice[0] = 1 - p;
  choice[1] = p;
  weights.fill(1);
  for (let pass = 1; ; pass++) {
    solver.solve(y, weights, lambda, out);
    if (pass === iterations) return;
    // A comparison turned into a number picks the weight: a branch would be mispredicted at every other point of noise.
    let changed = 0;
    let before = 0;
    for (let i = 0; i < n; i++) {
      const is = Number(y[i]! > out[i]!);
      const was = above[i]!;
      changed += is ^ was;
      before += was;
      above[i] = is;
      weights[i] = choice[is]!;
    }
    // With the weights of the last pass the next one would give the same baseline again.
    if (pass > 1 && (changed === 0 || changed * step < tolerance ** 2 * (before * p * p + (n - before) * (1 - p) ** 2)))
      return;
  }
}
