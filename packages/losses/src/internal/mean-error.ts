import type { Metric } from "@spectrai/core";
import { type Pair, pair } from "./pairs.ts";
import { Mean } from "./sum.ts";

/**
 * A metric that is a mean over all values of all samples, or a function of it; lower is better. Of several regression targets,
 * which may have different units, each has its own, in the details, and the value is their mean.
 */
export const meanError = (
  name: string,
  error: (both: Pair) => number,
  finish = (mean: number): number => mean,
): Metric => ({
  better: "lower",
  start: () => {
    const mean = new Mean();
    const targets: Mean[] = [];
    return {
      add: (output, target) => {
        const both = pair(name, output, target);
        if (target.kind !== "numbers") mean.add(error(both), both.target.length);
        else
          for (let j = 0; j < both.target.length; j++)
            (targets[j] ??= new Mean()).add(
              error({ output: both.output.subarray(j, j + 1), target: both.target.subarray(j, j + 1), shape: [1] }),
            );
      },
      result: () => {
        if (targets.length === 0) return { value: finish(mean.value) };
        const each = targets.map((t) => finish(t.value));
        return { value: each.reduce((a, b) => a + b, 0) / each.length, details: { targets: each } };
      },
    };
  },
});
