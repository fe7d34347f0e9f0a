import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { spectra } from "../internal/pairs.ts";
import { rangeOf, rangeSchema } from "../internal/range.ts";
import { meanSsim } from "../internal/ssim.ts";
import { Mean } from "../internal/sum.ts";
import { signalTasks } from "../internal/support.ts";

export const ssimMetricSchema = z.strictObject({
  range: rangeSchema.default("target").meta({
    description:
      "Peak-to-peak range of the data: a number, or `target` for largest minus smallest value of each target.",
    group: "metric",
  }),
});

/**
 * Structural similarity with a Gaussian window of σ 1.5 on 11 × 11 pixels, K 0.01 and 0.03, mean over all windows that
 * lie inside, over bands and over cubes. Spectra have a window of 11 points along the axis. Samples without a range (a
 * constant target under `range: target`) are left out and counted in the details.
 */
export const ssimMetric = defineComponent({
  kind: "metric",
  name: "ssim",
  summary: "Structural similarity: local means, contrasts and structure compared; 1 is equal.",
  schema: ssimMetricSchema,
  supports: signalTasks,
  reference: "Z. Wang et al., IEEE Trans. Image Process. 13 (2004) 600",
  create: ({ range }) => ({
    better: "higher",
    start: () => {
      const mean = new Mean();
      let skipped = 0;
      return {
        add: (output, target) => {
          const both = spectra("ssim", output, target);
          const peak = rangeOf(range, both.target);
          if (peak === 0) {
            skipped++;
            return;
          }
          const [height, width, bands] =
            both.shape.length === 3 ? (both.shape as [number, number, number]) : ([1, both.bands, 1] as const);
          mean.add(meanSsim(both.output, both.target, height, width, bands, peak));
        },
        result: () => ({ value: mean.value, details: { range, samples: mean.count, skipped } }),
      };
    },
  }),
});
