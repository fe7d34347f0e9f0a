import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fromConfusion } from "../internal/class-metric.ts";
import { labelTasks } from "../internal/support.ts";

export const confusionMatrixMetricSchema = z.strictObject({});

/** Counts of every (true, predicted) pair of classes in the details, rows true; the value is the overall accuracy. */
export const confusionMatrixMetric = defineComponent({
  kind: "metric",
  name: "confusion-matrix",
  summary: "Counts of every true and predicted class; its value is the overall accuracy.",
  schema: confusionMatrixMetricSchema,
  supports: labelTasks,
  create: () =>
    fromConfusion("confusion-matrix", (m) => ({ value: m.correct / m.total, details: { matrix: m.matrix } })),
});
