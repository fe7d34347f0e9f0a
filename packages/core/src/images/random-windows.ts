import type { LabelArray, Rectangle } from "../contracts/sample.ts";
import type { ImageInfo, ImageParts } from "../contracts/splitter.ts";
import type { Rng } from "../rng.ts";
import { heightOf, partCodes, rectanglesOf, type Window, widthOf } from "./windows.ts";

/** Draws a window for training. */
export type DrawWindow = (random: Rng) => Window;

/** Places that are kept of a class, at most: enough to draw from, whatever the size of the image. */
const mostPlaces = 65_536;

/** Windows of `size × size` anywhere in the training parts, every place as likely as any other. */
export function anywhere(images: readonly ImageInfo[], parts: readonly ImageParts[], size: number): DrawWindow {
  const places = trainingRectangles(images, parts).map((r) => ({
    ...r,
    count: (heightOf(r) - size + 1) * (widthOf(r) - size + 1),
  }));
  const total = places.reduce((sum, r) => sum + r.count, 0);
  return (random) => {
    let at = random.integer(total);
    const inside = places.find((r) => (at -= r.count) < 0)!;
    at += inside.count;
    const across = widthOf(inside) - size + 1;
    return windowAt(inside, inside.y0 + Math.floor(at / across), inside.x0 + (at % across), size);
  };
}

/**
 * Windows around labelled training pixels, every class as likely as any other: a class, one of its pixels, and a window of
 * `size × size` that holds it at a random place.
 */
export async function byClass(
  images: readonly ImageInfo[],
  parts: readonly ImageParts[],
  size: number,
  labels: (image: number) => Promise<LabelArray>,
  random: Rng,
): Promise<DrawWindow> {
  const classes = await placesOfClasses(images, parts, labels, random);
  const present = classes.filter((c) => c.places.length > 0);
  const inside = images.map((image, i) => rectanglesOf(image, parts[i]!, "train"));
  return (rng) => {
    const { places } = present[rng.integer(present.length)]!;
    const { image, y, x } = places[rng.integer(places.length)]!;
    const r = inside[image]!.find((s) => y >= s.y0 && y < s.y1 && x >= s.x0 && x < s.x1)!;
    const along = (at: number, from: number, to: number): number => {
      const low = Math.max(from, at - size + 1);
      const high = Math.min(to - size, at);
      return low + rng.integer(high - low + 1);
    };
    return windowAt({ ...r, image }, along(y, r.y0, r.y1), along(x, r.x0, r.x1), size);
  };
}

interface PlacesOfClass {
  seen: number;
  readonly places: { readonly image: number; readonly y: number; readonly x: number }[];
}

/** Training pixels of each class; where a class has too many to keep, a fair sample of them. */
async function placesOfClasses(
  images: readonly ImageInfo[],
  parts: readonly ImageParts[],
  labels: (image: number) => Promise<LabelArray>,
  random: Rng,
): Promise<PlacesOfClass[]> {
  const classes: PlacesOfClass[] = [];
  for (const [image, info] of images.entries()) {
    const split = parts[image]!;
    const inside = rectanglesOf(info, split, "train");
    if (inside.length === 0) continue;
    const { data, ignored } = await labels(image);
    for (const r of inside)
      for (let y = r.y0; y < r.y1; y++)
        for (let x = r.x0; x < r.x1; x++) {
          const at = y * info.width + x;
          const label = data[at]!;
          if (label === ignored || label < 0) continue;
          if (split.kind === "pixels" && split.part[at] !== partCodes.train) continue;
          const own = (classes[label] ??= { seen: 0, places: [] });
          own.seen++;
          if (own.places.length < mostPlaces) own.places.push({ image, y, x });
          else {
            const k = random.integer(own.seen);
            if (k < mostPlaces) own.places[k] = { image, y, x };
          }
        }
  }
  return Array.from(classes, (c) => c ?? { seen: 0, places: [] });
}

const trainingRectangles = (images: readonly ImageInfo[], parts: readonly ImageParts[]): Window[] =>
  images.flatMap((info, image) => rectanglesOf(info, parts[image]!, "train").map((r) => ({ ...r, image })));

const windowAt = ({ image }: Window, y0: number, x0: number, size: number): Window & Rectangle => ({
  image,
  y0,
  y1: y0 + size,
  x0,
  x1: x0 + size,
});
