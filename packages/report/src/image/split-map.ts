/** Which pixels of an image are in which part of a split: counted, and drawn over the image. */
import type { RasterImage } from "../raster/canvas.ts";
import { lightTones, type Rgb } from "../plot/tones.ts";
import type { SplitPart } from "../report-data.ts";
import { type BandChoice, type Channels, compositeImage, stretchOf } from "./composite.ts";
import { type Grid, gridOver, imageSize, middleOf, type SpectralImage } from "./spectral-image.ts";

/** Rows `[y0, y1)` and columns `[x0, x1)`. */
export interface Area {
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/** What core calls `ImageParts`: areas of each part, or a number for each pixel, as in `partCodes`. */
export type PartsOfImage =
  | {
      readonly kind: "rectangles";
      readonly train: readonly Area[];
      readonly validation: readonly Area[];
      readonly test: readonly Area[];
    }
  | { readonly kind: "pixels"; readonly part: ArrayLike<number> };

export interface DividedImage {
  readonly id: string;
  readonly height: number;
  readonly width: number;
  readonly parts: PartsOfImage;
}

/** Whether pixels of an image are in different parts; else it is in one, or in none, as a whole. */
export function isDivided({ height, width, parts }: DividedImage): boolean {
  if (parts.kind === "pixels") return true;
  const areas = [...parts.train, ...parts.validation, ...parts.test];
  return areas.length > 0 && !areas.some((r) => r.y0 === 0 && r.x0 === 0 && r.y1 === height && r.x1 === width);
}

/** The parts by their numbers: pixels in none of them are a guard band, or not used. */
export const partCodes = ["unused", "train", "validation", "test"] as const satisfies readonly SplitPart[];

/** Writes the numbers of the parts of one row of an image. */
export function partsOfRow({ width, parts }: DividedImage, row: number, out: Uint8Array): void {
  if (parts.kind === "pixels") {
    for (let x = 0; x < width; x++) out[x] = parts.part[row * width + x]!;
    return;
  }
  out.fill(0, 0, width);
  for (const [code, name] of partCodes.entries())
    if (name !== "unused")
      for (const { y0, y1, x0, x1 } of parts[name]) if (row >= y0 && row < y1) out.fill(code, x0, Math.min(x1, width));
}

/** Numbers of pixels by part, in the order of `partCodes`. */
export type PartCounts = readonly [number, number, number, number];

/** Labels of some rows of an image. */
export type LabelRows = (
  rows: readonly [start: number, stop: number],
) => Promise<{ readonly data: ArrayLike<number>; readonly ignored: number }>;

/** Pixels that are looked at in one go. */
const stripPixels = 1 << 20;

/** Counts the pixels of each part, and those of each class; labels are read strip by strip. */
export async function countParts(
  image: DividedImage,
  classes = 0,
  labels?: LabelRows,
): Promise<{ readonly pixels: PartCounts; readonly classes: readonly PartCounts[] }> {
  const { height, width } = image;
  const pixels: [number, number, number, number] = [0, 0, 0, 0];
  const byClass = Array.from({ length: classes }, (): [number, number, number, number] => [0, 0, 0, 0]);
  const codes = new Uint8Array(width);
  const strip = Math.max(1, Math.floor(stripPixels / width));
  for (let start = 0; start < height; start += strip) {
    const stop = Math.min(height, start + strip);
    const read = labels && (await labels([start, stop]));
    for (let row = start; row < stop; row++) {
      partsOfRow(image, row, codes);
      for (let x = 0; x < width; x++) {
        const code = codes[x]!;
        pixels[code]!++;
        const label = read?.data[(row - start) * width + x];
        const counts = label === undefined || label === read!.ignored ? undefined : byClass[label];
        if (counts) counts[code]!++;
      }
    }
  }
  return { pixels, classes: byClass };
}

/** Puts windows of an image together to one picture of it. Memory is that of the picture. */
export class Mosaic {
  readonly #grid: Grid;
  readonly #planes: readonly Float64Array[];
  readonly #counts: Float64Array;

  constructor(height: number, width: number, most?: number) {
    this.#grid = gridOver(height, width, most);
    const blocks = this.#grid.height * this.#grid.width;
    this.#planes = [0, 1, 2].map(() => new Float64Array(blocks));
    this.#counts = new Float64Array(blocks);
  }

  /** A window whose corners are at a place of the image; its own grid may be coarser than the image's. */
  add(window: SpectralImage, { y0, y1, x0, x1 }: Area, bands: BandChoice["bands"]): void {
    const { height, width } = imageSize(window);
    const { step, width: across } = this.#grid;
    const points = window.axis.values.length;
    for (let y = y0; y < y1; y++) {
      const row = Math.floor(((y - y0) * height) / (y1 - y0));
      for (let x = x0; x < x1; x++) {
        const pixel = row * width + Math.floor(((x - x0) * width) / (x1 - x0));
        if (window.valid && !window.valid[pixel]) continue;
        const block = Math.floor(y / step) * across + Math.floor(x / step);
        for (let c = 0; c < 3; c++) this.#planes[c]![block]! += window.data[pixel * points + bands[c]!]!;
        this.#counts[block]!++;
      }
    }
  }

  /** Means over the blocks; NaN where no window lies. */
  channels(): Channels {
    const planes = this.#planes.map((p) => p.map((sum, i) => (this.#counts[i]! > 0 ? sum / this.#counts[i]! : NaN)));
    return { ...this.#grid, planes: planes as unknown as Channels["planes"] };
  }
}

/** Colours of the parts, the same in every drawing of a split; pixels in no part are faded. */
export const partColors = {
  train: lightTones.blue,
  validation: lightTones.green,
  test: lightTones.orange,
  unused: lightTones.grey,
} as const satisfies Record<SplitPart, Rgb>;

const paper: Rgb = [236, 238, 241];

/**
 * A picture of an image under the colours of its parts, which are drawn full at their borders. Pixels of no part are faded.
 *
 * @param background - on the same grid as `gridOver(height, width, most)`; where it has no data, and without one, a part is plain
 */
export function splitImage(image: DividedImage, background?: Channels, most?: number): RasterImage {
  const grid = gridOver(image.height, image.width, most);
  const under = background && compositeImage(background, stretchOf([background]));
  const data = new Uint8Array(4 * grid.height * grid.width);
  const row = new Uint8Array(image.width);
  let above = new Uint8Array(grid.width);
  for (let y = 0; y < grid.height; y++) {
    partsOfRow(image, middleOf(y, grid, image.height), row);
    const codes = new Uint8Array(grid.width);
    for (let x = 0; x < grid.width; x++) codes[x] = row[middleOf(x, grid, image.width)]!;
    for (let x = 0; x < grid.width; x++) {
      const code = codes[x]!;
      const at = 4 * (y * grid.width + x);
      const isBorder = (y > 0 && above[x] !== code) || (x > 0 && codes[x - 1] !== code);
      const color = partColors[partCodes[code] ?? "unused"];
      const alpha = isBorder && code > 0 ? 1 : 0.5;
      const base: ArrayLike<number> = under && under.data[at + 3]! > 0 ? under.data.subarray(at, at + 3) : paper;
      for (let c = 0; c < 3; c++) data[at + c] = Math.round(base[c]! + (color[c]! - base[c]!) * alpha);
      data[at + 3] = 255;
    }
    above = codes;
  }
  return { width: grid.width, height: grid.height, data };
}
