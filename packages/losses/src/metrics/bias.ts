import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { Columns } from "../internal/columns.ts";
import { meanOfPresent } from "../internal/confusion.ts";

export const biasMetricSchema = z.strictObject({});

/**
 * Bias: the mean of output − target, in the target's unit. The value is its size, averaged over targets; the details hold each
 * target's with its sign, positive where predictions are too high.
 */
export const biasMetric = defineComponent({
  kind: "metric",
  name: "bias",
  summary: "Size of the mean error of prediction; its sign is in the details.",
  schema: biasMetricSchema,
  supports: { tasks: ["regression"] },
  reference: "Næs, Isaksson, Fearn, Davies, Multivariate Calibration and Classification (2002), 13.2",
  create: () => ({
    better: "lower",
    start: () => {
      const columns = new Columns("bias");
      return {
        add: (output, target) => columns.add(output, target),
        result: () => {
          const each = columns.all.map((c) => c.bias);
          return { value: meanOfPresent(each.map(Math.abs)), details: { targets: each } };
        },
      };
    },
  }),
});
