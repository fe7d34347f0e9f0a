import { type Baseline, defineComponent } from "@spectrai/core";
import { matrix, multiplyTransposed, principalComponents, subtractRow } from "@spectrai/linalg";
import { z } from "zod";
import { errorsByCount, smallest } from "./components.ts";
import { requirePoints } from "./filter.ts";
import { projectSpectra } from "./images/project.ts";
import { joinPairs, requireSameAxis, trainAndValidation } from "./pairs.ts";

/** Options of `pca`. */
export const pcaSchema = z.strictObject({
  maxComponents: z
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .meta({ description: "Most components to choose from.", group: "choice" }),
  refit: z.boolean().default(true).meta({
    description: "Find the components anew on training and validation together, once their number is chosen.",
    group: "choice",
  }),
});

/**
 * x̂ = m + Σ_k (v_k·(x − m)) v_k, with m the mean and v_k the leading principal axes of the *inputs*: it keeps what varies
 * between spectra and drops the rest as noise. It never sees a target but to choose the number of components, the one with
 * the least mean squared error on the validation part.
 */
export const pca = defineComponent({
  kind: "baseline",
  name: "pca",
  summary:
    "Project the input onto the leading principal components of the inputs; their number is chosen on validation.",
  supports: { tasks: ["denoising", "calibration"] },
  schema: pcaSchema,
  create: ({ maxComponents, refit }): Baseline => ({
    fit(train, validation) {
      requireSameAxis(train, "pca");
      const parts = trainAndValidation(train, validation, "pca");
      const found = principalComponents(parts.train.inputs);
      const held = subtractRow(parts.validation.inputs, found.mean);
      const residual = subtractRow(parts.validation.targets, found.mean);
      const errors = errorsByCount(
        residual,
        multiplyTransposed(held, found.axes),
        found.axes,
        Math.min(maxComponents, found.axes.rows),
      );
      const chosen = smallest(errors);
      const { mean, axes } = refit ? principalComponents(joinPairs(parts.train, parts.validation).inputs) : found;
      const components = Math.min(chosen, axes.rows);
      const points = mean.length;
      return {
        chosen: { components, validationMse: errors[chosen]!, refit },
        predict(input) {
          requirePoints(input, points, "pca");
          return projectSpectra(input, mean, matrix(components, points, axes.data.subarray(0, components * points)));
        },
      };
    },
  }),
});
