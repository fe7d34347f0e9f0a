import { type Baseline, defineComponent } from "@spectrai/core";
import { columnMeans } from "@spectrai/linalg";
import { z } from "zod";
import { allSamples, featureMatrix } from "./features.ts";
import { numberTargets } from "./numbers/read.ts";

/** `mean` has no options. */
export const meanSchema = z.strictObject({});

/** The mean of every target over training and validation, whatever the spectrum: what is reached without looking at it. */
export const mean = defineComponent({
  kind: "baseline",
  name: "mean",
  summary: "Predict the mean of the training targets, whatever the spectrum.",
  supports: { tasks: ["regression"] },
  schema: meanSchema,
  create: (): Baseline => ({
    fit(train, validation) {
      const samples = allSamples(train, validation);
      featureMatrix(samples, "mean");
      const means = columnMeans(numberTargets(samples, "mean"));
      return { chosen: {}, predict: () => ({ data: means.slice(), shape: [means.length] }) };
    },
  }),
});
