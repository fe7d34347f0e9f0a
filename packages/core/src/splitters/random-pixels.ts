import { z } from "zod";
import { defineComponent } from "../component.ts";
import { partCodes } from "../images/windows.ts";
import { imagesOnly, mustHavePixels } from "./images-only.ts";
import { shareSchema } from "./options.ts";
import { labelsFor } from "./pixel-labels.ts";

export const randomPixelsSplitSchema = z.strictObject({
  train: z
    .union([shareSchema.gt(0).lt(1), z.int().min(1)], { error: "takes a share below 1, or a number of pixels" })
    .default(0.1)
    .meta({
      description: "Training pixels of each class: a share of them below 1, or a number.",
      group: "parts",
    }),
  validation: z
    .union([shareSchema.lt(1), z.int().min(1)], { error: "takes a share below 1, or a number of pixels" })
    .default(0.05)
    .meta({
      description: "Validation pixels of each class: a share of them below 1, or a number; 0 = none.",
      group: "parts",
    }),
});
export type RandomPixelsSplitOptions = z.output<typeof randomPixelsSplitSchema>;

/**
 * Single labelled pixels at random, as in much of the literature. Training and test pixels are neighbours, so that a network
 * that looks at windows has seen almost all of the test part's surroundings: compare the leak before believing the result.
 */
export const randomPixelsSplit = defineComponent({
  kind: "splitter",
  name: "random-pixels",
  summary: "Pixels of every class at random, as much of the literature does; look at the leak.",
  supports: { data: ["cube"], tasks: ["segmentation"] },
  schema: randomPixelsSplitSchema,
  create: ({ train, validation }) =>
    imagesOnly("random-pixels", async (images, rng) => {
      const counts = { train: 0, validation: 0, test: 0 };
      const parts = [];
      for (const image of images) {
        const { data, ignored } = await labelsFor(image, "random-pixels");
        const part = new Uint8Array(data.length);
        const places = new Map<number, number[]>();
        data.forEach((label, i) => {
          if (label === ignored || label < 0) return;
          const own = places.get(label);
          if (own) own.push(i);
          else places.set(label, [i]);
        });
        for (const [label, own] of places) {
          const size = (asked: number): number => (asked < 1 ? Math.round(asked * own.length) : asked);
          const first = Math.min(own.length, Math.max(1, size(train)));
          const second = Math.min(own.length, first + size(validation));
          rng
            .child(image.id, label)
            .permutation(own.length)
            .forEach((k, rank) => {
              const name = rank < first ? "train" : rank < second ? "validation" : "test";
              part[own[k]!] = partCodes[name];
              counts[name]++;
            });
        }
        parts.push({ kind: "pixels" as const, part });
      }
      mustHavePixels(counts, { validation: validation > 0, test: true });
      return parts;
    }),
});
