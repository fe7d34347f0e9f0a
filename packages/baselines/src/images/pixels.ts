import type { SpectralArray } from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";
import { countValid } from "../valid.ts";

/**
 * The spectra of an image's pixels that count, as rows; of more than `most` every n-th, with n such that all columns take part.
 * Where none counts, all do.
 */
export function pixelRows(image: SpectralArray, most: number): Matrix {
  const [height, width, points] = image.shape as [number, number, number];
  const some = countValid(image.valid, height * width) > 0;
  const valid = some ? image.valid : undefined;
  const total = countValid(valid, height * width);
  let stride = Math.max(1, Math.ceil(total / most));
  while (greatestCommonDivisor(stride, width) > 1) stride++;
  const out = matrix(Math.ceil(total / stride), points);
  for (let pixel = 0, seen = 0, to = 0; pixel < height * width; pixel++) {
    if ((valid && !valid[pixel]) || seen++ % stride !== 0) continue;
    out.data.set(image.data.subarray(pixel * points, (pixel + 1) * points), to);
    to += points;
  }
  return out;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
