import { floatLike, type Prediction, type SpectralArray } from "@spectrai/core";
import { fillInvalid } from "./fill.ts";

/** A function of the distance in pixels that is zero from `reach` on. */
export interface Kernel {
  readonly reach: number;
  weight(distance: number): number;
}

/**
 * Cubic convolution (Keys, IEEE Trans. Acoust. Speech Signal Process. 29 (1981) 1153). With a = −0.5, as in MATLAB and Pillow,
 * parabolas are reproduced; a = −0.75, as in OpenCV and PyTorch, is sharper.
 */
export const cubicKernel = (a: number): Kernel => ({
  reach: 2,
  weight(distance) {
    const d = Math.abs(distance);
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? a * (((d - 5) * d + 8) * d - 4) : 0;
  },
});

/** Lanczos' windowed sinc with the given number of lobes (Duchon, J. Appl. Meteorol. 18 (1979) 1016). */
export const lanczosKernel = (lobes: number): Kernel => ({
  reach: lobes,
  weight: (d) => (Math.abs(d) < lobes ? sinc(d) * sinc(d / lobes) : 0),
});

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** For each place of the finer grid `taps` places of the coarser one and their weights, which add up to 1. */
interface Taps {
  readonly taps: number;
  readonly places: Int32Array;
  readonly weights: Float64Array;
}

/** @param first - where the first place of the finer grid lies on the coarser one. Beyond the border its values are repeated. */
function tapsOf(length: number, scale: number, first: number, kernel: Kernel): Taps {
  const taps = 2 * kernel.reach;
  const places = new Int32Array(length * scale * taps);
  const weights = new Float64Array(places.length);
  for (let o = 0; o < length * scale; o++) {
    const centre = first + o / scale;
    const from = Math.floor(centre) - kernel.reach + 1;
    let sum = 0;
    for (let t = 0, at = o * taps; t < taps; t++, at++) {
      places[at] = Math.min(Math.max(from + t, 0), length - 1);
      weights[at] = kernel.weight(from + t - centre);
      sum += weights[at]!;
    }
    for (let at = o * taps; at < (o + 1) * taps; at++) weights[at] = weights[at]! / sum;
  }
  return { taps, places, weights };
}

/**
 * An image `[H, W, L]` on a grid that is `scale` times finer, each band by itself, columns first and then rows.
 *
 * @param first - where the centre of the finer grid's first pixel lies on the coarser grid, in its pixels: 1/(2·scale) − 1/2 where
 * both cover the same area, 0 where both begin with the same pixel
 */
export function interpolate(input: SpectralArray, scale: number, first: number, kernel: Kernel): Prediction {
  const [height, width, points] = input.shape as [number, number, number];
  const { data } = fillInvalid(input);
  const vertical = tapsOf(height, scale, first, kernel);
  const horizontal = tapsOf(width, scale, first, kernel);
  const stretch = width * points;
  const row = new Float64Array(stretch);
  const spectrum = new Float64Array(points);
  const out = floatLike(data, data.length * scale * scale);
  for (let y = 0, to = 0; y < height * scale; y++) {
    row.fill(0);
    for (let t = y * vertical.taps; t < (y + 1) * vertical.taps; t++) {
      const w = vertical.weights[t]!;
      const from = vertical.places[t]! * stretch;
      for (let j = 0; j < stretch; j++) row[j] = row[j]! + w * data[from + j]!;
    }
    for (let x = 0; x < width * scale; x++, to += points) {
      spectrum.fill(0);
      for (let t = x * horizontal.taps; t < (x + 1) * horizontal.taps; t++) {
        const w = horizontal.weights[t]!;
        const from = horizontal.places[t]! * points;
        for (let j = 0; j < points; j++) spectrum[j] = spectrum[j]! + w * row[from + j]!;
      }
      out.set(spectrum, to);
    }
  }
  return { data: out, shape: [height * scale, width * scale, points] };
}
