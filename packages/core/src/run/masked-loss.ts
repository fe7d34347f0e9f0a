import * as tf from "@tensorflow/tfjs-core";
import type { Loss } from "../contracts/loss.ts";
import type { Batch } from "./batches.ts";

/**
 * The loss of an output over those pixels of a batch that count. The others take their target's values, so that they add
 * nothing and have no gradient, and the mean is made one over the pixels that count.
 */
export function lossOf(loss: Loss, output: tf.Tensor, { target, valid }: Pick<Batch, "target" | "valid">): tf.Scalar {
  if (!valid) return loss.compute(output, target);
  const weight = tf.expandDims(valid.pixels, -1);
  const seen = tf.add(tf.mul(output, weight), tf.mul(target, tf.sub(1, weight)));
  return tf.mul(loss.compute(seen, target), valid.share > 0 ? 1 / valid.share : 0);
}
