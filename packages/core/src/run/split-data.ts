import type { Dataset } from "../contracts/dataset.ts";
import type { ImageInfo, ImageParts, Split, SplitImage, Splitter } from "../contracts/splitter.ts";
import { isSpectraiError, SpectraiError } from "../errors.ts";
import { wholeOf } from "../images/windows.ts";
import type { Rng } from "../rng.ts";
import { leakInWindow, countsOf, leakOfSamples } from "../splitters/leak.ts";
import { partCodes } from "../images/windows.ts";

/** An image and how its pixels are parted. */
export interface DividedImage {
  readonly info: ImageInfo;
  readonly parts: ImageParts;
}

export interface SplitData {
  /** Of windows, where images were cut. */
  readonly dataset: Dataset;
  readonly split: Split;
  /** Absent for data that are no images. */
  readonly images?: readonly DividedImage[];
}

/** Parts a data set: the pixels of images where the splitter divides them, else whole samples; images are then cut into windows. */
export async function splitDataset(dataset: Dataset, splitter: Splitter, name: string, rng: Rng): Promise<SplitData> {
  const { images } = dataset;
  if (!images) {
    if (splitter.splitPixels)
      throw new SpectraiError(
        "SPECTRAI_DATA_SPLIT",
        `split: ${name} divides the pixels of images, but the data are no images with a mask or a cube as target; use random, block or group.`,
      );
    return { dataset, split: splitter.split(dataset.samples, rng) };
  }
  const parts = splitter.splitPixels
    ? await splitter.splitPixels(
        images.list.map((info, i): SplitImage => (images.labels ? { ...info, labels: () => images.labels!(i) } : info)),
        rng,
      )
    : wholeImages(images.list, splitWhole(dataset, splitter, name, rng));
  const cut = await images.cut(parts);
  return { ...cut, images: images.list.map((info, i) => ({ info, parts: parts[i]! })) };
}

/** A split of whole images, of which there may be too few for it. */
function splitWhole(dataset: Dataset, splitter: Splitter, name: string, rng: Rng): Split {
  try {
    return splitter.split(dataset.samples, rng);
  } catch (e) {
    if (!isSpectraiError(e) || e.code !== "SPECTRAI_DATA_SPLIT" || dataset.samples.length > fewImages) throw e;
    const sentence = e.message.replace(/\.$/, "");
    throw new SpectraiError(
      e.code,
      `${sentence}; ${name} takes images as a whole: strips, image-blocks and class-rows divide the pixels of one.`,
      { cause: e },
    );
  }
}

/** So few that they can hardly be parted without being divided. */
const fewImages = 8;

const wholeImages = (images: readonly ImageInfo[], split: Split): ImageParts[] =>
  images.map((image, i) => {
    const part = (indices: readonly number[]) => (indices.includes(i) ? [wholeOf(image)] : []);
    return { kind: "rectangles", train: part(split.train), validation: part(split.validation), test: part(split.test) };
  });

/**
 * The leak of a split, from 0 to 1. Images: the share of the test pixels for which the network is shown a training pixel,
 * inside its receptive field `[rows, columns]` (absent = everything it is given); else as {@link leakOfSamples}.
 */
export function leakOfSplit({ dataset, split, images }: SplitData, field?: readonly [number, number]): number {
  // Images that lie side by side in a folder are no neighbours.
  if (!images) return leakOfSamples(dataset.samples, split, dataset.spec.data === "cube" ? 0 : 1);
  let leaking = 0;
  let tested = 0;
  for (const { info, parts } of images) {
    // Windows inside the rectangles of one part show nothing of another.
    if (parts.kind === "rectangles") {
      for (const r of parts.test) tested += (r.y1 - r.y0) * (r.x1 - r.x0);
      continue;
    }
    const counts = countsOf(info.height, info.width, (i) => parts.part[i] === partCodes.train);
    for (const i of split.test) {
      const { place } = dataset.samples[i]!;
      if (place?.image !== info.id) continue;
      const own = leakInWindow(counts, place, field, (p) => parts.part[p] === partCodes.test);
      leaking += own.leaking;
      tested += own.tested;
    }
  }
  return tested === 0 ? 0 : leaking / tested;
}
