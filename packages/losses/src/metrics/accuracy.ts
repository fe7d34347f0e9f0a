import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { forEachLabel } from "../internal/confusion.ts";
import { labelTasks } from "../internal/support.ts";

export const accuracyMetricSchema = z.strictObject({
  top: z.int().min(1).default(1).meta({
    description: "Counts as right when the true class is among this many best-rated ones.",
    group: "metric",
  }),
});

/** Share of labelled samples or pixels whose class is among the `top` best-rated ones. Of equal ratings the first leads. */
export const accuracyMetric = defineComponent({
  kind: "metric",
  name: "accuracy",
  summary: "Share of samples or pixels that were recognized.",
  schema: accuracyMetricSchema,
  supports: labelTasks,
  create: ({ top }) => ({
    better: "higher",
    start: () => {
      let right = 0;
      let all = 0;
      return {
        add: (output, target) =>
          forEachLabel("accuracy", output, target, (label, start, classes) => {
            const own = output.data[start + label]!;
            let before = 0;
            for (let c = 0; c < classes; c++) {
              const rating = output.data[start + c]!;
              if (rating > own || (rating === own && c < label)) before++;
            }
            all++;
            if (before < top && !Number.isNaN(own)) right++;
          }),
        result: () => ({ value: right / all, details: { labels: all } }),
      };
    },
  }),
});
