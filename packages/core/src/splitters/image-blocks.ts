import { z } from "zod";
import { defineComponent } from "../component.ts";
import type { Rectangle } from "../contracts/sample.ts";
import type { ImageParts, SplitImage } from "../contracts/splitter.ts";
import type { Rng } from "../rng.ts";
import { imagesOnly, mustHavePixels } from "./images-only.ts";
import { guardOption, shareSchema, withinWhole } from "./options.ts";

export const imageBlocksSplitSchema = z
  .strictObject({
    size: z.int().min(2).max(65_536).default(32).meta({
      description: "Side of the square blocks; patches must not be larger.",
      group: "blocks",
      unit: "pixels",
    }),
    guard: guardOption,
    validation: shareSchema.default(0.15).meta({
      description: "Share of the blocks for validation; 0 = none.",
      group: "parts",
    }),
    test: shareSchema.default(0.25).meta({ description: "Share of the blocks for test; 0 = none.", group: "parts" }),
  })
  .check(withinWhole);
export type ImageBlocksSplitOptions = z.output<typeof imageBlocksSplitSchema>;

/** Square blocks of each image, a guard band apart, that are dealt out to the parts at random. */
export const imageBlocksSplit = defineComponent({
  kind: "splitter",
  name: "image-blocks",
  summary: "Square blocks of each image with a guard band between them, dealt out to the parts at random.",
  supports: { data: ["cube"] },
  schema: imageBlocksSplitSchema,
  create: (options) => imagesOnly("image-blocks", (images, rng) => Promise.resolve(splitBlocks(images, options, rng))),
});

function splitBlocks(images: readonly SplitImage[], options: ImageBlocksSplitOptions, rng: Rng): ImageParts[] {
  const all = images.flatMap((image, i) => blocksOf(image, options).map((block) => ({ image: i, block })));
  const order = rng.permutation(all.length);
  const testCount = Math.round(options.test * all.length);
  const validationCount = Math.round(options.validation * all.length);
  const parts = images.map(() => ({
    kind: "rectangles" as const,
    train: [] as Rectangle[],
    validation: [] as Rectangle[],
    test: [] as Rectangle[],
  }));
  const counts = { train: 0, validation: 0, test: 0 };
  order.forEach((at, rank) => {
    const part = rank < testCount ? "test" : rank < testCount + validationCount ? "validation" : "train";
    const { image, block } = all[at]!;
    parts[image]![part].push(block);
    counts[part] += options.size ** 2;
  });
  mustHavePixels(counts, { validation: options.validation > 0, test: options.test > 0 });
  return parts;
}

function blocksOf({ height, width }: SplitImage, { size, guard }: ImageBlocksSplitOptions): Rectangle[] {
  const starts = (length: number): number[] =>
    Array.from({ length: Math.max(0, Math.floor((length + guard) / (size + guard))) }, (_, k) => k * (size + guard));
  return starts(height).flatMap((y0) => starts(width).map((x0) => ({ y0, y1: y0 + size, x0, x1: x0 + size })));
}
