import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { labelMean } from "../internal/label-mean.ts";
import { labelTasks } from "../internal/support.ts";

export const logLossMetricSchema = z.strictObject({});

/** Mean of −log p of the true class, p by softmax of the logits, in nats. It rewards probabilities that can be believed. */
export const logLossMetric = defineComponent({
  kind: "metric",
  name: "log-loss",
  summary: "Mean negative log-probability of the true class.",
  schema: logLossMetricSchema,
  supports: labelTasks,
  reference: "Good, J. R. Stat. Soc. B 14 (1952) 107",
  create: () => labelMean("log-loss", (logp, label) => -logp[label]!),
});
