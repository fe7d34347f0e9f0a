import { SpectraiError } from "@spectrai/core";

export const interpolations = ["linear", "cubic", "natural", "pchip"] as const;
export type Interpolation = (typeof interpolations)[number];

/** Interpolates spectra of one axis at fixed places. */
export type Interpolator = (y: Float64Array, out: Float64Array) => void;

/**
 * Makes an interpolator from knots `x`, which rise or fall throughout, to the places `at`, in any order. `cubic` is the spline of
 * degree 3 with not-a-knot ends, `natural` the one without curvature at the ends, `pchip` the monotone cubic of Fritsch
 * and Carlson (SIAM J. Numer. Anal. 17 (1980) 238) with the derivatives of Fritsch and Butland, as in SciPy. Weights and
 * factors that depend only on the axis are computed here, once.
 *
 * @throws SPECTRAI_DATA_AXIS when a place lies outside the knots, or there are too few knots
 */
export function interpolator(x: Float64Array, at: Float64Array, method: Interpolation): Interpolator {
  const n = x.length;
  const needed = method === "cubic" ? 4 : 2;
  if (n < needed)
    throw new SpectraiError(
      "SPECTRAI_DATA_AXIS",
      `Interpolation by "${method}" needs ${needed} points, but the spectrum has ${n}.`,
    );
  const { interval, fraction } = locate(x, at);
  if (method === "linear")
    return (y, out) => {
      for (let j = 0; j < out.length; j++) {
        const k = interval[j]!;
        const t = fraction[j]!;
        out[j] = (1 - t) * y[k]! + t * y[k + 1]!;
      }
    };

  const h = Float64Array.from({ length: n - 1 }, (_, i) => x[i + 1]! - x[i]!);
  const slope = new Float64Array(n);
  const secant = new Float64Array(n - 1);
  const findSlopes = method === "pchip" ? pchipSlopes(h) : splineSlopes(h, method);
  return (y, out) => {
    for (let i = 0; i < n - 1; i++) secant[i] = (y[i + 1]! - y[i]!) / h[i]!;
    findSlopes(secant, slope);
    for (let j = 0; j < out.length; j++) {
      const k = interval[j]!;
      const t = fraction[j]!;
      const u = 1 - t;
      // Hermite's form: values and slopes at both ends of the interval.
      out[j] =
        u * u * (1 + 2 * t) * y[k]! +
        t * t * (3 - 2 * t) * y[k + 1]! +
        h[k]! * t * u * (u * slope[k]! - t * slope[k + 1]!);
    }
  };
}

/** Places beyond the ends by this share of the first or last step count as the end itself: they are off by rounding. */
const slack = 1e-6;

function locate(x: Float64Array, at: Float64Array): { readonly interval: Int32Array; readonly fraction: Float64Array } {
  const n = x.length;
  const sign = x[n - 1]! > x[0]! ? 1 : -1;
  const interval = new Int32Array(at.length);
  const fraction = new Float64Array(at.length);
  at.forEach((place, j) => {
    let low = 0;
    let high = n - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (sign * x[middle]! <= sign * place) low = middle;
      else high = middle;
    }
    const t = (place - x[low]!) / (x[low + 1]! - x[low]!);
    if (!(t >= -slack && t <= 1 + slack))
      throw new SpectraiError(
        "SPECTRAI_DATA_AXIS",
        `The value ${place} lies outside the spectrum's axis, which reaches from ${x[0]} to ${x[n - 1]}; choose a range inside it.`,
      );
    interval[j] = low;
    fraction[j] = Math.min(1, Math.max(0, t));
  });
  return { interval, fraction };
}

type SlopeFinder = (secant: Float64Array, slope: Float64Array) => void;

/**
 * Slopes of a cubic spline: continuity of the second derivative at every inner knot, and one condition at each end, make
 * a tridiagonal system. Its elimination depends on the knots only.
 */
function splineSlopes(h: Float64Array, ends: "cubic" | "natural"): SlopeFinder {
  const m = h.length;
  const n = m + 1;
  const lower = new Float64Array(n);
  const diagonal = new Float64Array(n);
  const upper = new Float64Array(n);
  for (let i = 1; i < m; i++) {
    lower[i] = h[i]!;
    diagonal[i] = 2 * (h[i - 1]! + h[i]!);
    upper[i] = h[i - 1]!;
  }
  if (ends === "natural") {
    diagonal[0] = diagonal[m] = 2;
    upper[0] = lower[m] = 1;
  } else {
    diagonal[0] = h[1]!;
    upper[0] = h[0]! + h[1]!;
    diagonal[m] = h[m - 2]!;
    lower[m] = h[m - 2]! + h[m - 1]!;
  }
  for (let i = 1; i < n; i++) {
    lower[i] = lower[i]! / diagonal[i - 1]!;
    diagonal[i] = diagonal[i]! - lower[i]! * upper[i - 1]!;
  }

  /** Right-hand side of the not-a-knot condition at an end: `a` is the outer and `b` the next step. */
  const notAKnot = (a: number, b: number, outer: number, inner: number): number =>
    ((a + 2 * (a + b)) * b * outer + a * a * inner) / (a + b);

  return (secant, slope) => {
    slope[0] = ends === "natural" ? 3 * secant[0]! : notAKnot(h[0]!, h[1]!, secant[0]!, secant[1]!);
    for (let i = 1; i < m; i++)
      slope[i] = 3 * (h[i]! * secant[i - 1]! + h[i - 1]! * secant[i]!) - lower[i]! * slope[i - 1]!;
    const end =
      ends === "natural" ? 3 * secant[m - 1]! : notAKnot(h[m - 1]!, h[m - 2]!, secant[m - 1]!, secant[m - 2]!);
    slope[m] = (end - lower[m]! * slope[m - 1]!) / diagonal[m]!;
    for (let i = m - 1; i >= 0; i--) slope[i] = (slope[i]! - upper[i]! * slope[i + 1]!) / diagonal[i]!;
  };
}

/** Slopes that keep the curve monotone between knots: weighted harmonic means of the secants, 0 at turning points. */
function pchipSlopes(h: Float64Array): SlopeFinder {
  const m = h.length;
  return (secant, slope) => {
    if (m === 1) {
      slope[0] = slope[1] = secant[0]!;
      return;
    }
    for (let i = 1; i < m; i++) {
      const before = secant[i - 1]!;
      const after = secant[i]!;
      if (before * after <= 0) slope[i] = 0;
      else {
        const w1 = 2 * h[i]! + h[i - 1]!;
        const w2 = h[i]! + 2 * h[i - 1]!;
        slope[i] = (w1 + w2) / (w1 / before + w2 / after);
      }
    }
    slope[0] = pchipEnd(h[0]!, h[1]!, secant[0]!, secant[1]!);
    slope[m] = pchipEnd(h[m - 1]!, h[m - 2]!, secant[m - 1]!, secant[m - 2]!);
  };
}

/** The three-point slope at an end, kept from overshooting. */
function pchipEnd(h0: number, h1: number, outer: number, inner: number): number {
  const d = ((2 * h0 + h1) * outer - h0 * inner) / (h0 + h1);
  if (d * outer <= 0) return 0;
  return outer * inner <= 0 && Math.abs(d) > 3 * Math.abs(outer) ? 3 * outer : d;
}
