/** Three bands of a cube as red, green and blue. */
import { formatUnit } from "../format.ts";
import { quantile } from "../numbers.ts";
import type { RasterImage } from "../raster/canvas.ts";
import { type Grid, gridOver, imageSize, type SpectralImage } from "./spectral-image.ts";

export interface BandChoice {
  /** Indices of the bands shown as red, green and blue. */
  readonly bands: readonly [number, number, number];
  /** In words: `red 641 nm, green 549 nm, blue 461 nm`. */
  readonly about: string;
}

/** What the eye's three primaries are taken to be, in nm, and how far off a band may be. */
const primaries = [640, 550, 460] as const;
const tolerance = 25;
const nanometres: Readonly<Record<string, number>> = { nm: 1, um: 1000 };

/**
 * The bands nearest to 640, 550 and 460 nm where a wavelength axis has one within 25 nm of each; otherwise false colour: the
 * bands 5/6, 1/2 and 1/6 up the axis, so that red is its high end.
 */
export function compositeBands({ unit, values }: SpectralImage["axis"]): BandChoice {
  const scale = nanometres[unit];
  const natural = scale === undefined ? undefined : primaries.map((wanted) => nearest(values, wanted / scale));
  if (
    scale !== undefined &&
    natural?.every((band, i) => Math.abs(values[band]! * scale - primaries[i]!) <= tolerance) &&
    new Set(natural).size === 3
  )
    return { bands: natural as unknown as BandChoice["bands"], about: describe(natural, unit, values) };
  const n = values.length;
  const falls = n > 1 && values[0]! > values[n - 1]!;
  const bands = [5, 3, 1].map((sixths) => {
    const up = Math.min(n - 1, Math.floor((sixths * n) / 6));
    return falls ? n - 1 - up : up;
  });
  return { bands: bands as unknown as BandChoice["bands"], about: `false colour: ${describe(bands, unit, values)}` };
}

function nearest(values: ArrayLike<number>, wanted: number): number {
  let best = 0;
  for (let i = 1; i < values.length; i++)
    if (Math.abs(values[i]! - wanted) < Math.abs(values[best]! - wanted)) best = i;
  return best;
}

const describe = (bands: readonly number[], unit: string, values: ArrayLike<number>): string =>
  ["red", "green", "blue"]
    .map((color, i) => {
      const band = bands[i]!;
      if (unit === "index") return `${color} band ${band}`;
      return `${color} ${String(Number(values[band]!.toPrecision(4)))} ${formatUnit(unit)}`;
    })
    .join(", ");

/** Three channels on a picture's grid; NaN where there are no data. */
export interface Channels extends Grid {
  readonly planes: readonly [Float64Array, Float64Array, Float64Array];
}

/** Means of three bands over the blocks of a grid. Of the cube's values only those of the three bands are looked at. */
export function channelsOf(image: SpectralImage, bands: BandChoice["bands"], most?: number): Channels {
  const { height, width } = imageSize(image);
  const { data, valid } = image;
  const points = image.axis.values.length;
  const grid = gridOver(height, width, most);
  const planes = bands.map((band) => {
    const plane = new Float64Array(grid.height * grid.width).fill(NaN);
    for (let y = 0; y < grid.height; y++)
      for (let x = 0; x < grid.width; x++) {
        let sum = 0;
        let count = 0;
        const [bottom, right] = [Math.min(height, (y + 1) * grid.step), Math.min(width, (x + 1) * grid.step)];
        for (let row = y * grid.step; row < bottom; row++)
          for (let column = x * grid.step; column < right; column++) {
            const pixel = row * width + column;
            const value = data[pixel * points + band]!;
            if ((valid && !valid[pixel]) || !Number.isFinite(value)) continue;
            sum += value;
            count++;
          }
        if (count > 0) plane[y * grid.width + x] = sum / count;
      }
    return plane;
  });
  return { ...grid, planes: planes as unknown as Channels["planes"] };
}

/** Values shown as no and as full red, green and blue. */
export type Stretch = readonly { readonly low: number; readonly high: number }[];

/** The 2nd and 98th percentile of each channel over these pictures together. */
export function stretchOf(pictures: readonly Channels[]): Stretch {
  return [0, 1, 2].map((channel) => {
    const finite = pictures.flatMap((p) => Array.from(p.planes[channel]!.filter(Number.isFinite)));
    const sorted = Float64Array.from(finite).sort();
    return sorted.length === 0 ? { low: 0, high: 1 } : { low: quantile(sorted, 0.02), high: quantile(sorted, 0.98) };
  });
}

/** A picture in colour; pixels without data are transparent. A channel that is the same everywhere is shown half bright. */
export function compositeImage({ height, width, planes }: Channels, stretch: Stretch): RasterImage {
  const data = new Uint8Array(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    if (planes.some((plane) => Number.isNaN(plane[i]!))) continue;
    for (let c = 0; c < 3; c++) {
      const { low, high } = stretch[c]!;
      const share = high > low ? (planes[c]![i]! - low) / (high - low) : 0.5;
      data[4 * i + c] = Math.round(255 * Math.min(1, Math.max(0, share)));
    }
    data[4 * i + 3] = 255;
  }
  return { width, height, data };
}
