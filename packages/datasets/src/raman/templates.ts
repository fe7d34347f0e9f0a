import { constituents } from "./bands.ts";
import { voigt } from "./voigt.ts";

/** Largest distance of fine grid points, cm⁻¹: cubic interpolation of the sharpest band is then good to 1e-4 of its height. */
const FINE_STEP = 0.25;

/**
 * The spectra of the pure constituents, one after the other on one fine grid whose step divides the axis step. A shifted axis
 * then needs the same four interpolation weights at every point.
 */
export interface Templates {
  /** Puts the mixture Σ c_k·S_k, seen by an axis that is off by `shift` cm⁻¹, into `out`. */
  mix(concentrations: Float64Array, shift: number, out: Float64Array): void;
}

/** The spectrum of constituent `k` at `shift` cm⁻¹: Voigt bands, each with its height, broadened by the instrument. */
export function pureSpectrum(k: number, shift: number, resolution: number): number {
  let sum = 0;
  for (const band of constituents[k]!.bands) {
    const gaussian = Math.hypot(band.gaussian, resolution);
    // The band keeps its area when the instrument broadens it, so a coarser spectrometer sees lower sharp bands.
    const area = band.height / voigt(0, band.gaussian, band.lorentzian);
    sum += area * voigt(shift - band.position, gaussian, band.lorentzian);
  }
  return sum;
}

/**
 * @param resolution - full width at half maximum of the instrument's Gaussian line, cm⁻¹
 * @param reach - largest shift that `mix` will be asked for, cm⁻¹
 */
export function makeTemplates(
  axis: { readonly start: number; readonly stop: number; readonly points: number },
  resolution: number,
  reach: number,
): Templates {
  const step = (axis.stop - axis.start) / (axis.points - 1);
  const perPoint = Math.max(1, Math.ceil(step / FINE_STEP));
  const fine = step / perPoint;
  const margin = Math.ceil(reach / fine) + 2;
  const length = (axis.points - 1) * perPoint + 1 + 2 * margin;
  const spectra = constituents.map((_, k) =>
    Float64Array.from({ length }, (__, i) => pureSpectrum(k, axis.start + (i - margin) * fine, resolution)),
  );
  return {
    mix(concentrations, shift, out) {
      const whole = Math.floor(shift / fine);
      const t = shift / fine - whole;
      // Lagrange's cubic through the points −1, 0, 1, 2
      const w0 = (-t * (t - 1) * (t - 2)) / 6;
      const w1 = ((t + 1) * (t - 1) * (t - 2)) / 2;
      const w2 = (-(t + 1) * t * (t - 2)) / 2;
      const w3 = ((t + 1) * t * (t - 1)) / 6;
      out.fill(0);
      for (let k = 0; k < spectra.length; k++) {
        const s = spectra[k]!;
        const c = concentrations[k]!;
        let at = margin + whole - 1;
        for (let p = 0; p < out.length; p++, at += perPoint) {
          out[p] = out[p]! + c * (w0 * s[at]! + w1 * s[at + 1]! + w2 * s[at + 2]! + w3 * s[at + 3]!);
        }
      }
    },
  };
}
