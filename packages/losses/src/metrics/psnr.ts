import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { bandErrors, squaredError } from "../internal/errors.ts";
import { Mean } from "../internal/sum.ts";
import { spectra } from "../internal/pairs.ts";
import { rangeOf, rangeSchema } from "../internal/range.ts";
import { signalTasks } from "../internal/support.ts";

export const psnrMetricSchema = z.strictObject({
  range: rangeSchema.default("target").meta({
    description:
      "Peak-to-peak range of the data: a number, or `target` for largest minus smallest value of each target.",
    group: "metric",
  }),
  over: z.enum(["bands", "sample"]).default("bands").meta({
    description: "Cubes: mean of the bands' PSNR (MPSNR), or one PSNR over the whole sample.",
    group: "metric",
  }),
});

/** Errors below the rounding of float32 count as that, so that equal arrays have a finite PSNR (144.5 dB). */
const floor = 2 ** -48;

/**
 * Peak signal-to-noise ratio 10·log10(range² / MSE) in dB, mean over samples. A spectrum has one MSE; a cube has one a
 * band, whose PSNR are averaged (MPSNR). Samples without a range (a constant target under `range: target`) are left
 * out and counted in the details.
 */
export const psnrMetric = defineComponent({
  kind: "metric",
  name: "psnr",
  summary: "Peak signal-to-noise ratio in dB; for cubes the mean over bands.",
  schema: psnrMetricSchema,
  supports: signalTasks,
  create: ({ range, over }) => ({
    better: "higher",
    unit: "dB",
    start: () => {
      const mean = new Mean();
      let skipped = 0;
      return {
        add: (output, target) => {
          const both = spectra("psnr", output, target);
          const peak = rangeOf(range, both.target);
          if (peak === 0) {
            skipped++;
            return;
          }
          const decibel = (mse: number) => -10 * Math.log10(Math.max(mse / (peak * peak), floor));
          const cube = over === "bands" && both.shape.length > 1;
          mean.add(
            cube
              ? bandErrors(both).reduce((sum, mse) => sum + decibel(mse), 0) / both.bands
              : decibel(squaredError(both) / both.target.length),
          );
        },
        result: () => ({ value: mean.value, details: { range, samples: mean.count, skipped } }),
      };
    },
  }),
});
