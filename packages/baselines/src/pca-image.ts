import { type Baseline, defineComponent } from "@spectrai/core";
import { matrix, principalComponents } from "@spectrai/linalg";
import { z } from "zod";
import { fitImageMethod, firstSample } from "./images/method.ts";
import { pixelRows } from "./images/pixels.ts";
import { projectSpectra } from "./images/project.ts";

/** Options of `pca-image`. */
export const pcaImageSchema = z.strictObject({
  components: z
    .array(z.int().min(0).max(1000))
    .min(1)
    .max(100)
    .default([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50])
    .meta({ description: "Numbers of components to choose from.", group: "choice" }),
});

/** Pixels the components are found from; of more every n-th. */
const MOST_PIXELS = 10_000;

/**
 * Each image projected onto the leading principal components of its own pixels: the truncated singular value decomposition of the
 * noisy image less its mean spectrum, so no spectrum has to be like those of the training part. The number of components is the
 * one with the least squared error on the training part.
 */
export const pcaImage = defineComponent({
  kind: "baseline",
  name: "pca-image",
  summary: "Project each image onto the leading principal components of its own pixels.",
  supports: { tasks: ["denoising"], data: ["cube"] },
  schema: pcaImageSchema,
  create: ({ components }): Baseline => ({
    fit(train) {
      const points = firstSample(train, "pca-image").input.axis.values.length;
      const possible = components.toSorted((a, b) => a - b).filter((count) => count <= points);
      return fitImageMethod(
        {
          name: "pca-image",
          settings: (possible.length > 0 ? possible : [points]).map((count) => ({ components: count })),
          *apply(image, settings) {
            const { mean, axes } = principalComponents(pixelRows(image, MOST_PIXELS));
            for (const setting of settings) {
              const count = Math.min(setting.components, axes.rows);
              yield projectSpectra(image, mean, matrix(count, points, axes.data.subarray(0, count * points)));
            }
          },
        },
        train,
      );
    },
  }),
});
