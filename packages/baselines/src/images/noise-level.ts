import type { SpectralArray } from "@spectrai/core";
import { medianOf } from "./select.ts";

/** Gaussian noise has 1.4826 times the median of its absolute values as standard deviation. */
export const DEVIATION_OF_MEDIAN = 1.4826;

/**
 * The standard deviation of the noise of each band: the median of the absolute values of a mask that smooth images have nothing of,
 * [1 −2 1; −2 4 −2; 1 −2 1] / 6 (Immerkær, Comput. Vis. Image Underst. 64 (1996) 300), which edges and single bad pixels do
 * not move. Bands without any noise get a millionth of the largest; images too small for the mask ones.
 */
export function noiseLevels({ data, shape }: SpectralArray): Float64Array {
  const [height, width, points] = shape as [number, number, number];
  const levels = new Float64Array(points);
  const responses = new Float64Array(Math.max(0, height - 2) * Math.max(0, width - 2));
  if (responses.length === 0) return levels.fill(1);
  const across = points;
  const down = width * points;
  for (let j = 0; j < points; j++) {
    let count = 0;
    for (let y = 1; y < height - 1; y++)
      for (let x = 1; x < width - 1; x++) {
        const at = (y * width + x) * points + j;
        const corners =
          data[at - down - across]! + data[at - down + across]! + data[at + down - across]! + data[at + down + across]!;
        const sides = data[at - down]! + data[at + down]! + data[at - across]! + data[at + across]!;
        responses[count++] = Math.abs(corners - 2 * sides + 4 * data[at]!) / 6;
      }
    levels[j] = DEVIATION_OF_MEDIAN * medianOf(responses, count);
  }
  const largest = levels.reduce((a, b) => Math.max(a, b), 0);
  return largest > 0 ? levels.map((v) => Math.max(v, 1e-6 * largest)) : levels.fill(1);
}
