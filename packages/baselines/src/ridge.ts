import { type Baseline, defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { predictsNumbers } from "./features.ts";
import { applyLinearMap } from "./linear-map.ts";
import { logGrid } from "./log-grid.ts";
import { fitLinearFamily } from "./numbers/linear-family.ts";
import { ridgeFamily } from "./numbers/ridge-family.ts";
import { joinPairs, trainAndValidation } from "./pairs.ts";
import { ridgeFit, ridgePath } from "./ridge-path.ts";

/** Options of `ridge`. */
export const ridgeSchema = z.strictObject({
  lambdas: z.array(z.number().positive().max(1e30)).min(1).max(1000).optional().meta({
    description:
      "Penalties to choose from; left out, 1 and 3 times each power of ten up to the largest eigenvalue of the inputs' scatter, from a millionth of it for spectra and from 1e-15 of their total scatter for numbers.",
    group: "choice",
  }),
  refit: z.boolean().default(true).meta({
    description: "Fit anew on training and validation together, once the penalty is chosen.",
    group: "choice",
  }),
});

/**
 * Multi-output ridge regression from every point of the input to every point of the target, with an intercept. λ, the one with the
 * least mean squared error on the validation part, multiplies the sum of squared weights; the error it is weighed against is a
 * sum over training spectra, not a mean. With `refit` (the default) the same λ is then used on training and validation together.
 *
 * Where targets are numbers, each has its own λ, chosen with autoscaling by five-fold cross-validation over training and
 * validation.
 */
export const ridge = defineComponent({
  kind: "baseline",
  name: "ridge",
  summary:
    "Ridge regression from every input point to every target point or number; the penalty is chosen on validation.",
  reference: "Hoerl, Kennard, Technometrics 12 (1970) 55",
  supports: { tasks: ["denoising", "calibration", "regression"] },
  schema: ridgeSchema,
  create: ({ lambdas, refit }): Baseline => ({
    fit(train, validation) {
      if (predictsNumbers(train)) return fitLinearFamily(ridgeFamily(lambdas), train, validation, refit);
      const parts = trainAndValidation(train, validation, "ridge");
      const path = ridgePath(parts.train, parts.validation);
      if (!(path.largest > 0))
        throw new SpectraiError(
          "SPECTRAI_TASK_UNSUITABLE",
          'The baseline "ridge" has nothing to learn from: all training inputs are the same spectrum.',
        );
      const candidates = lambdas ?? logGrid(1e-6 * path.largest, path.largest);
      let best = { lambda: candidates[0]!, error: Infinity };
      for (const lambda of candidates) {
        const error = path.error(lambda);
        if (error < best.error) best = { lambda, error };
      }
      const { weights, offset } = ridgeFit(refit ? joinPairs(parts.train, parts.validation) : parts.train, best.lambda);
      return {
        chosen: { lambda: best.lambda, validationMse: best.error, refit },
        predict: (input) => applyLinearMap(input, weights, offset, "ridge"),
      };
    },
  }),
});
