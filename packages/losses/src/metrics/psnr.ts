import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { BandMeans } from "../internal/band-means.ts";
import { squaredErrors, total } from "../internal/errors.ts";
import { Mean } from "../internal/sum.ts";
import { spectra } from "../internal/pairs.ts";
import { rangeOf, rangeSchema } from "../internal/range.ts";
import { signalTasks } from "../internal/support.ts";

export const psnrMetricSchema = z.strictObject({
  range: rangeSchema.default("target").meta({
    description:
      "Peak-to-peak range of the data: a number, such as 1 for data from 0 to 1, or `target` for largest minus smallest value of each target.",
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
 * band, whose PSNR are averaged (MPSNR) and stand in the details, each the mean over samples. Pixels that do not count are left
 * out, as are samples without any that count or without a range (a constant target under `range: target`), which the details
 * count.
 */
export const psnrMetric = defineComponent({
  kind: "metric",
  name: "psnr",
  summary: "Peak signal-to-noise ratio in dB; for cubes the mean over bands (MPSNR).",
  schema: psnrMetricSchema,
  supports: signalTasks,
  create: ({ range, over }) => ({
    better: "higher",
    unit: "dB",
    start: () => {
      const mean = new Mean();
      const bandMeans = new BandMeans();
      let skipped = 0;
      return {
        add: (output, target) => {
          const both = spectra("psnr", output, target);
          const peak = both.rows === 0 ? 0 : rangeOf(range, both.target);
          if (peak === 0) {
            skipped++;
            return;
          }
          const decibel = (mse: number): number => -10 * Math.log10(Math.max(mse / (peak * peak), floor));
          const errors = squaredErrors(both);
          if (over === "bands" && both.shape.length > 1) {
            const each = errors.map((sum) => decibel(sum / both.rows));
            mean.add(total(each) / both.bands);
            bandMeans.add(each);
          } else mean.add(decibel(total(errors) / both.target.length));
        },
        result: () => ({
          value: mean.value,
          details: { range, samples: mean.count, skipped, ...bandMeans.details() },
        }),
      };
    },
  }),
});
