import type { ModpolyOptions, ModpolyWorkspace } from "./modpoly.ts";
import { fitPolynomial, type PolynomialBasis } from "./polynomial.ts";

/**
 * Improved modified polynomial baseline (Zhao, Lui, McLean and Zeng, Appl. Spectrosc. 61 (2007) 1225): like ModPoly, but the
 * spectrum is clipped to the fit plus the standard deviation of the residual, and points that the first fit leaves that
 * far below them, the peaks, are left out from then on. Stops when the deviation changes by less than `tolerance` of itself.
 * Writes the baseline into `out`, which must not be `y`.
 */
export function imodpolyBaseline(
  y: Float64Array,
  out: Float64Array,
  workspace: ModpolyWorkspace,
  options: ModpolyOptions,
): void {
  const { basis, clipped, previous: keep } = workspace;
  const n = basis.length;
  clipped.set(y);
  fitPolynomial(clipped, out, basis);
  keep.fill(1);
  let deviation = residualDeviation(clipped, out, keep);
  for (let i = 0; i < n; i++) keep[i] = y[i]! - out[i]! < deviation ? 1 : 0;
  const fit = maskedFit(basis, keep);
  // Too few points left to hold the polynomial: they are all on it already.
  if (!fit) return;
  for (let pass = 1; pass < options.iterations; pass++) {
    for (let i = 0; i < n; i++) clipped[i] = Math.min(clipped[i]!, out[i]! + deviation);
    fit(clipped, out);
    const before = deviation;
    deviation = residualDeviation(clipped, out, keep);
    if (Math.abs(before - deviation) <= options.tolerance * deviation) return;
  }
}

/** Standard deviation (n) of `y − fit` over the points that are kept. */
function residualDeviation(y: Float64Array, fit: Float64Array, keep: Float64Array): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < y.length; i++) {
    const r = keep[i]! * (y[i]! - fit[i]!);
    count += keep[i]!;
    sum += r;
    squares += r * r;
  }
  return count > 0 ? Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) : 0;
}

/**
 * Least squares over the points that are kept: normal equations in the basis of all points, whose condition is that of the
 * gaps, by Cholesky. Undefined where they are singular.
 */
function maskedFit(
  { rows, order }: PolynomialBasis,
  keep: Float64Array,
): ((y: Float64Array, out: Float64Array) => void) | undefined {
  const m = order + 1;
  const factor = new Float64Array(m * m);
  for (let a = 0; a < m; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < keep.length; i++) sum += keep[i]! * rows[a]![i]! * rows[b]![i]!;
      for (let k = 0; k < b; k++) sum -= factor[a * m + k]! * factor[b * m + k]!;
      if (a === b && sum < 1e-10) return undefined;
      factor[a * m + b] = a === b ? Math.sqrt(sum) : sum / factor[b * m + b]!;
    }
  const c = new Float64Array(m);
  return (y, out) => {
    for (let a = 0; a < m; a++) {
      let sum = 0;
      for (let i = 0; i < keep.length; i++) sum += keep[i]! * rows[a]![i]! * y[i]!;
      for (let k = 0; k < a; k++) sum -= factor[a * m + k]! * c[k]!;
      c[a] = sum / factor[a * m + a]!;
    }
    for (let a = m - 1; a >= 0; a--) {
      let sum = c[a]!;
      for (let k = a + 1; k < m; k++) sum -= factor[k * m + a]! * c[k]!;
      c[a] = sum / factor[a * m + a]!;
    }
    out.fill(0);
    for (let a = 0; a < m; a++) for (let i = 0; i < out.length; i++) out[i] = out[i]! + c[a]! * rows[a]![i]!;
  };
}
