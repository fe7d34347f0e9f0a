import { defineComponent, type Prediction, type SpectralArray } from "@spectrai/core";
import { z } from "zod";
import { BandMeans } from "../internal/band-means.ts";
import { total } from "../internal/errors.ts";
import { spectra } from "../internal/pairs.ts";
import { rangeOf, rangeSchema } from "../internal/range.ts";
import { bandSsim } from "../internal/ssim.ts";
import { Mean } from "../internal/sum.ts";
import { signalTasks } from "../internal/support.ts";

export const ssimMetricSchema = z.strictObject({
  range: rangeSchema.default("target").meta({
    description:
      "Peak-to-peak range of the data: a number, such as 1 for data from 0 to 1, or `target` for largest minus smallest value of each target.",
    group: "metric",
  }),
});

/**
 * Structural similarity with a Gaussian window of σ 1.5 on 11 × 11 pixels, K 0.01 and 0.03, mean over all windows that
 * lie inside and all of whose pixels count, over bands (MSSIM) and over cubes; each band's mean over cubes is in the details. Spectra
 * have a window of 11 points along the axis. Samples without such a window or without a range (a constant target under
 * `range: target`) are left out and counted in the details.
 */
export const ssimMetric = defineComponent({
  kind: "metric",
  name: "ssim",
  summary:
    "Structural similarity: local means, contrasts and structure compared; 1 is equal; for cubes the mean over bands (MSSIM).",
  schema: ssimMetricSchema,
  supports: signalTasks,
  reference: "Z. Wang et al., IEEE Trans. Image Process. 13 (2004) 600",
  create: ({ range }) => ({
    better: "higher",
    start: () => {
      const mean = new Mean();
      const bandMeans = new BandMeans();
      let skipped = 0;
      return {
        add: (output, target) => {
          const counting = spectra("ssim", output, target);
          const peak = counting.rows === 0 ? 0 : rangeOf(range, counting.target);
          const each = peak > 0 && target.kind === "spectral" ? ssimOf(output, target.value, peak) : undefined;
          if (!each) {
            skipped++;
            return;
          }
          mean.add(total(each) / each.length);
          if (output.shape.length > 1) bandMeans.add(each);
        },
        result: () => ({
          value: mean.value,
          details: { range, samples: mean.count, skipped, ...bandMeans.details() },
        }),
      };
    },
  }),
});

/** A spectrum is an image of one row and one band. */
function ssimOf(output: Prediction, { data, shape, valid }: SpectralArray, peak: number): Float64Array | undefined {
  const image = shape.length === 3 ? (shape as [number, number, number]) : ([1, shape[0]!, 1] as const);
  return bandSsim(output.data, data, image, peak, valid);
}
