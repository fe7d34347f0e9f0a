import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";

/** How labels become the weights of a loss's terms. */
export interface LabelOptions {
  /** One weight a class. */
  readonly weights?: readonly number[] | undefined;
  /** Share of the probability that is spread evenly over all classes. */
  readonly smoothing?: number;
  /** A class index that carries no loss. Labels outside 0…K−1 never do. */
  readonly ignored?: number | undefined;
}

/** Weights `[M, K]` of the M positions' K terms, and what their sum is divided by. */
export interface LabelWeights {
  readonly terms: tf.Tensor2D;
  readonly total: tf.Scalar;
}

/** Whether the target holds class indices `[…]` (int32) for logits `[…, K]`, not probabilities `[…, K]`. */
export function areIndices(loss: string, output: tf.Tensor, target: tf.Tensor): boolean {
  const lead = output.shape.slice(0, -1);
  const fits = (shape: readonly number[]) =>
    target.rank === shape.length && shape.every((d, i) => d === target.shape[i]);
  if (target.dtype === "int32" && fits(lead)) return true;
  if (target.dtype === "float32" && fits(output.shape)) return false;
  throw new SpectraiError(
    "SPECTRAI_TENSOR_SHAPE",
    `The loss "${loss}" takes class indices (int32) of shape [${lead.join(", ")}] or probabilities (float32) of shape [${output.shape.join(", ")}] for these logits, but the target is ${target.dtype} of shape [${target.shape.join(", ")}].`,
  );
}

/** The given class weights, or ones. @throws SPECTRAI_COMPONENT_OPTIONS when their number is not that of the classes */
export function classWeights(loss: string, weights: readonly number[] | undefined, classes: number): readonly number[] {
  if (!weights) return Array.from({ length: classes }, () => 1);
  if (weights.length !== classes)
    throw new SpectraiError(
      "SPECTRAI_COMPONENT_OPTIONS",
      `The loss "${loss}" was given ${weights.length} class weights, but the model tells ${classes} classes apart; give one weight for each class.`,
    );
  return weights;
}

/** Row of a class table for every position: the label, or K where there is none. */
export function rowsOf(target: tf.Tensor, classes: number, ignored: number | undefined): tf.Tensor1D {
  const labels = tf.reshape(target, [-1]);
  let known = tf.logicalAnd(
    tf.greaterEqual(labels, tf.scalar(0, "int32")),
    tf.less(labels, tf.scalar(classes, "int32")),
  );
  if (ignored !== undefined) known = tf.logicalAnd(known, tf.notEqual(labels, tf.scalar(ignored, "int32")));
  return tf.where(known, labels, tf.fill(labels.shape, classes, "int32")) as tf.Tensor1D;
}

/**
 * The weights of −log p in PyTorch's CrossEntropyLoss, mean reduction. Indices: a label y weighs its own class with
 * (1 − ε)·w_y and every class c with ε/K·w_c; divided by Σ w_y over labelled positions. Probabilities q: class c has
 * ((1 − ε)·q_c + ε/K)·w_c; divided by the number of positions.
 */
export function labelWeights(
  loss: string,
  output: tf.Tensor,
  target: tf.Tensor,
  { weights, smoothing = 0, ignored }: LabelOptions,
): LabelWeights {
  const classes = output.shape.at(-1)!;
  const w = classWeights(loss, weights, classes);
  const rest = smoothing / classes;
  if (!areIndices(loss, output, target)) {
    const q = tf.reshape(target, [-1, classes]);
    const smooth = smoothing > 0 ? tf.add(tf.mul(q, 1 - smoothing), rest) : q;
    const terms = weights ? tf.mul(smooth, tf.tensor1d([...w])) : smooth;
    return { terms: terms as tf.Tensor2D, total: tf.scalar(Math.max(q.shape[0]!, 1)) };
  }
  const rows = rowsOf(target, classes, ignored);
  // One row a class, and a last one of zeros for positions without a label.
  const table = new Float32Array((classes + 1) * classes);
  for (let y = 0; y < classes; y++)
    for (let c = 0; c < classes; c++) table[y * classes + c] = w[c]! * (rest + (y === c ? 1 - smoothing : 0));
  const terms = tf.gather(tf.tensor2d(table, [classes + 1, classes]), rows);
  const total = tf.sum(tf.gather(tf.tensor1d([...w, 0]), rows));
  // Where nothing is labelled all terms are 0, and so is the loss.
  return { terms, total: tf.where(tf.greater(total, 0), total, tf.onesLike(total)) as tf.Scalar };
}

/** log softmax over the last axis of `[M, K]`, by log-sum-exp. */
export function logSoftmax(x: tf.Tensor2D): tf.Tensor2D {
  const shifted = tf.sub(x, tf.max(x, 1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
}
