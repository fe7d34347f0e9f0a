/**
 * The Voigt profile: a Lorentzian line (lifetime, collisions) convolved with a Gaussian (instrument, inhomogeneous surroundings).
 *
 * V(x; σ, γ) = Re w((x + iγ) / (σ√2)) / (σ√(2π)), with w the Faddeeva function, computed by the rational series of
 * J. A. C. Weideman, "Computation of the complex error function", SIAM J. Numer. Anal. 31 (1994) 1497, with 32 terms.
 */
const TERMS = 32;
const L = 2 ** -0.25 * Math.sqrt(TERMS);
const coefficients = weidemanCoefficients();

/** Fourier coefficients of (L² + t²)·exp(−t²) in θ, where t = L·tan(θ/2); highest power first. */
function weidemanCoefficients(): Float64Array {
  const half = 2 * TERMS;
  const a = new Float64Array(TERMS);
  for (let n = 1; n <= TERMS; n++) {
    let sum = 0;
    for (let k = -half + 1; k < half; k++) {
      const theta = (k * Math.PI) / half;
      const t = L * Math.tan(theta / 2);
      sum += Math.exp(-t * t) * (L * L + t * t) * Math.cos(n * theta);
    }
    a[TERMS - n] = sum / (2 * half);
  }
  return a;
}

/** Re w(x + iy) for y ≥ 0. */
export function faddeevaReal(x: number, y: number): number {
  // d = L − iz, Z = (L + iz) / d with z = x + iy
  const dRe = L + y;
  const dIm = -x;
  const norm = dRe * dRe + dIm * dIm;
  const nRe = L - y;
  const zRe = (nRe * dRe + x * dIm) / norm;
  const zIm = (x * dRe - nRe * dIm) / norm;
  let pRe = 0;
  let pIm = 0;
  for (let n = 0; n < TERMS; n++) {
    const re = pRe * zRe - pIm * zIm + coefficients[n]!;
    pIm = pRe * zIm + pIm * zRe;
    pRe = re;
  }
  const squareRe = dRe * dRe - dIm * dIm;
  const squareIm = 2 * dRe * dIm;
  return (2 * (pRe * squareRe + pIm * squareIm)) / (norm * norm) + dRe / (norm * Math.sqrt(Math.PI));
}

const FWHM_PER_SIGMA = 2 * Math.sqrt(2 * Math.LN2);

/**
 * Voigt profile of unit area at distance `x` from its centre.
 *
 * @param gaussian - full width at half maximum of the Gaussian part, in the unit of `x`; 0 gives a pure Lorentzian
 * @param lorentzian - full width at half maximum of the Lorentzian part; 0 gives a pure Gaussian
 */
export function voigt(x: number, gaussian: number, lorentzian: number): number {
  const gamma = lorentzian / 2;
  if (gaussian === 0) return gamma / (Math.PI * (x * x + gamma * gamma));
  const sigma = gaussian / FWHM_PER_SIGMA;
  const scale = sigma * Math.SQRT2;
  return faddeevaReal(x / scale, gamma / scale) / (sigma * Math.sqrt(2 * Math.PI));
}
