import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { spectra } from "../internal/pairs.ts";
import { Mean } from "../internal/sum.ts";
import { signalTasks } from "../internal/support.ts";

export const sidMetricSchema = z.strictObject({
  floor: z.number().positive().default(1e-9).meta({
    description: "Least share of a spectrum's sum that a band is taken to have; for values that are zero or negative.",
    group: "metric",
  }),
});

/**
 * Spectral information divergence Σ p·ln(p/q) + Σ q·ln(q/p) between output and target spectra that are each divided by
 * their sum; mean over spectra. Spectra whose sum is not positive are left out and counted in the details.
 */
export const sidMetric = defineComponent({
  kind: "metric",
  name: "sid",
  summary: "Spectral information divergence between output and target spectra.",
  schema: sidMetricSchema,
  supports: signalTasks,
  reference: "C.-I. Chang, IEEE Trans. Inf. Theory 46 (2000) 1927",
  create: ({ floor }) => ({
    better: "lower",
    start: () => {
      const mean = new Mean();
      let skipped = 0;
      return {
        add: (output, target) => {
          const both = spectra("sid", output, target);
          let sum = 0;
          let count = 0;
          for (let r = 0; r < both.rows; r++) {
            const start = r * both.bands;
            let a = 0;
            let b = 0;
            for (let i = start; i < start + both.bands; i++) {
              a += both.output[i]!;
              b += both.target[i]!;
            }
            if (a <= 0 || b <= 0) {
              skipped++;
              continue;
            }
            // (p − q)·ln(p/q) is both sums in one.
            for (let i = start; i < start + both.bands; i++) {
              const p = Math.max(both.output[i]! / a, floor);
              const q = Math.max(both.target[i]! / b, floor);
              sum += (p - q) * Math.log(p / q);
            }
            count++;
          }
          mean.add(sum, count);
        },
        result: () => ({ value: mean.value, details: { spectra: mean.count, skipped } }),
      };
    },
  }),
});
