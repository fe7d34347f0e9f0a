import type { Metric } from "@spectrai/core";
import { forEachLabel } from "./confusion.ts";
import { logSoftmaxAt } from "./probabilities.ts";
import { Mean } from "./sum.ts";

/** A metric that is the mean over labels of a function of log-probabilities; lower is better. */
export const labelMean = (name: string, of: (logp: Float64Array, label: number) => number): Metric => ({
  better: "lower",
  start: () => {
    const mean = new Mean();
    return {
      add: (output, target) =>
        forEachLabel(name, output, target, (label, start, classes) =>
          mean.add(of(logSoftmaxAt(output.data, start, classes), label)),
        ),
      result: () => ({ value: mean.value, details: { labels: mean.count } }),
    };
  },
});
