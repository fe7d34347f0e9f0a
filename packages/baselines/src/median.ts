import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { medianFilter } from "./images/median-filter.ts";
import { fitImageMethod } from "./images/method.ts";

const odd = z
  .int()
  .min(1)
  .max(31)
  .refine((n) => n % 2 === 1, "A window must have an odd number of pixels.");

/** Options of `median`. */
export const medianSchema = z.strictObject({
  windows: z
    .array(odd)
    .min(1)
    .max(16)
    .default([1, 3, 5, 7])
    .meta({ description: "Sides of the window to choose from; 1 changes nothing.", group: "choice", unit: "pixels" }),
});

/**
 * The spatial median filter: each band's median over a square window that is cut at the border. Its side is the one with the
 * least squared error on the training part.
 */
export const median = defineComponent({
  kind: "baseline",
  name: "median",
  summary: "Replace each value by the median of its band in a square of pixels.",
  reference: "Tukey, Exploratory Data Analysis (1977)",
  supports: { tasks: ["denoising"], data: ["cube"] },
  schema: medianSchema,
  create: ({ windows }): Baseline => ({
    fit: (train) =>
      fitImageMethod(
        {
          name: "median",
          settings: windows.map((window) => ({ window })),
          *apply(image, settings) {
            for (const { window } of settings) yield medianFilter(image, window);
          },
        },
        train,
      ),
  }),
});
