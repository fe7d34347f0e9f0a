/** Maps of labels and of errors. Pixels that do not count are transparent: a page hatches what is behind them. */
import type { RasterImage } from "../raster/canvas.ts";
import type { Rgb } from "../plot/tones.ts";
import { classColor } from "./class-colors.ts";
import { type Grid, gridOver, imageSize, type LabelImage, middleOf, type SpectralImage } from "./spectral-image.ts";

/** Right and wrong, in colours that are told apart by lightness as well. */
export const verdictColors = { right: [170, 204, 232], wrong: [190, 50, 0] } as const satisfies Record<string, Rgb>;

/** The most likely class of each pixel of logits or probabilities `[height, width, classes]`; of equals the first. */
export function classOfPixels(scores: ArrayLike<number>, classes: number): Int32Array {
  const out = new Int32Array(scores.length / classes);
  for (let i = 0; i < out.length; i++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (scores[i * classes + c]! > scores[i * classes + best]!) best = c;
    out[i] = best;
  }
  return out;
}

/** A picture whose pixels are painted by those in the middle of their blocks. */
function paint(
  { height, width }: { readonly height: number; readonly width: number },
  color: (pixel: number) => Rgb | undefined,
  most?: number,
): RasterImage {
  const grid = gridOver(height, width, most);
  const data = new Uint8Array(4 * grid.height * grid.width);
  for (let y = 0; y < grid.height; y++)
    for (let x = 0; x < grid.width; x++) {
      const rgb = color(middleOf(y, grid, height) * width + middleOf(x, grid, width));
      if (rgb) data.set([rgb[0], rgb[1], rgb[2], 255], 4 * (y * grid.width + x));
    }
  return { width: grid.width, height: grid.height, data };
}

/** A label map in the colours of the classes. @param valid - 0 for pixels that are not to be shown */
export const labelImage = (labels: LabelImage, valid?: ArrayLike<number>, most?: number): RasterImage =>
  paint(
    imageSize(labels),
    (i) => {
      const label = labels.data[i]!;
      return label === labels.ignored || label < 0 || (valid && !valid[i]) ? undefined : classColor(label);
    },
    most,
  );

/** Where predicted classes are right and where they are wrong; pixels without a label are left out. */
export const verdictImage = (predicted: ArrayLike<number>, truth: LabelImage, most?: number): RasterImage =>
  paint(
    imageSize(truth),
    (i) => {
      const label = truth.data[i]!;
      if (label === truth.ignored || label < 0) return undefined;
      return predicted[i] === label ? verdictColors.right : verdictColors.wrong;
    },
    most,
  );

/** Root-mean-square error over the bands of each pixel; NaN for those that do not count. */
export function pixelErrors(output: ArrayLike<number>, truth: SpectralImage): Float64Array {
  const points = truth.axis.values.length;
  const { data, valid } = truth;
  return Float64Array.from({ length: data.length / points }, (_, pixel) => {
    if (valid && !valid[pixel]) return NaN;
    let sum = 0;
    for (let i = pixel * points; i < (pixel + 1) * points; i++) sum += (output[i]! - data[i]!) ** 2;
    return Math.sqrt(sum / points);
  });
}

/** Means of a map `[height, width]` over the blocks of a picture's grid; NaN where nothing counts. */
export function shrinkMap(
  map: ArrayLike<number>,
  height: number,
  width: number,
  most?: number,
): Grid & { readonly data: Float64Array } {
  const grid = gridOver(height, width, most);
  const data = new Float64Array(grid.height * grid.width);
  const counts = new Float64Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = map[y * width + x]!;
      if (Number.isNaN(value)) continue;
      const block = Math.floor(y / grid.step) * grid.width + Math.floor(x / grid.step);
      data[block]! += value;
      counts[block]!++;
    }
  for (let i = 0; i < data.length; i++) data[i] = counts[i]! > 0 ? data[i]! / counts[i]! : NaN;
  return { ...grid, data };
}

/** Viridis (van der Walt and Smith, 2015) at ten even steps: rises in lightness, for all eyes and on paper. */
export const ramp: readonly Rgb[] = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
];

/** The colour of a share from 0 to 1. */
export function rampColor(share: number): Rgb {
  const at = Math.min(1, Math.max(0, share)) * (ramp.length - 1);
  const below = Math.min(ramp.length - 2, Math.floor(at));
  const [a, b] = [ramp[below]!, ramp[below + 1]!];
  const mix = (c: 0 | 1 | 2): number => Math.round(a[c] + (at - below) * (b[c] - a[c]));
  return [mix(0), mix(1), mix(2)];
}

/** A map of numbers in colours from 0 to `high`; what lies above has the last one. */
export function rampImage(map: Grid & { readonly data: ArrayLike<number> }, high: number): RasterImage {
  const { height, width } = map;
  const data = new Uint8Array(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    const value = map.data[i]!;
    if (Number.isNaN(value)) continue;
    const rgb = rampColor(high > 0 ? value / high : 0);
    data.set([rgb[0], rgb[1], rgb[2], 255], 4 * i);
  }
  return { width, height, data };
}
