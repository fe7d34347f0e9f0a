import { z } from "zod";
import { defineComponent } from "../component.ts";
import type { LabelArray } from "../contracts/sample.ts";
import { partCodes } from "../images/windows.ts";
import { imagesOnly, mustHavePixels } from "./images-only.ts";
import { guardOption, shareSchema, withinWhole } from "./options.ts";
import { labelsFor } from "./pixel-labels.ts";

export const classRowsSplitSchema = z
  .strictObject({
    train: shareSchema.gt(0).default(0.6).meta({
      description: "Share of each class's pixels, from the top, that is trained on.",
      group: "parts",
    }),
    validation: shareSchema.default(0.1).meta({
      description: "Share of each class's pixels that comes next, for validation; 0 = none.",
      group: "parts",
    }),
    guard: guardOption,
  })
  .check(({ value, issues }) => withinWhole({ value: { ...value, test: 0 }, issues }));
export type ClassRowsSplitOptions = z.output<typeof classRowsSplitSchema>;

/**
 * A cut through the rows of each class: its upper pixels are trained on, its lower ones tested, so that every class is on
 * both sides wherever it lies in the image. Windows may hold pixels of several parts; the leak tells how many are affected.
 */
export const classRowsSplit = defineComponent({
  kind: "splitter",
  name: "class-rows",
  summary: "The upper rows of every class for training, its lower rows for test.",
  supports: { data: ["cube"], tasks: ["segmentation"] },
  schema: classRowsSplitSchema,
  create: (options) =>
    imagesOnly("class-rows", async (images) => {
      const counts = { train: 0, validation: 0, test: 0 };
      const parts = [];
      for (const image of images) {
        const part = cutClasses(await labelsFor(image, "class-rows"), image.width, options);
        for (const code of part)
          if (code === partCodes.train) counts.train++;
          else if (code === partCodes.validation) counts.validation++;
          else if (code === partCodes.test) counts.test++;
        parts.push({ kind: "pixels" as const, part });
      }
      mustHavePixels(counts, { validation: options.validation > 0, test: true });
      return parts;
    }),
});

function cutClasses(
  { data, ignored }: LabelArray,
  width: number,
  { train, validation, guard }: ClassRowsSplitOptions,
): Uint8Array {
  const rowsOfClass = new Map<number, number[]>();
  data.forEach((label, i) => {
    if (label === ignored || label < 0) return;
    const rows = rowsOfClass.get(label);
    if (rows) rows.push(Math.floor(i / width));
    else rowsOfClass.set(label, [Math.floor(i / width)]);
  });
  // The row at which a share of a class's pixels lies above.
  const cuts = new Map(
    Array.from(rowsOfClass, ([label, rows]) => {
      const at = (share: number): number =>
        share <= 0 ? 0 : rows[Math.min(rows.length, Math.round(share * rows.length)) - 1]! + 1;
      const first = at(train);
      return [label, { first, second: validation > 0 ? Math.max(first, at(train + validation)) : first }] as const;
    }),
  );
  return Uint8Array.from(data, (label, i) => {
    const cut = cuts.get(label);
    if (!cut || label === ignored) return 0;
    const row = Math.floor(i / width);
    if (row < cut.first) return partCodes.train;
    if (validation > 0 && row < cut.second) return row >= cut.first + guard ? partCodes.validation : 0;
    return row >= cut.second + guard ? partCodes.test : 0;
  });
}
