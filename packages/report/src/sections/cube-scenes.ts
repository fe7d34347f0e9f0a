import type { Block, ImagesBlock, Section, TitledImage } from "../blocks.ts";
import { formatNumber } from "../format.ts";
import { channelsOf, compositeBands, compositeImage, stretchOf } from "../image/composite.ts";
import { pixelErrors, rampImage, shrinkMap } from "../image/maps.ts";
import { pngDataUrl } from "../image/png.ts";
import { axisLabel, gridOver, imageSize, type SpectralImage } from "../image/spectral-image.ts";
import { quantile, sortedFinite } from "../numbers.ts";
import { type LineSeries, roles } from "../plot/line-plot.ts";
import type { RasterImage } from "../raster/canvas.ts";

/** A cube that was restored, beside the true one. */
export interface CubeScene {
  readonly id: string;
  /** Why it was picked: `best`, `median`, `worst`. */
  readonly label: string;
  /** What went in; on a coarser grid, or with other bands, than what comes out, as it may be. */
  readonly input: SpectralImage;
  readonly truth: SpectralImage;
  /** The network first, then what it is compared with; values as in `truth`. */
  readonly methods: readonly {
    readonly name: string;
    readonly kind: "network" | "baseline";
    readonly output: ArrayLike<number>;
  }[];
}

/**
 * Restored cubes in pictures (three bands as colours, on the scale of the truth), maps of the error of each pixel, and the
 * spectra at the network's best, median and worst pixel.
 */
export async function cubeScenesSection(scenes: readonly CubeScene[]): Promise<Section> {
  const blocks: Block[] = [];
  for (const scene of scenes) blocks.push(...(await sceneBlocks(scene)));
  return { title: "Scenes", blocks };
}

/** A picture with its title, as a page shows it. */
export const titled = async (title: string, alt: string, image: RasterImage): Promise<TitledImage> => ({
  title,
  alt,
  png: await pngDataUrl(image),
  width: image.width,
  height: image.height,
});

/** How the pictures of an image were thinned out, in a sentence; empty where they were not. */
export function aboutGrid(image: { readonly shape: readonly number[] }, how: string): string {
  const { height, width } = imageSize(image);
  const { step } = gridOver(height, width);
  return step > 1 ? ` A pixel of a picture stands for ${step} × ${step} of the image: ${how}.` : "";
}

async function sceneBlocks(scene: CubeScene): Promise<Block[]> {
  const errors = scene.methods.map((m) => pixelErrors(m.output, scene.truth));
  return [
    { kind: "text", text: `${scene.label}: ${scene.id}` },
    await compositesBlock(scene),
    await errorsBlock(scene, errors),
    ...spectraBlocks(scene, errors[0] ?? new Float64Array(0)),
  ];
}

async function compositesBlock({ input, truth, methods }: CubeScene): Promise<ImagesBlock> {
  const choice = compositeBands(truth.axis);
  const reference = channelsOf(truth, choice.bands);
  const stretch = stretchOf([reference]);
  const own = compositeBands(input.axis);
  const picture = (title: string, image: SpectralImage, bands = choice.bands): Promise<TitledImage> =>
    titled(title, `${title} as a colour picture`, compositeImage(channelsOf(image, bands), stretch));
  const images = [await picture("input", input, own.bands), await picture("truth", truth)];
  for (const { name, output } of methods) images.push(await picture(name, { ...truth, data: output }));
  return {
    kind: "images",
    images,
    caption: `Three bands as colours (${choice.about}), each from the 2nd to the 98th percentile of the truth.${aboutGrid(truth, "means")}`,
  };
}

async function errorsBlock({ truth, methods }: CubeScene, errors: readonly Float64Array[]): Promise<ImagesBlock> {
  const { height, width } = imageSize(truth);
  const maps = errors.map((e) => shrinkMap(e, height, width));
  const high = Math.max(...maps.map((m) => quantile(sortedFinite(m.data), 0.98)).filter(Number.isFinite), 0);
  const images: TitledImage[] = [];
  for (const [i, map] of maps.entries()) {
    const { name } = methods[i]!;
    const middle = quantile(sortedFinite(errors[i]!), 0.5);
    const alt = `Map of the error of ${name}; half of the pixels are below ${formatNumber(middle, 3)}`;
    images.push(await titled(`error of ${name}`, alt, rampImage(map, high)));
  }
  return {
    kind: "images",
    images,
    bar: { label: "RMSE of a pixel", high },
    caption: `Root-mean-square error over the bands of each pixel, on one scale.${aboutGrid(truth, "means")}`,
  };
}

/** The pixels with the smallest, the middle and the largest error. */
export function pickPixels(errors: ArrayLike<number>): { readonly label: string; readonly pixel: number }[] {
  const order = Array.from({ length: errors.length }, (_, i) => i)
    .filter((i) => Number.isFinite(errors[i]!))
    .sort((a, b) => errors[a]! - errors[b]! || a - b);
  if (order.length === 0) return [];
  const picks = [
    { label: "best", pixel: order[0]! },
    { label: "median", pixel: order[Math.floor(order.length / 2)]! },
    { label: "worst", pixel: order.at(-1)! },
  ];
  return order.length < 3 ? picks.slice(0, 1) : picks;
}

function spectraBlocks({ input, truth, methods }: CubeScene, errors: Float64Array): Block[] {
  const { width } = imageSize(truth);
  const points = truth.axis.values.length;
  const at = (data: ArrayLike<number>, pixel: number, length: number): number[] =>
    Array.from({ length }, (_, i) => data[pixel * length + i]!);
  return pickPixels(errors).map(({ label, pixel }): Block => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const line = (name: string, y: number[], role: keyof typeof roles): LineSeries => ({
      name,
      x: truth.axis.values,
      y,
      tone: roles[role],
      style: role === "input" ? "faint" : role === "baseline" ? "dashed" : "solid",
    });
    return {
      kind: "lines",
      height: 220,
      caption: `The network's ${label} pixel: row ${row}, column ${column}, RMSE ${formatNumber(errors[pixel]!, 3)}.`,
      plot: {
        x: { label: axisLabel(truth.axis), unit: truth.axis.unit },
        y: { label: "Value" },
        series: [
          {
            ...line("input", at(input.data, pixelBelow(input, truth, row, column), input.axis.values.length), "input"),
            x: input.axis.values,
          },
          line("truth", at(truth.data, pixel, points), "target"),
          ...methods
            .map(({ name, kind, output }) => line(name, at(output, pixel, points), kind))
            // The network is drawn last, on top.
            .toReversed(),
        ],
      },
    };
  });
}

/** The input's pixel that covers a pixel of the truth, whose grid may be finer. */
function pixelBelow(input: SpectralImage, truth: SpectralImage, row: number, column: number): number {
  const [coarse, fine] = [imageSize(input), imageSize(truth)];
  const y = Math.floor((row * coarse.height) / fine.height);
  return y * coarse.width + Math.floor((column * coarse.width) / fine.width);
}
