import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { lowRankImage } from "./images/low-rank.ts";
import { fitImageMethod, firstSample } from "./images/method.ts";

/** Options of `low-rank`. */
export const lowRankSchema = z.strictObject({
  components: z
    .array(z.int().min(1).max(1000))
    .min(1)
    .max(100)
    .default([1, 2, 3, 4, 6, 8, 12])
    .meta({ description: "Numbers of components to choose from.", group: "choice" }),
});

/**
 * Each image as a sum of few components and sparse outliers, for noise of several kinds at once: bands are weighed by their noise,
 * and impulses, dead lines and stripes are told from what the components can explain and left out of them. The number of
 * components is the one with the least squared error on the training part.
 */
export const lowRank = defineComponent({
  kind: "baseline",
  name: "low-rank",
  summary: "Fit few components to each image, weighed by the noise of its bands and without outliers.",
  reference: "Zhang, He, Zhang, Shen, Yuan, IEEE Trans. Geosci. Remote Sens. 52 (2014) 4729",
  supports: { tasks: ["denoising"], data: ["cube"] },
  schema: lowRankSchema,
  create: ({ components }): Baseline => ({
    fit(train) {
      const points = firstSample(train, "low-rank").input.axis.values.length;
      const possible = components.toSorted((a, b) => a - b).filter((count) => count <= points);
      return fitImageMethod(
        {
          name: "low-rank",
          settings: (possible.length > 0 ? possible : [points]).map((count) => ({ components: count })),
          *apply(image, settings) {
            for (const setting of settings) yield lowRankImage(image, setting.components);
          },
        },
        train,
      );
    },
  }),
});
