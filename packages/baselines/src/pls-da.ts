import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fitClassifiers } from "./classes/family.ts";
import { plsDaFamily } from "./classes/pls-da-family.ts";

/** Options of `pls-da`. */
export const plsDaSchema = z.strictObject({
  maxComponents: z
    .int()
    .min(1)
    .max(1000)
    .default(40)
    .meta({ description: "Most components to choose from.", group: "choice" }),
});

/**
 * Partial least squares discriminant analysis: PLS2 regression to one column a class, the largest prediction wins. Number of
 * components and autoscaling are chosen by five-fold cross-validation over training and validation; the fit is on both.
 */
export const plsDa = defineComponent({
  kind: "baseline",
  name: "pls-da",
  summary: "Partial least squares discriminant analysis; the number of components is chosen by cross-validation.",
  reference: "Barker, Rayens, J. Chemometrics 17 (2003) 166",
  supports: { tasks: ["classification", "segmentation"] },
  schema: plsDaSchema,
  create: ({ maxComponents }): Baseline => ({
    fit: (train, validation) => fitClassifiers(plsDaFamily(maxComponents), train, validation),
  }),
});
