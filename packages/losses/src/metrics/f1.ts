import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { f1Scores, fromConfusion } from "../internal/class-metric.ts";
import { meanOfPresent, perClass } from "../internal/confusion.ts";
import { labelTasks } from "../internal/support.ts";

export const f1MetricSchema = z.strictObject({});

/** Macro F1: mean of 2·TP / (2·TP + FP + FN) over the classes that occur or were predicted. */
export const f1Metric = defineComponent({
  kind: "metric",
  name: "f1",
  summary: "Mean F1 score over classes, each with its own in the details.",
  schema: f1MetricSchema,
  supports: labelTasks,
  create: () =>
    fromConfusion("f1", (m) => {
      const each = f1Scores(m);
      return { value: meanOfPresent(each), details: { classes: perClass(each) } };
    }),
});
