import { type Baseline, defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { applyLinearMap } from "./linear-map.ts";
import { joinPairs, trainAndValidation } from "./pairs.ts";
import { ridgeFit, ridgePath } from "./ridge-path.ts";

/** Options of `ridge`. */
export const ridgeSchema = z.strictObject({
  lambdas: z.array(z.number().positive().max(1e30)).min(1).max(1000).optional().meta({
    description:
      "Penalties to choose from; left out, 1 and 3 times each power of ten from a millionth of the largest eigenvalue of the inputs' scatter up to it.",
    group: "choice",
  }),
  refit: z.boolean().default(true).meta({
    description: "Fit anew on training and validation together, once the penalty is chosen.",
    group: "choice",
  }),
});

/** 1 and 3 times each power of ten between `low` and `high`. */
function logGrid(low: number, high: number): number[] {
  const grid: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const digit of [1, 3]) {
      const value = Number(`${digit}e${power}`);
      if (value >= low && value <= high) grid.push(value);
    }
  }
  return grid;
}

/**
 * Multi-output ridge regression from every point of the input to every point of the target, with an intercept. λ, the one with the
 * least mean squared error on the validation part, multiplies the sum of squared weights; the error it is weighed against is a
 * sum over training spectra, not a mean. With `refit` (the default) the same λ is then used on training and validation together.
 */
export const ridge = defineComponent({
  kind: "baseline",
  name: "ridge",
  summary: "Map every input point to every target point by ridge regression; the penalty is chosen on validation.",
  reference: "Hoerl, Kennard, Technometrics 12 (1970) 55",
  supports: { tasks: ["denoising", "calibration"] },
  schema: ridgeSchema,
  create: ({ lambdas, refit }): Baseline => ({
    fit(train, validation) {
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
