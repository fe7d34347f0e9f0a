import { floatLike, type Prediction, spectralArray, type SpectralArray } from "@spectrai/core";
import { matrix, type Matrix, principalComponents } from "@spectrai/linalg";
import { countValid } from "../valid.ts";
import { medianFilter } from "./median-filter.ts";
import { DEVIATION_OF_MEDIAN, noiseLevels } from "./noise-level.ts";
import { pixelRows } from "./pixels.ts";
import { projectRows } from "./project.ts";
import { medianOf } from "./select.ts";

const ROUNDS = 8;

/** Deviations from the low-rank image beyond which a value is an outlier. */
const OUTLIER = 3;

/** Pixels the components are found from. */
const MOST_PIXELS = 4096;

/** Larger images are taken in strips of rows, so that what is held beside the image stays small. */
const STRIP_PIXELS = 16_384;

/**
 * An image as a low-rank one, Gaussian noise of a level for each band, and sparse outliers: impulses, dead lines, stripes. In
 * turn the leading principal components are found with outliers replaced by what the components say of them, and outliers are
 * told anew by their distance from the components (GoDec, Zhou and Tao, ICML 2011; Zhang et al., IEEE Trans. Geosci. Remote
 * Sens. 52 (2014) 4729, there on small patches). Begins with a median filter. Bands are divided by their noise first.
 */
export function lowRankImage(image: SpectralArray, components: number): Prediction {
  const [height, width, points] = image.shape as [number, number, number];
  const out = floatLike(image.data, image.data.length);
  const strips = Math.ceil((height * width) / STRIP_PIXELS);
  for (let s = 0; s < strips; s++) {
    const from = Math.floor((s * height) / strips);
    const to = Math.floor(((s + 1) * height) / strips);
    const strip = spectralArray(
      image.data.subarray(from * width * points, to * width * points),
      [to - from, width, points],
      image.axis,
      image.valid?.subarray(from * width, to * width),
    );
    if (strip.data.length > 0) out.set(lowRankStrip(strip, components), from * width * points);
  }
  return { data: out, shape: image.shape };
}

function lowRankStrip(image: SpectralArray, components: number): Float64Array {
  const points = image.shape.at(-1)!;
  const valid = countValid(image.valid, image.data.length / points) > 0 ? image.valid : undefined;
  const levels = noiseLevels(image);
  const x = divided(image.data, levels);
  let clean = divided(medianFilter(image, 3).data, levels);
  let fitted = clean;
  for (let round = 0; round < ROUNDS; round++) {
    const current = spectralArray(clean.data, image.shape, image.axis, image.valid);
    const { mean, axes } = principalComponents(pixelRows(current, MOST_PIXELS));
    const count = Math.min(components, axes.rows);
    fitted = projectRows(clean, mean, matrix(count, points, axes.data.subarray(0, count * points)));
    clean = withoutOutliers(x, fitted, valid);
  }
  for (let i = 0, at = 0; i < fitted.rows; i++)
    for (let j = 0; j < points; j++, at++) fitted.data[at] = fitted.data[at]! * levels[j]!;
  return fitted.data;
}

function divided(data: ArrayLike<number>, levels: Float64Array): Matrix {
  const out = matrix(data.length / levels.length, levels.length);
  for (let i = 0, at = 0; i < out.rows; i++)
    for (let j = 0; j < out.columns; j++, at++) out.data[at] = data[at]! / levels[j]!;
  return out;
}

/** `x` with the outliers of each column replaced by `fitted`; rows that do not count tell nothing of what is usual. */
function withoutOutliers(x: Matrix, fitted: Matrix, valid: Uint8Array | undefined): Matrix {
  const out = matrix(x.rows, x.columns);
  const distances = new Float64Array(x.rows);
  for (let j = 0; j < x.columns; j++) {
    let count = 0;
    for (let i = 0, at = j; i < x.rows; i++, at += x.columns)
      if (!valid || valid[i]) distances[count++] = Math.abs(x.data[at]! - fitted.data[at]!);
    const limit = OUTLIER * DEVIATION_OF_MEDIAN * medianOf(distances, count);
    for (let i = 0, at = j; i < x.rows; i++, at += x.columns)
      out.data[at] = Math.abs(x.data[at]! - fitted.data[at]!) > limit ? fitted.data[at]! : x.data[at]!;
  }
  return out;
}
