import type { Metric } from "@spectrai/core";
import { BandMeans } from "./band-means.ts";
import { total } from "./errors.ts";
import { pair, type Rows, spectra } from "./pairs.ts";
import { Mean } from "./sum.ts";

/**
 * A metric that is a mean over all values of all samples, or a function of it; lower is better. Of spectra and cubes the details
 * hold that of each band; of several regression targets, which may have different units, each has its own there, and the value is
 * their mean.
 *
 * @param errors - summed over the rows, band by band
 */
export const meanError = (
  name: string,
  errors: (both: Rows) => Float64Array,
  finish = (mean: number): number => mean,
): Metric => ({
  better: "lower",
  start: () => {
    const mean = new Mean();
    const bandMeans = new BandMeans();
    const targets: Mean[] = [];
    return {
      add: (output, target) => {
        if (target.kind === "spectral") {
          const both = spectra(name, output, target);
          if (both.rows === 0) return;
          const sums = errors(both);
          mean.add(total(sums), both.target.length);
          bandMeans.add(sums, both.rows);
          return;
        }
        const both = pair(name, output, target);
        const bands = both.target.length;
        errors({ ...both, bands, rows: 1 }).forEach((error, j) => (targets[j] ??= new Mean()).add(error));
      },
      result: () => {
        if (targets.length === 0) return { value: finish(mean.value), details: bandMeans.details(finish) };
        const each = targets.map((t) => finish(t.value));
        return { value: each.reduce((a, b) => a + b, 0) / each.length, details: { targets: each } };
      },
    };
  },
});
