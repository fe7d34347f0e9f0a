import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fitClassifiers } from "./classes/family.ts";
import { ldaFamily } from "./classes/lda-family.ts";

/** Options of `lda`. */
export const ldaSchema = z.strictObject({
  maxComponents: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .meta({ description: "Most principal components to choose from.", group: "choice" }),
});

/**
 * Linear discriminant analysis on the leading principal scores, with a pooled covariance shrunk towards a multiple of the unit
 * matrix; the logits are the log-posteriors. Number of components, shrinkage and autoscaling are chosen by five-fold
 * cross-validation over training and validation; the fit is on both. Classes are weighed by their shares.
 */
export const lda = defineComponent({
  kind: "baseline",
  name: "lda",
  summary: "Linear discriminant analysis on principal components, shrunk; settings are chosen by cross-validation.",
  reference: "Fisher, Ann. Eugenics 7 (1936) 179; Friedman, J. Am. Stat. Assoc. 84 (1989) 165",
  supports: { tasks: ["classification", "segmentation"] },
  schema: ldaSchema,
  create: ({ maxComponents }): Baseline => ({
    fit: (train, validation) => fitClassifiers(ldaFamily(maxComponents), train, validation),
  }),
});
