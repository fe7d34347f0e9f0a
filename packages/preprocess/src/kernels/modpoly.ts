import { fitPolynomial, type PolynomialBasis, polynomialBasis } from "./polynomial.ts";

export interface ModpolyOptions {
  readonly iterations: number;
  readonly tolerance: number;
}

/** Working memory for spectra of one length. */
export interface ModpolyWorkspace {
  readonly basis: PolynomialBasis;
  readonly clipped: Float64Array;
  readonly previous: Float64Array;
}

/** @throws SPECTRAI_DATA_LENGTH when there are fewer points than coefficients */
export const modpolyWorkspace = (length: number, order: number): ModpolyWorkspace => ({
  basis: polynomialBasis(length, order),
  clipped: new Float64Array(length),
  previous: new Float64Array(length),
});

/**
 * Modified polynomial baseline (Lieber and Mahadevan-Jansen, Appl. Spectrosc. 57 (2003) 1363): fit a polynomial, clip the
 * spectrum to it, and repeat until the fit changes by less than `tolerance` of its norm.
 * Writes the baseline into `out`, which must not be `y`.
 */
export function modpolyBaseline(
  y: Float64Array,
  out: Float64Array,
  workspace: ModpolyWorkspace,
  options: ModpolyOptions,
): void {
  const { basis, clipped, previous } = workspace;
  const n = basis.length;
  clipped.set(y);
  fitPolynomial(clipped, out, basis);
  for (let pass = 1; pass < options.iterations; pass++) {
    for (let i = 0; i < n; i++) if (out[i]! < clipped[i]!) clipped[i] = out[i]!;
    previous.set(out);
    fitPolynomial(clipped, out, basis);
    let change = 0;
    let norm = 0;
    for (let i = 0; i < n; i++) {
      change += (out[i]! - previous[i]!) ** 2;
      norm += previous[i]! ** 2;
    }
    if (change < options.tolerance ** 2 * norm) return;
  }
}
