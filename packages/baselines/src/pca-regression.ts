import { type Baseline, defineComponent } from "@spectrai/core";
import { matrix, type Matrix, multiplyTransposed, subtractRow, transposedMultiply } from "@spectrai/linalg";
import { z } from "zod";
import { errorsByCount, smallest } from "./components.ts";
import { predictsNumbers } from "./features.ts";
import { applyLinearMap, offsetThroughMeans } from "./linear-map.ts";
import { fitLinearFamily } from "./numbers/linear-family.ts";
import { pcrFamily } from "./numbers/pcr-family.ts";
import { joinPairs, trainAndValidation } from "./pairs.ts";
import { regress } from "./principal-regression.ts";

/** Options of `pca-regression`. */
export const pcaRegressionSchema = z.strictObject({
  maxComponents: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .meta({ description: "Most components to choose from.", group: "choice" }),
  refit: z.boolean().default(true).meta({
    description: "Fit anew on training and validation together, once the number of components is chosen.",
    group: "choice",
  }),
});

/**
 * Principal component regression: least squares from the leading principal scores of the inputs to the targets. Input and
 * target may be on different axes. The number of components is the one with the least mean squared error on validation.
 *
 * Where targets are numbers, each has its own number of components, chosen with autoscaling by five-fold cross-validation over
 * training and validation.
 */
export const pcaRegression = defineComponent({
  kind: "baseline",
  name: "pca-regression",
  summary:
    "Regress the targets on the leading principal components of the inputs; their number is chosen on validation.",
  reference: "Jolliffe, J. R. Stat. Soc. C 31 (1982) 300",
  supports: { tasks: ["denoising", "calibration", "regression"] },
  schema: pcaRegressionSchema,
  create: ({ maxComponents, refit }): Baseline => ({
    fit(train, validation) {
      if (predictsNumbers(train)) return fitLinearFamily(pcrFamily(maxComponents), train, validation, refit);
      const parts = trainAndValidation(train, validation, "pca-regression");
      const found = regress(parts.train, maxComponents);
      const scores = multiplyTransposed(subtractRow(parts.validation.inputs, found.inputMean), found.axes);
      const errors = errorsByCount(
        subtractRow(parts.validation.targets, found.targetMean),
        scores,
        found.loadings,
        found.axes.rows,
      );
      const chosen = smallest(errors);
      const { inputMean, targetMean, axes, loadings } = refit
        ? regress(joinPairs(parts.train, parts.validation), maxComponents)
        : found;
      const components = Math.min(chosen, axes.rows);
      // One map for all components: Wᵀ = loadingsᵀ · axes
      const leading = (a: Matrix): Matrix => matrix(components, a.columns, a.data.slice(0, components * a.columns));
      const weights = transposedMultiply(leading(loadings), leading(axes));
      const offset = offsetThroughMeans(weights, inputMean, targetMean);
      return {
        chosen: { components, validationMse: errors[chosen]!, refit },
        predict: (input) => applyLinearMap(input, weights, offset, "pca-regression"),
      };
    },
  }),
});
