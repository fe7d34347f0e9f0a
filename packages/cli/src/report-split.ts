import type { ImageSet, PreparedData, Sample } from "@spectrai/core";
import {
  type Channels,
  compositeBands,
  countParts,
  type DrawnImage,
  type DividedImage,
  isDivided,
  Mosaic,
  mostDrawn,
  type SplitFacts,
  splitDrawing,
  splitRuns,
} from "@spectrai/report";

/** Values that are read to show them, at most; of a larger image windows are left out. */
const mostValues = 1e8;

/** What is near in an image. */
export const leakAbout = "Too near is what the network looks at beside the pixel itself.";

/** A split as a report and a preview show it: over its images, or as the samples in their order. */
export async function splitFacts(
  data: PreparedData,
  images: readonly DrawnImage[],
  { method, leak }: { readonly method: string; readonly leak: number },
): Promise<SplitFacts> {
  const { split, total, counted } = inOrder(data);
  return {
    method,
    leak,
    runs: splitRuns(split, total),
    counted,
    ...(images.length > 0 ? { drawing: await splitDrawing(images, classesOf(data)) } : {}),
    ...(images.some(isDivided) ? { counted: "pixels", leakAbout } : {}),
  };
}

/** What a split parts, in the order of the data: images, where it takes them whole, or else samples. */
export function inOrder({ split, dataset, images }: PreparedData): {
  readonly split: Pick<PreparedData["split"], "train" | "validation" | "test">;
  readonly total: number;
  readonly counted: "images" | "samples";
} {
  if (!images || images.some(({ info, parts }) => isDivided({ ...info, parts })))
    return { split, total: dataset.samples.length, counted: "samples" };
  const wholes = (name: "train" | "validation" | "test"): number[] =>
    images.flatMap(({ parts }, i) => (parts.kind === "rectangles" && parts[name].length > 0 ? [i] : []));
  return {
    split: { train: wholes("train"), validation: wholes("validation"), test: wholes("test") },
    total: images.length,
    counted: "images",
  };
}

/** The names of the classes that pixels are labelled with; empty where they are not. */
export const classesOf = ({ rawSpec: { target } }: PreparedData): readonly string[] =>
  target.kind === "mask" ? target.classes : [];

/** Images with what is counted in them, and pictures of the first that the split divides; empty for data that are no images. */
export async function drawnImages(data: PreparedData): Promise<DrawnImage[]> {
  const { images, imageSet } = data;
  if (!images || !imageSet) return [];
  const classes = classesOf(data).length;
  const divided = images.flatMap(({ info, parts }, i) => (isDivided({ ...info, parts }) ? [i] : []));
  const backgrounds = await readImages(imageSet, divided.slice(0, mostDrawn));
  const drawn: DrawnImage[] = [];
  for (const [i, { info, parts }] of images.entries()) {
    const image: DividedImage = { ...info, parts };
    const { labels } = imageSet;
    const counts = await countParts(image, classes, labels && ((rows) => labels.call(imageSet, i, rows)));
    const background = backgrounds.get(info.id);
    drawn.push({ ...image, ...counts, ...(background ? { background } : {}) });
  }
  return drawn;
}

/** Small pictures of some images, read window by window. */
async function readImages(imageSet: ImageSet, indices: readonly number[]): Promise<ReadonlyMap<string, Channels>> {
  const images = indices.map((i) => imageSet.list[i]!);
  if (images.length === 0) return new Map();
  const { dataset, split } = await imageSet.cut(
    imageSet.list.map(({ height, width }, i) => ({
      kind: "rectangles",
      train: [],
      validation: [],
      test: indices.includes(i) ? [{ y0: 0, y1: height, x0: 0, x1: width }] : [],
    })),
  );
  const values = images.reduce((sum, { height, width }) => sum + height * width, 0) * dataset.spec.axis.values.length;
  const wanted = Math.min(split.test.length, Math.max(1, Math.floor((split.test.length * mostValues) / values)));
  const mosaics = new Map(images.map((i) => [i.id, new Mosaic(i.height, i.width)]));
  for (let k = 0; k < wanted; k++) {
    const sample = await dataset.read(split.test[Math.floor((k * split.test.length) / wanted)]!);
    const image = cleanImage(sample);
    if (sample.place) mosaics.get(sample.place.image)?.add(image, sample.place, compositeBands(image.axis).bands);
  }
  return new Map([...mosaics].map(([id, mosaic]) => [id, mosaic.channels()]));
}

/** The image itself: what is to be restored, or what goes in. */
const cleanImage = ({ input, target }: Sample): Sample["input"] => (target.kind === "spectral" ? target.value : input);
