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
      description: "Share of the columns or rows, from the left or top, that is trained on.",
      group: "parts",
    }),
    validation: shareSchema.default(0.1).meta({
      description: "Share of them that comes next, for validation; 0 = none.",
      group: "parts",
    }),
    test: shareSchema.optional().meta({
      description: "Share of them that comes last, for test; all the rest unless given, 0 = none.",
      group: "parts",
    }),
    guard: guardOption,
  })
  .check(({ value, issues }) => withinWhole({ value: { ...value, test: value.test ?? 0 }, issues }));
export type StripsSplitOptions = z.output<typeof stripsSplitSchema>;

/**
 * Each image in up to three strips beside one another, with a guard band between two. What is left and what is right of a
 * scene are far apart, so that this is the fairest split of a single one.
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
  const length = direction === "columns" ? width : height;
  const strip = (from: number, to: number): Rectangle[] =>
    from >= to
      ? []
      : [direction === "columns" ? { y0: 0, y1: height, x0: from, x1: to } : { y0: from, y1: to, x0: 0, x1: width }];
  const first = Math.round(train * length);
  const second = validation > 0 ? Math.round((train + validation) * length) : first;
  const testFrom = second + guard;
  const last = test === undefined ? length : Math.min(length, testFrom + Math.round(test * length));
  return {
    kind: "rectangles",
    train: strip(0, first),
    validation: validation > 0 ? strip(first + guard, second) : [],
    test: test === 0 ? [] : strip(testFrom, last),
  };
}
