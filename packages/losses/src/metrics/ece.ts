import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { forEachLabel } from "../internal/confusion.ts";
import { logSoftmaxAt } from "../internal/probabilities.ts";
import { labelTasks } from "../internal/support.ts";
import { Sum } from "../internal/sum.ts";

export const eceMetricSchema = z.strictObject({
  bins: z
    .int()
    .min(1)
    .max(1000)
    .default(15)
    .meta({ description: "Equally wide bins of confidence from 0 to 1.", group: "metric" }),
});

/**
 * Expected calibration error: predictions are sorted by their confidence, the largest probability, into equally wide bins
 * ((b − 1)/B, b/B]; the value is the mean over labels of |share recognized − mean confidence| of their bin. The details hold
 * every bin, null where it is empty, for a reliability diagram.
 */
export const eceMetric = defineComponent({
  kind: "metric",
  name: "ece",
  summary: "Expected calibration error: how far confidence is from the share recognized, over equally wide bins.",
  schema: eceMetricSchema,
  supports: labelTasks,
  reference: "Guo, Pleiss, Sun, Weinberger, ICML (2017)",
  create: ({ bins }) => ({
    better: "lower",
    start: () => {
      const counts = new Float64Array(bins);
      const right = new Float64Array(bins);
      const confidence = Array.from({ length: bins }, () => new Sum());
      let all = 0;
      let undefinedOnes = 0;
      return {
        add: (output, target) =>
          forEachLabel("ece", output, target, (label, start, classes) => {
            const logp = logSoftmaxAt(output.data, start, classes);
            let best = 0;
            for (let c = 1; c < classes; c++) if (logp[c]! > logp[best]!) best = c;
            const p = Math.exp(logp[best]!);
            all++;
            if (Number.isNaN(p)) {
              undefinedOnes++;
              return;
            }
            const b = Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1));
            counts[b]!++;
            if (best === label) right[b]!++;
            confidence[b]!.add(p);
          }),
        result: () => {
          const gap = Array.from(counts, (_, b) => Math.abs(right[b]! - confidence[b]!.value));
          const share = (x: number, b: number): number | null => (counts[b]! > 0 ? x / counts[b]! : null);
          return {
            value: undefinedOnes > 0 ? NaN : gap.reduce((a, b) => a + b, 0) / all,
            details: {
              bins: Array.from(counts, (count, b) => ({
                count,
                confidence: share(confidence[b]!.value, b),
                accuracy: share(right[b]!, b),
              })),
            },
          };
        },
      };
    },
  }),
});
