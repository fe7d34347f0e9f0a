import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { Mean } from "../internal/sum.ts";
import { spectra } from "../internal/pairs.ts";
import { signalTasks } from "../internal/support.ts";

export const samMetricSchema = z.strictObject({});

/**
 * Spectral angle mapper: mean angle between output and target spectra in degrees, over all spectra (pixels of cubes).
 * Pixels that do not count are left out. Spectra that are zero have no angle; they are left out and counted in the details.
 */
export const samMetric = defineComponent({
  kind: "metric",
  name: "sam",
  summary: "Mean angle between output and target spectra, in degrees.",
  schema: samMetricSchema,
  supports: signalTasks,
  reference: "F. A. Kruse et al., Remote Sens. Environ. 44 (1993) 145",
  create: () => ({
    better: "lower",
    unit: "°",
    start: () => {
      const mean = new Mean();
      let skipped = 0;
      return {
        add: (output, target) => {
          const both = spectra("sam", output, target);
          let sum = 0;
          let count = 0;
          for (let r = 0; r < both.rows; r++) {
            const angle = angleBetween(both.output, both.target, r * both.bands, both.bands);
            if (angle === undefined) skipped++;
            else {
              sum += angle;
              count++;
            }
          }
          mean.add(sum * (180 / Math.PI), count);
        },
        result: () => ({ value: mean.value, details: { spectra: mean.count, skipped } }),
      };
    },
  }),
});

/**
 * Angle between two vectors in radians, undefined where one is zero. W. Kahan's formula 2·atan2(|â − b̂|, |â + b̂|)
 * keeps its digits at small angles, where the arc cosine loses half of them.
 */
function angleBetween(a: ArrayLike<number>, b: ArrayLike<number>, start: number, length: number): number | undefined {
  let aa = 0;
  let bb = 0;
  for (let i = start; i < start + length; i++) {
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  if (aa === 0 || bb === 0) return undefined;
  const fa = 1 / Math.sqrt(aa);
  const fb = 1 / Math.sqrt(bb);
  let minus = 0;
  let plus = 0;
  for (let i = start; i < start + length; i++) {
    const x = a[i]! * fa;
    const y = b[i]! * fb;
    minus += (x - y) * (x - y);
    plus += (x + y) * (x + y);
  }
  return 2 * Math.atan2(Math.sqrt(minus), Math.sqrt(plus));
}
