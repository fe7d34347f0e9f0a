import { type Baseline, defineComponent } from "@spectrai/core";
import { matrix, type Matrix, multiplyTransposed, subtractRow, transposedMultiply } from "@spectrai/linalg";
import { z } from "zod";
import { errorsByCount, smallest } from "./components.ts";
import { applyLinearMap, offsetThroughMeans } from "./linear-map.ts";
import { regress } from "./principal-regression.ts";
import { foldPairs, type TransferPairs, transferPairs } from "./transfer/read.ts";

/** Options of `direct-standardisation`. */
export const directStandardisationSchema = z.strictObject({
  maxRank: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .meta({ description: "Largest rank of the map to choose from.", group: "choice" }),
});

/**
 * Direct standardisation: the spectra of one instrument as a linear map of those of another, X₁ = X₂ F + 1 bᵀ with F = X₂⁺ X₁ on
 * centred spectra. The pseudo-inverse keeps the leading singular vectors of X₂; their number is chosen by five-fold
 * cross-validation over training and validation, and F is found from both. The instruments may have different axes.
 */
export const directStandardisation = defineComponent({
  kind: "baseline",
  name: "direct-standardisation",
  summary: "Map the spectra of one instrument to another's by one matrix; its rank is chosen by cross-validation.",
  reference: "Wang, Veltkamp, Kowalski, Anal. Chem. 63 (1991) 2750",
  supports: { tasks: ["calibration"], data: ["spectrum"] },
  schema: directStandardisationSchema,
  create: ({ maxRank }): Baseline => ({
    fit(train, validation) {
      const pairs = transferPairs(train, validation, "direct-standardisation");
      const errors = errorsByRank(pairs, maxRank);
      const { inputMean, targetMean, axes, loadings } = regress(pairs, maxRank);
      const rank = Math.min(smallest(errors), axes.rows);
      const weights = transposedMultiply(leading(loadings, rank), leading(axes, rank));
      const offset = offsetThroughMeans(weights, inputMean, targetMean);
      return {
        chosen: { rank, rmsecv: Math.sqrt(errors[rank]! / pairs.targets.data.length) },
        predict: (input) => applyLinearMap(input, weights, offset, "direct-standardisation"),
      };
    },
  }),
});

const leading = (a: Matrix, count: number): Matrix => matrix(count, a.columns, a.data.slice(0, count * a.columns));

/** Sum of squared errors over the folds for rank 0, 1, 2, …; a fold with fewer keeps its last. */
function errorsByRank(pairs: TransferPairs, maxRank: number): Float64Array {
  const most = Math.min(maxRank, pairs.inputs.columns, pairs.inputs.rows - 1);
  const errors = new Float64Array(most + 1);
  for (let f = 0; f < pairs.folds.count; f++) {
    const { train, held } = foldPairs(pairs, f);
    const { inputMean, targetMean, axes, loadings } = regress(train, maxRank);
    const scores = multiplyTransposed(subtractRow(held.inputs, inputMean), axes);
    const each = errorsByCount(subtractRow(held.targets, targetMean), scores, loadings, axes.rows);
    for (let r = 0; r <= most; r++) errors[r] = errors[r]! + each[Math.min(r, axes.rows)]! * held.targets.data.length;
  }
  return errors;
}
