import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { squaredError } from "../internal/errors.ts";
import { Mean } from "../internal/sum.ts";
import { pair } from "../internal/pairs.ts";
import { continuousTasks } from "../internal/support.ts";

export const rmseMetricSchema = z.strictObject({});

/** Square root of the mean squared error over all values of all samples, in the unit of the data. */
export const rmseMetric = defineComponent({
  kind: "metric",
  name: "rmse",
  summary: "Root of the mean squared error, in the unit of the data.",
  schema: rmseMetricSchema,
  supports: continuousTasks,
  create: () => ({
    better: "lower",
    start: () => {
      const mean = new Mean();
      return {
        add: (output, target) => {
          const both = pair("rmse", output, target);
          mean.add(squaredError(both), both.target.length);
        },
        result: () => ({ value: Math.sqrt(mean.value) }),
      };
    },
  }),
});
