import type { Rng } from "@spectrai/core";
import { Noise } from "./noise.ts";

export interface Detector {
  /** Standard deviation of reading one pixel, electrons. */
  readonly readNoise: number;
  /** Electrons a second and pixel. */
  readonly darkCurrent: number;
  /** Electrons for one count. */
  readonly gain: number;
  /** Counts added before conversion, so that read noise does not reach below zero. */
  readonly bias: number;
  /** Cosmic-ray hits a second on the whole spectrum. */
  readonly cosmicRate: number;
  /** Mean charge of a hit, electrons. */
  readonly cosmicCharge: number;
}

/** Largest value of a 16-bit converter. */
export const SATURATION = 65535;

/** What a noiseless detector would read, in counts, not rounded: (rate + dark)·t / gain + bias. */
export function expectedCounts(
  rate: Float64Array,
  seconds: number,
  detector: Detector,
  out: Float32Array,
): Float32Array {
  for (let p = 0; p < rate.length; p++) {
    out[p] = Math.min(((rate[p]! + detector.darkCurrent) * seconds) / detector.gain + detector.bias, SATURATION);
  }
  return out;
}

/**
 * One exposure: electrons ~ Poisson((rate + dark)·t) + cosmic rays + Normal(0, read noise), divided by the gain, offset,
 * rounded and limited by a 16-bit converter.
 *
 * @param rate - photoelectrons a second in each pixel
 * @param random - the exposure's own stream; cosmic rays have a stream of their own, so that switching them off changes nothing else
 * @param charge - scratch of the rate's length
 */
export function expose(
  rate: Float64Array,
  seconds: number,
  detector: Detector,
  random: Rng,
  charge: Float64Array,
  out: Float32Array,
): Float32Array {
  cosmicRays(charge, seconds, detector, random);
  const noise = new Noise(random.child("pixels"));
  for (let p = 0; p < rate.length; p++) {
    const electrons =
      noise.poisson((rate[p]! + detector.darkCurrent) * seconds) + detector.readNoise * noise.normal() + charge[p]!;
    out[p] = Math.min(Math.max(Math.round(electrons / detector.gain + detector.bias), 0), SATURATION);
  }
  return out;
}

/**
 * Hits arrive as a Poisson process in time and fall on one to three neighbouring pixels; their charge is exponentially
 * distributed, a simple stand-in for the spread of path lengths and energy losses (D. E. Groom, "Cosmic rays and other
 * nonsense in astronomical CCD imagers", Exp. Astron. 14 (2002) 45: some 80 electrons for every µm of silicon).
 */
function cosmicRays(charge: Float64Array, seconds: number, detector: Detector, random: Rng): void {
  charge.fill(0);
  if (detector.cosmicRate === 0) return;
  const noise = new Noise(random.child("cosmic"));
  const hits = noise.poisson(detector.cosmicRate * seconds);
  for (let h = 0; h < hits; h++) {
    const first = Math.floor(noise.next() * charge.length);
    const pixels = 1 + Math.floor(noise.next() * 3);
    const share = (detector.cosmicCharge * noise.exponential()) / pixels;
    for (let p = first; p < Math.min(first + pixels, charge.length); p++) charge[p] = charge[p]! + share;
  }
}
