import type { Block, ColorKey, TitledImage } from "../blocks.ts";
import { formatCount, formatPercent } from "../format.ts";
import type { Channels } from "../image/composite.ts";
import {
  type DividedImage,
  isDivided,
  partCodes,
  type PartCounts,
  partColors,
  splitImage,
} from "../image/split-map.ts";
import { hexOf } from "../plot/tones.ts";
import { titled } from "./cube-scenes.ts";
import { partNames } from "./split.ts";

/** An image whose pixels a split has divided, with what was counted in it. */
export interface DrawnImage extends DividedImage {
  readonly pixels: PartCounts;
  /** Labelled pixels of each class; empty where there are no labels. */
  readonly classes: readonly PartCounts[];
  /** The image under the colours, on the grid of a picture. */
  readonly background?: Channels;
}

/** More divided images than this are counted, but not drawn. */
export const mostDrawn = 6;

/**
 * A split over the images that it divides, with the pixels of each part of all images, and a table of the labelled pixels of
 * each class. There is no picture where every image is in one part as a whole.
 */
export async function splitDrawing(images: readonly DrawnImage[], classes: readonly string[]): Promise<Block[]> {
  const total = sumOf(images.map((i) => i.pixels));
  const all = total.reduce((a, b) => a + b, 0);
  if (all === 0) return [];
  const words = (counts: PartCounts): string =>
    [1, 2, 3, 0]
      .filter((code) => counts[code]! > 0)
      .map((code) => `${formatCount(counts[code]!)} ${nameOf(code)}`)
      .join(", ");
  const keys = [1, 2, 3, 0]
    .filter((code) => total[code]! > 0)
    .map((code): ColorKey => {
      const share = formatPercent(total[code]! / all);
      return {
        label: `${formatCount(total[code]!)} ${nameOf(code)} (${share})`,
        color: hexOf(partColors[partCodes[code]!]),
      };
    });
  const drawn: TitledImage[] = [];
  const divided = images.filter(isDivided);
  for (const image of divided.slice(0, mostDrawn)) {
    const alt = `Split of ${image.id}, ${image.height} × ${image.width} pixels: ${words(image.pixels)}.`;
    drawn.push(await titled(image.id, alt, splitImage(image, image.background)));
  }
  const left = divided.length > mostDrawn ? ` The first ${mostDrawn} of ${divided.length} images are drawn.` : "";
  const isHoled = divided.slice(0, mostDrawn).some((i) => i.background?.planes[0].some(Number.isNaN));
  const plain = isHoled ? " Pixels that were not read or have no data are plain." : "";
  const counted = classes.map((_, c) => sumOf(images.map((i) => i.classes[c] ?? none)));
  return [
    ...(drawn.length > 0
      ? [
          {
            kind: "images" as const,
            images: drawn,
            keys,
            caption: `The pixels of each part over the image.${left}${plain}`,
          },
        ]
      : []),
    ...(counted.some((counts) => counts.some((n) => n > 0)) ? [classTable(classes, counted)] : []),
  ];
}

const none: PartCounts = [0, 0, 0, 0];

const nameOf = (code: number): string => (code === 0 ? "guard or unused" : partNames[partCodes[code]!]);

const sumOf = (counts: readonly PartCounts[]): PartCounts =>
  counts.reduce((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]], none);

const classTable = (classes: readonly string[], counts: readonly PartCounts[]): Block => ({
  kind: "table",
  caption: "Labelled pixels of each class and part.",
  columns: [{ label: "Class" }, ...[1, 2, 3, 0].map((code) => ({ label: nameOf(code) }))],
  rows: classes.map((name, c) => [name, ...[1, 2, 3, 0].map((code) => counts[c]![code]!)]),
});
