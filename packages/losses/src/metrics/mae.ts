import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { absoluteError } from "../internal/errors.ts";
import { Mean } from "../internal/sum.ts";
import { pair } from "../internal/pairs.ts";
import { continuousTasks } from "../internal/support.ts";

export const maeMetricSchema = z.strictObject({});

/** Mean absolute error over all values of all samples, in the unit of the data. */
export const maeMetric = defineComponent({
  kind: "metric",
  name: "mae",
  summary: "Mean absolute error, in the unit of the data.",
  schema: maeMetricSchema,
  supports: continuousTasks,
  create: () => ({
    better: "lower",
    start: () => {
      const mean = new Mean();
      return {
        add: (output, target) => {
          const both = pair("mae", output, target);
          mean.add(absoluteError(both), both.target.length);
        },
        result: () => ({ value: mean.value }),
      };
    },
  }),
});
