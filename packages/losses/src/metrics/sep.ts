import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { Columns } from "../internal/columns.ts";
import { meanOfPresent, perClass } from "../internal/confusion.ts";

export const sepMetricSchema = z.strictObject({});

/**
 * Standard error of prediction, corrected for bias: √(Σ (e − ē)² / (n − 1)) with e = output − target, in the target's unit.
 * RMSE² = bias² + SEP² (n − 1)/n. Each target has its own; the value is their mean.
 */
export const sepMetric = defineComponent({
  kind: "metric",
  name: "sep",
  summary: "Standard deviation of the errors of prediction about their mean, in the unit of the data.",
  schema: sepMetricSchema,
  supports: { tasks: ["regression"] },
  reference: "Næs, Isaksson, Fearn, Davies, Multivariate Calibration and Classification (2002), 13.2",
  create: () => ({
    better: "lower",
    start: () => {
      const columns = new Columns("sep");
      return {
        add: (output, target) => columns.add(output, target),
        result: () => {
          const each = columns.all.map((c) => (c.count > 1 ? Math.sqrt(c.errorSpread / (c.count - 1)) : NaN));
          return { value: meanOfPresent(each), details: { targets: perClass(each) } };
        },
      };
    },
  }),
});
