import type { Scalar, Tensor } from "@tensorflow/tfjs-core";

/**
 * Mean loss of a batch. `output` is what the model gave; `target` has its shape, or, for logits `[…, K]`, is class
 * indices `[…]` (int32) or probabilities `[…, K]` (float32).
 */
export interface Loss {
  compute(output: Tensor, target: Tensor): Scalar;
}
