import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { labelMean } from "../internal/label-mean.ts";
import { labelTasks } from "../internal/support.ts";

export const brierMetricSchema = z.strictObject({});

/** Brier's score in its original form for any number of classes: mean of Σ_k (p_k − y_k)², from 0 to 2. */
export const brierMetric = defineComponent({
  kind: "metric",
  name: "brier",
  summary: "Brier score: mean squared difference of the class probabilities from the truth, summed over classes.",
  schema: brierMetricSchema,
  supports: labelTasks,
  reference: "Brier, Mon. Weather Rev. 78 (1950) 1",
  create: () =>
    labelMean("brier", (logp, label) =>
      logp.reduce((sum, v, c) => sum + (Math.exp(v) - (c === label ? 1 : 0)) ** 2, 0),
    ),
});
