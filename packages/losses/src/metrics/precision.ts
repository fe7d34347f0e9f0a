import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fromConfusion, precisions } from "../internal/class-metric.ts";
import { meanOfPresent, perClass } from "../internal/confusion.ts";
import { labelTasks } from "../internal/support.ts";

export const precisionMetricSchema = z.strictObject({});

/**
 * Macro precision: mean of TP / (TP + FP) over the classes that occur or were predicted; 0 for one that occurs but was never
 * predicted. Its counterpart, macro recall, is `aa`.
 */
export const precisionMetric = defineComponent({
  kind: "metric",
  name: "precision",
  summary: "Mean precision over classes: share of the samples put into a class that belong there.",
  schema: precisionMetricSchema,
  supports: labelTasks,
  create: () =>
    fromConfusion("precision", (m) => {
      const each = precisions(m);
      return { value: meanOfPresent(each), details: { classes: perClass(each) } };
    }),
});
