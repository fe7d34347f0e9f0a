import type { Block, ColorKey, TitledImage } from "../blocks.ts";
import { formatCount, formatPercent } from "../format.ts";
import type { Channels } from "../image/composite.ts";
import { type DividedImage, partCodes, type PartCounts, partColors, splitImage } from "../image/split-map.ts";
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

/** More images than this are counted, but not drawn. */
const mostImages = 6;

/** A split over its images, with the pixels of each part, and a table of the labelled pixels of each class. */
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
  for (const image of images.slice(0, mostImages)) {
    const alt = `Split of ${image.id}, ${image.height} × ${image.width} pixels: ${words(image.pixels)}.`;
    drawn.push(await titled(image.id, alt, splitImage(image, image.background)));
  }
  const left = images.length > mostImages ? ` The first ${mostImages} of ${images.length} images are drawn.` : "";
  const counted = classes.map((_, c) => sumOf(images.map((i) => i.classes[c] ?? none)));
  return [
    { kind: "images", images: drawn, keys, caption: `The pixels of each part over the image.${left}` },
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
