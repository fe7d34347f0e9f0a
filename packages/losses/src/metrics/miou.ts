import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fromConfusion, overlaps } from "../internal/class-metric.ts";
import { meanOfPresent, perClass } from "../internal/confusion.ts";
import { labelTasks } from "../internal/support.ts";

export const miouMetricSchema = z.strictObject({});

/** Mean intersection over union, TP / (TP + FP + FN), over the classes that occur in the masks. */
export const miouMetric = defineComponent({
  kind: "metric",
  name: "miou",
  summary: "Mean overlap of prediction and mask over the classes that occur.",
  schema: miouMetricSchema,
  supports: labelTasks,
  create: () =>
    fromConfusion("miou", (m) => {
      const each = overlaps(m);
      return { value: meanOfPresent(each), details: { classes: perClass(each) } };
    }),
});
