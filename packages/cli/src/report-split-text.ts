import type { Preview } from "@spectrai/core";
import {
  type DividedImage,
  type DrawnImage,
  isDivided,
  leakText,
  mostDrawn,
  partCodes,
  type PartCounts,
  type RasterImage,
  splitImage,
  splitMapLegend,
  splitMapText,
} from "@spectrai/report";
import { encode } from "fast-png";
import { classesOf, inOrder, leakAbout } from "./report-split.ts";
import { table } from "./table.ts";

/** The parts in the order that people expect, as numbers in `partCodes`. */
const order = [1, 2, 3, 0] as const;
const names = ["guard or unused", "training", "validation", "test"] as const;

const titleOf = { images: "Images", samples: "Samples" } as const;

/** A split as text: over its images, or over the samples in their order, with counts and the leak. */
export function splitText(preview: Preview, images: readonly DrawnImage[], width: number): string {
  const { data, config } = preview;
  const options = { width: Math.min(width, 100), colour: process.stdout.isTTY };
  const divided = images.filter(isDivided);
  const { counted } = inOrder(data);
  const drawings =
    divided.length > 0
      ? divided
          .slice(0, mostDrawn)
          .map((image) => `${image.id}, ${image.height} × ${image.width} pixels\n${splitMapText(image, options)}`)
      : [`${titleOf[counted]} in the order of the data\n${splitMapText(asRow(preview), options)}`];
  const near = divided.length > 0 ? { counted: "pixels", leakAbout } : { counted };
  const leak = leakText({ runs: [], leak: data.leak(), ...near });
  return [
    `${config.split.name} split of ${data.dataset.source}`,
    ...drawings,
    ...(divided.length > mostDrawn ? [`The first ${mostDrawn} of ${divided.length} images.`] : []),
    splitMapLegend,
    countsTable(preview, images),
    ...(leak === undefined ? [] : [leak]),
  ].join("\n\n");
}

/** A data set as an image of one row, a pixel a sample or whole image. */
function asRow({ data }: Preview): DividedImage {
  const { split, total, counted } = inOrder(data);
  const part = new Uint8Array(total);
  for (const [code, name] of partCodes.entries()) if (name !== "unused") for (const i of split[name]) part[i] = code;
  return { id: counted, height: 1, width: total, parts: { kind: "pixels", part } };
}

function countsTable(preview: Preview, images: readonly DrawnImage[]): string {
  const { split, total, counted } = inOrder(preview.data);
  const parted = [split.train.length, split.validation.length, split.test.length];
  const samples = [total - parted.reduce((a, b) => a + b, 0), ...parted];
  const row = (name: string, counts: readonly number[]): string[] => [name, ...order.map((c) => String(counts[c]!))];
  return table(
    ["", ...order.map((c) => names[c])],
    [
      row(images.some(isDivided) ? "windows" : counted, samples),
      ...(images.length > 0 ? [row("pixels", sumOf(images.map((i) => i.pixels)))] : []),
      ...classesOf(preview.data).map((name, c) =>
        row(name, sumOf(images.flatMap((i) => (i.classes[c] ? [i.classes[c]] : [])))),
      ),
    ],
  );
}
const sumOf = (counts: readonly PartCounts[]): readonly number[] =>
  [0, 1, 2, 3].map((code) => counts.reduce((sum, c) => sum + c[code]!, 0));

/** The split as plain JSON: areas and counts of each image. */
export function splitJson(preview: Preview, images: readonly DrawnImage[]): object[] {
  const classes = classesOf(preview.data);
  const byPart = (counts: PartCounts): object => Object.fromEntries(partCodes.map((name, c) => [name, counts[c]]));
  return images.map(({ id, height, width, parts, pixels, classes: counts }) => ({
    id,
    height,
    width,
    ...(parts.kind === "rectangles"
      ? { rectangles: { train: parts.train, validation: parts.validation, test: parts.test } }
      : {}),
    pixels: byPart(pixels),
    ...(counts.length > 0 ? { classes: Object.fromEntries(classes.map((name, c) => [name, byPart(counts[c]!)])) } : {}),
  }));
}

/** The first divided images under the colours of their parts, one below the other; undefined where none is divided. */
export function splitPng(images: readonly DrawnImage[]): Uint8Array | undefined {
  const drawn = images
    .filter(isDivided)
    .slice(0, mostDrawn)
    .map((image) => splitImage(image, image.background));
  if (drawn.length === 0) return undefined;
  const gap = 8;
  const width = Math.max(...drawn.map((d) => d.width));
  const height = drawn.reduce((sum, d) => sum + d.height + gap, -gap);
  const picture: RasterImage = { width, height, data: new Uint8Array(4 * width * height).fill(255) };
  let top = 0;
  for (const d of drawn) {
    for (let y = 0; y < d.height; y++)
      picture.data.set(d.data.subarray(4 * y * d.width, 4 * (y + 1) * d.width), 4 * (top + y) * width);
    top += d.height + gap;
  }
  return encode({ width, height, data: picture.data, channels: 4, depth: 8 });
}
