import { SpectraiError } from "@spectrai/core";

export interface SavitzkyGolayOptions {
  /** Points a window; odd. */
  readonly window: number;
  /** Of the polynomial; below `window`. */
  readonly order: number;
  /** 0 smooths, 1 gives the slope, 2 the curvature … */
  readonly derivative: number;
}

/**
 * The weights with which a window's points add up to a derivative, at position `at` of the window, of the least-squares
 * polynomial through them (Savitzky and Golay, Anal. Chem. 36 (1964) 1627; from Gram polynomials as in Gorry, Anal. Chem.
 * 62 (1990) 570). In the order of the points (a correlation, not a convolution), per point spacing.
 */
export function savitzkyGolayCoefficients(
  { window, order, derivative }: SavitzkyGolayOptions,
  at: number = (window - 1) / 2,
): Float64Array {
  const out = new Float64Array(window);
  const here = gramPolynomials(window, order, at, derivative);
  for (let i = 0; i < window; i++) {
    const there = gramPolynomials(window, order, i, 0);
    let sum = 0;
    for (let k = 0; k <= order; k++) sum += here[k]! * there[k]!;
    out[i] = sum;
  }
  return out;
}

/**
 * The `derivative`-th derivative, at point `at`, of the polynomials of degree 0 … order that are orthonormal on 0 … n − 1.
 * Recurrence β₍ₖ₊₁₎ p₍ₖ₊₁₎ = t pₖ − βₖ p₍ₖ₋₁₎ with βₖ² = k² (n² − k²) / (4 (4k² − 1)), t counted from the middle, and its
 * derivatives.
 */
function gramPolynomials(n: number, order: number, at: number, derivative: number): Float64Array {
  const t = at - (n - 1) / 2;
  let values = new Float64Array(order + 1);
  for (let m = 0; m <= derivative; m++) {
    const lower = values;
    values = new Float64Array(order + 1);
    if (m === 0) values[0] = 1 / Math.sqrt(n);
    let beta = 0;
    for (let k = 0; k < order; k++) {
      const next = ((k + 1) * Math.sqrt((n * n - (k + 1) ** 2) / (4 * (k + 1) ** 2 - 1))) / 2;
      const before = k > 0 ? values[k - 1]! : 0;
      values[k + 1] = (t * values[k]! + (m > 0 ? m * lower[k]! : 0) - beta * before) / next;
      beta = next;
    }
  }
  return values;
}

/** Smooths or differentiates spectra of one length. */
export type SavitzkyGolayFilter = (y: Float64Array, out: Float64Array) => void;

/**
 * Makes a filter for spectra of one length. The first and last half windows are read off the polynomial of the first and
 * last whole window (SciPy's mode "interp"), so that a polynomial of the order passes unchanged, edges included.
 * The filter reads `y` and writes `out`, which must be another array.
 *
 * @param spacing - of the points, to which a derivative refers
 * @throws SPECTRAI_DATA_LENGTH when the spectrum is shorter than the window
 */
export function savitzkyGolayFilter(length: number, options: SavitzkyGolayOptions, spacing = 1): SavitzkyGolayFilter {
  const { window, derivative } = options;
  if (length < window)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `A Savitzky-Golay window of ${window} points is wider than the spectrum of ${length} points; choose a smaller window.`,
    );
  const half = (window - 1) / 2;
  const scale = spacing ** -derivative;
  const weights = Array.from({ length: window }, (_, at) => {
    const row = savitzkyGolayCoefficients(options, at);
    for (let i = 0; i < window; i++) row[i] = row[i]! * scale;
    return row;
  });
  const centre = weights[half]!;

  const correlate = (y: Float64Array, start: number, row: Float64Array): number => {
    let sum = 0;
    for (let k = 0; k < window; k++) sum += row[k]! * y[start + k]!;
    return sum;
  };
  return (y, out) => {
    for (let i = 0; i < half; i++) {
      out[i] = correlate(y, 0, weights[i]!);
      out[length - 1 - i] = correlate(y, length - window, weights[window - 1 - i]!);
    }
    for (let i = half; i < length - half; i++) out[i] = correlate(y, i - half, centre);
  };
}
