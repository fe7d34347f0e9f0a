import type { BaselineWorkspace } from "./baseline-workspace.ts";

/**
 * Writes the smooth series z that minimizes `Σ (y − z)² + λ Σ (Δᵏ z)²` into `out`, which may be `y`; k is the order the
 * workspace was made for (Whittaker 1923; Eilers, Anal. Chem. 75 (2003) 3631).
 */
export function whittakerSmooth(
  y: Float64Array,
  out: Float64Array,
  { solver, weights }: BaselineWorkspace,
  lambda: number,
): void {
  weights.fill(1);
  solver.solve(y, weights, lambda, out);
}
