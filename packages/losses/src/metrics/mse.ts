import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { squaredError } from "../internal/errors.ts";
import { Mean } from "../internal/sum.ts";
import { pair } from "../internal/pairs.ts";
import { continuousTasks } from "../internal/support.ts";

export const mseMetricSchema = z.strictObject({});

/** Mean squared error over all values of all samples. */
export const mseMetric = defineComponent({
  kind: "metric",
  name: "mse",
  summary: "Mean squared error over all values.",
  schema: mseMetricSchema,
  supports: continuousTasks,
  create: () => ({
    better: "lower",
    start: () => {
      const mean = new Mean();
      return {
        add: (output, target) => {
          const both = pair("mse", output, target);
          mean.add(squaredError(both), both.target.length);
        },
        result: () => ({ value: mean.value }),
      };
    },
  }),
});
