import type { Scalar, Tensor } from "@tensorflow/tfjs-core";

/**
 * Mean loss of a batch. `output` is what the model gave; `target` has its shape, or, for logits `[…, K]`, is class
 * indices `[…]` (int32) or probabilities `[…, K]` (float32).
 */
export interface Loss {
  compute(output: Tensor, target: Tensor): Scalar;
  /** The loss for a training part; asked for once, before the first step. Absent = the loss is the same for every data set. */
  forTraining?(training: TrainingLabels): Loss;
}

/** What a loss may know of the training part. */
export interface TrainingLabels {
  /** How many samples, or labelled pixels, each class has; empty where the targets are no classes. */
  readonly classCounts: readonly number[];
}
