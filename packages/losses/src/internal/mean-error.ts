import type { Metric } from "@spectrai/core";
import { type Pair, pair } from "./pairs.ts";
import { Mean } from "./sum.ts";

/** A metric that is a mean over all values of all samples, or a function of it; lower is better. */
export const meanError = (
  name: string,
  error: (both: Pair) => number,
  finish = (mean: number): number => mean,
): Metric => ({
  better: "lower",
  start: () => {
    const mean = new Mean();
    return {
      add: (output, target) => {
        const both = pair(name, output, target);
        mean.add(error(both), both.target.length);
      },
      result: () => ({ value: finish(mean.value) }),
    };
  },
});
