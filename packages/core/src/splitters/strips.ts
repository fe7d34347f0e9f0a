import { z } from "zod";
import { defineComponent } from "../component.ts";
import type { Rectangle } from "../contracts/sample.ts";
import type { ImageParts, SplitImage } from "../contracts/splitter.ts";
import { imagesOnly, mustHavePixels } from "./images-only.ts";
import { guardOption, shareSchema, withinWhole } from "./options.ts";

export const stripsSplitSchema = z
  .strictObject({
    direction: z.enum(["columns", "rows"]).default("columns").meta({
      description: "What is counted off: columns from the left, or rows from the top.",
      group: "parts",
    }),
    train: shareSchema.gt(0).default(0.6).meta({
      description: "Share of the columns or rows, from the left or top, that is for training and validation.",
      group: "parts",
    }),
    validation: shareSchema.lt(1).default(0.2).meta({
      description: "Share of that strip, at its lower or right end, that is for validation; 0 = none.",
      group: "parts",
    }),
    test: shareSchema.optional().meta({
      description: "Share of the columns or rows, after the guard band, for test; all the rest unless given, 0 = none.",
      group: "parts",
    }),
    guard: guardOption,
  })
  .check(({ value, issues }) =>
    withinWhole({ value: { train: value.train, validation: 0, test: value.test ?? 0 }, issues }),
  );
export type StripsSplitOptions = z.output<typeof stripsSplitSchema>;

/**
 * Each image in two strips beside one another, with a guard band between them; the validation part is the end of the first.
 * What is left and what is right of a scene are far apart, so that this is the fairest split of a single one.
 */
export const stripsSplit = defineComponent({
  kind: "splitter",
  name: "strips",
  summary: "Strips of each image: the left or upper one for training, the right or lower one for test.",
  supports: { data: ["cube"] },
  schema: stripsSplitSchema,
  create: (options) => imagesOnly("strips", (images) => Promise.resolve(splitStrips(images, options))),
});

function splitStrips(images: readonly SplitImage[], options: StripsSplitOptions): ImageParts[] {
  const counts = { train: 0, validation: 0, test: 0 };
  const parts = images.map((image) => {
    const strips = stripsOf(image, options);
    for (const part of ["train", "validation", "test"] as const)
      for (const r of strips[part]) counts[part] += (r.y1 - r.y0) * (r.x1 - r.x0);
    return strips;
  });
  mustHavePixels(counts, { validation: options.validation > 0, test: options.test !== 0 });
  return parts;
}

function stripsOf(
  { height, width }: SplitImage,
  { direction, train, validation, test, guard }: StripsSplitOptions,
): Extract<ImageParts, { kind: "rectangles" }> {
  const byColumns = direction === "columns";
  const [length, across] = byColumns ? [width, height] : [height, width];
  // From `a` to `b` in the direction of the strips, from `c` to `d` across.
  const piece = (a: number, b: number, c: number, d: number): Rectangle[] =>
    a >= b || c >= d ? [] : [byColumns ? { y0: c, y1: d, x0: a, x1: b } : { y0: a, y1: b, x0: c, x1: d }];
  const first = Math.round(train * length);
  const testFrom = first + guard;
  const last = test === undefined ? length : Math.min(length, testFrom + Math.round(test * length));
  const trained = across - Math.round(validation * across);
  return {
    kind: "rectangles",
    train: piece(0, first, 0, trained),
    validation: validation > 0 ? piece(0, first, trained + guard, across) : [],
    test: test === 0 ? [] : piece(testFrom, last, 0, across),
  };
}
