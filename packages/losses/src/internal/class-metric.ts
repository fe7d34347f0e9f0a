import type { Metric, MetricResult } from "@spectrai/core";
import { Confusion } from "./confusion.ts";

/** A metric that is read off the confusion matrix. */
export const fromConfusion = (name: string, result: (confusion: Confusion) => MetricResult): Metric => ({
  better: "higher",
  start: () => {
    const confusion = new Confusion(name);
    return {
      add: (output, target) => confusion.add(output, target),
      result: () => result(confusion),
    };
  },
});

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Share of each class's positions that were recognized; NaN for classes without any. */
export const recalls = (m: Confusion): number[] => range(m.classes).map((c) => m.count(c, c) / m.truths(c));

/** TP / (TP + FP) of each class; 0 where a class occurs but was never predicted, NaN where it does neither. */
export const precisions = (m: Confusion): number[] =>
  range(m.classes).map((c) => (m.predictions(c) === 0 && m.truths(c) > 0 ? 0 : m.count(c, c) / m.predictions(c)));

/** 2·TP / (2·TP + FP + FN) of each class; NaN where a class neither occurs nor was predicted. */
export const f1Scores = (m: Confusion): number[] =>
  range(m.classes).map((c) => (2 * m.count(c, c)) / (m.truths(c) + m.predictions(c)));

/** TP / (TP + FP + FN) of each class that occurs; NaN for the others. */
export const overlaps = (m: Confusion): number[] =>
  range(m.classes).map((c) =>
    m.truths(c) === 0 ? NaN : m.count(c, c) / (m.truths(c) + m.predictions(c) - m.count(c, c)),
  );
