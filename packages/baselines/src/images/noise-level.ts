import type { SpectralArray } from "@spectrai/core";
import { medianOf } from "./select.ts";

/** Gaussian noise has 1.4826 times the median of its absolute values as standard deviation. */
export const DEVIATION_OF_MEDIAN = 1.4826;

/**
 * The standard deviation of the noise of each band: the median of the absolute values of a mask that smooth images have nothing of,
 * [1 −2 1; −2 4 −2; 1 −2 1] / 6 (Immerkær, Comput. Vis. Image Underst. 64 (1996) 300), which edges and single bad pixels do
 * not move. Only places where all nine pixels count are looked at. Bands without any noise get a millionth of the largest; images
 * without such places ones.
 */
export function noiseLevels({ data, shape, valid }: SpectralArray): Float64Array {
  const [height, width, points] = shape as [number, number, number];
  const levels = new Float64Array(points);
  const centres = wholePlaces(height, width, valid);
  if (centres.length === 0) return levels.fill(1);
  const responses = new Float64Array(centres.length);
  const across = points;
  const down = width * points;
  for (let j = 0; j < points; j++) {
    for (let c = 0; c < centres.length; c++) {
      const at = centres[c]! * points + j;
      const corners =
        data[at - down - across]! + data[at - down + across]! + data[at + down - across]! + data[at + down + across]!;
      const sides = data[at - down]! + data[at + down]! + data[at - across]! + data[at + across]!;
      responses[c] = Math.abs(corners - 2 * sides + 4 * data[at]!) / 6;
    }
    levels[j] = DEVIATION_OF_MEDIAN * medianOf(responses, centres.length);
  }
  const largest = levels.reduce((a, b) => Math.max(a, b), 0);
  return largest > 0 ? levels.map((v) => Math.max(v, 1e-6 * largest)) : levels.fill(1);
}

/** Pixels that count and whose eight neighbours are there and count. */
function wholePlaces(height: number, width: number, valid: Uint8Array | undefined): Int32Array {
  const places: number[] = [];
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const counts = (from: number): boolean => !valid || !!(valid[from - 1] && valid[from] && valid[from + 1]);
      if (counts(at - width) && counts(at) && counts(at + width)) places.push(at);
    }
  return Int32Array.from(places);
}
