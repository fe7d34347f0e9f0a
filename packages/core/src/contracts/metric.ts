import type { JsonObject } from "../json.ts";
import type { FloatArray } from "../ndarray.ts";
import type { Target } from "./sample.ts";

export interface MetricResult {
  readonly value: number;
  /** Per class, per band, a confusion matrix …, for the report. */
  readonly details?: JsonObject;
}

/** One sample's prediction: the target's shape, or logits `[…, K]` for labels. */
export interface Prediction {
  readonly data: FloatArray;
  readonly shape: readonly number[];
}

/** Gathers sample after sample in bounded memory; the result does not depend on how they were batched. */
export interface MetricAccumulator {
  add(output: Prediction, target: Target): void;
  result(): MetricResult;
}

export interface Metric {
  readonly better: "lower" | "higher";
  /** Unit of the value, where it has one (`dB`, `°`). */
  readonly unit?: string;
  start(): MetricAccumulator;
}
