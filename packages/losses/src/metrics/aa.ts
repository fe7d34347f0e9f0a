import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fromConfusion, recalls } from "../internal/class-metric.ts";
import { meanOfPresent, perClass } from "../internal/confusion.ts";
import { labelTasks } from "../internal/support.ts";

export const aaMetricSchema = z.strictObject({});

/** Average accuracy, also called balanced accuracy or macro recall: mean recall over the classes that occur. */
export const aaMetric = defineComponent({
  kind: "metric",
  name: "aa",
  summary: "Average (balanced) accuracy, macro recall: mean share recognized over the classes that occur.",
  schema: aaMetricSchema,
  supports: labelTasks,
  create: () =>
    fromConfusion("aa", (m) => {
      const each = recalls(m);
      return { value: meanOfPresent(each), details: { classes: perClass(each) } };
    }),
});
