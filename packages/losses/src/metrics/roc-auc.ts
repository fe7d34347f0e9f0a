import { defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { forEachLabel, meanOfPresent, perClass } from "../internal/confusion.ts";

export const rocAucMetricSchema = z.strictObject({});

/**
 * Area under the receiver operating characteristic, every class against the rest, averaged over the classes that occur beside
 * others: the share of pairs, one sample of the class and one of the rest, in which the first has the larger probability; equal
 * ones count half. Exact, from ranks (Mann and Whitney), which takes the scores of all samples to be kept: for whole samples,
 * not for pixels.
 */
export const rocAucMetric = defineComponent({
  kind: "metric",
  name: "roc-auc",
  summary: "Area under the ROC curve, every class against the rest, averaged over classes.",
  schema: rocAucMetricSchema,
  supports: { tasks: ["classification"] },
  reference: "Hanley, McNeil, Radiology 143 (1982) 29; Hand, Till, Mach. Learn. 45 (2001) 171",
  create: () => ({
    better: "higher",
    start: () => {
      const scores: Float64Array[] = [];
      const labels: number[] = [];
      return {
        add: (output, target) =>
          forEachLabel("roc-auc", output, target, (label, start, classes) => {
            if (scores.length > 0 && scores[0]!.length !== classes)
              throw new SpectraiError(
                "SPECTRAI_DATA_SHAPE",
                `The metric "roc-auc" got a prediction of ${classes} classes after predictions of ${scores[0]!.length}.`,
              );
            scores.push(logOdds(output.data.subarray(start, start + classes)));
            labels.push(label);
          }),
        result: () => {
          const classes = scores[0]?.length ?? 0;
          const each = Array.from({ length: classes }, (_, c) =>
            areaUnderCurve(
              scores.map((s) => s[c]!),
              labels.map((label) => label === c),
            ),
          );
          return { value: meanOfPresent(each), details: { classes: perClass(each) } };
        },
      };
    },
  }),
});

/** Log-odds closer than this differ by rounding alone. */
const RESOLUTION = 1e-10;

/** log p_k / (1 − p_k) of every class: in the order of the probabilities, and still apart where those round to 0 or 1. */
function logOdds(logits: ArrayLike<number>): Float64Array {
  return Float64Array.from(logits, (own, k) => {
    let largest = -Infinity;
    for (let c = 0; c < logits.length; c++) if (c !== k) largest = Math.max(largest, logits[c]!);
    let sum = 0;
    for (let c = 0; c < logits.length; c++) if (c !== k) sum += Math.exp(logits[c]! - largest);
    return Math.round((own - largest - Math.log(sum)) / RESOLUTION) * RESOLUTION;
  });
}

/** (R − n₊(n₊ + 1)/2) / (n₊ n₋) with R the sum of the positives' ranks, equal scores sharing their mean rank; NaN without both kinds. */
function areaUnderCurve(scores: readonly number[], positive: readonly boolean[]): number {
  if (scores.some(Number.isNaN)) return NaN;
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let ranks = 0;
  let positives = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    let here = 0;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) if (positive[order[to++]!]) here++;
    // Ranks from + 1 … to.
    ranks += (here * (from + 1 + to)) / 2;
    positives += here;
    from = to;
  }
  const negatives = scores.length - positives;
  return positives > 0 && negatives > 0 ? (ranks - (positives * (positives + 1)) / 2) / (positives * negatives) : NaN;
}
