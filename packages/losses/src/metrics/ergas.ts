import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { squaredErrors } from "../internal/errors.ts";
import { spectra } from "../internal/pairs.ts";
import { Mean } from "../internal/sum.ts";
import { imageSignalTasks } from "../internal/support.ts";

export const ergasMetricSchema = z.strictObject({
  scale: z.number().positive().default(1).meta({
    description: "How many times finer the output grid is than the input's; 1 where they are the same.",
    group: "metric",
  }),
});

/**
 * Relative dimensionless global error 100/scale · √(mean over bands of MSE_b / μ_b²), μ_b the target's mean in band b;
 * mean over cubes. Bands of mean 0 and pixels that do not count are left out.
 */
export const ergasMetric = defineComponent({
  kind: "metric",
  name: "ergas",
  summary: "Relative error of all bands in one number, for super-resolution.",
  schema: ergasMetricSchema,
  supports: imageSignalTasks,
  reference: "L. Wald, Proc. Fusion of Earth Data (2000) 99",
  create: ({ scale }) => ({
    better: "lower",
    start: () => {
      const mean = new Mean();
      return {
        add: (output, target) => {
          const both = spectra("ergas", output, target);
          if (both.rows === 0) return;
          const errors = squaredErrors(both);
          let sum = 0;
          let used = 0;
          for (let b = 0; b < both.bands; b++) {
            let mu = 0;
            for (let r = 0; r < both.rows; r++) mu += both.target[r * both.bands + b]!;
            mu /= both.rows;
            if (mu === 0) continue;
            sum += errors[b]! / both.rows / (mu * mu);
            used++;
          }
          if (used > 0) mean.add((100 / scale) * Math.sqrt(sum / used));
        },
        result: () => ({ value: mean.value, details: { scale, cubes: mean.count } }),
      };
    },
  }),
});
