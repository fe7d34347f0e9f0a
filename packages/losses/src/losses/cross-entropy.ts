import * as tf from "@tensorflow/tfjs-core";
import { defineComponent, hasKernel } from "@spectrai/core";
import { z } from "zod";
import { withWeights } from "../internal/balanced.ts";
import { closedForm } from "../internal/custom.ts";
import { areIndices, classWeights, type LabelOptions, labelWeights, logSoftmax } from "../internal/labels.ts";
import { balancedLabelOptions } from "../internal/schemas.ts";
import { labelTasks } from "../internal/support.ts";

export const crossEntropyLossSchema = z.strictObject({
  ...balancedLabelOptions,
  smoothing: z.number().min(0).max(1).default(0).meta({
    description: "Label smoothing: share of each label's probability that is spread over all classes.",
    group: "classes",
  }),
});

const name = "cross-entropy";

function composed(output: tf.Tensor, target: tf.Tensor, options: LabelOptions): tf.Scalar {
  return closedForm(
    output,
    (x) => {
      const { terms, total } = labelWeights(name, x, target, options);
      const logp = logSoftmax(tf.reshape(x, [-1, x.shape.at(-1)!]));
      return { value: tf.div(tf.neg(tf.sum(tf.mul(terms, logp))), total), saved: [logp, terms, total] };
    },
    (dy, [logp, terms, total]) => {
      const row = tf.sum(terms!, 1, true);
      const slope = tf.sub(tf.mul(tf.exp(logp!), row), terms!);
      return tf.reshape(tf.mul(slope, tf.div(dy, total!)), output.shape);
    },
  );
}

/** The same by one kernel forward and one backward, which keep nothing as large as the logits in between. */
function fused(output: tf.Tensor, labels: tf.Tensor, { weights, smoothing = 0, ignored }: LabelOptions): tf.Scalar {
  const classes = output.shape.at(-1)!;
  const own = classWeights(name, weights, classes);
  const counts = ignored !== undefined && ignored >= 0 && ignored < classes;
  const attributes = { smoothing, ignored: counts ? ignored : -1 };
  return closedForm(
    output,
    (logits) => {
      const table = tf.tensor1d([...own]);
      const value = tf
        .engine()
        .runKernel<tf.Scalar>("SoftmaxCrossEntropy", { logits, labels, weights: table }, attributes);
      return { value, saved: [logits, labels, table] };
    },
    (dy, [logits, saved, table]) =>
      tf
        .engine()
        .runKernel<tf.Tensor>(
          "SoftmaxCrossEntropyGradient",
          { dy, logits: logits!, labels: saved!, weights: table! },
          attributes,
        ),
  );
}

/**
 * −Σ T·log softmax(x) / Σ w as PyTorch's CrossEntropyLoss (mean), for class indices or probabilities. The gradient
 * is (softmax·ΣT − T) / Σw.
 */
export const crossEntropyLoss = defineComponent({
  kind: "loss",
  name,
  summary: "Cross-entropy of softmax probabilities: the usual loss for classes.",
  schema: crossEntropyLossSchema,
  supports: labelTasks,
  create: ({ smoothing, ignored, ...given }) =>
    withWeights(name, { ...given, ignored }, (weights) => {
      const options: LabelOptions = { smoothing, ignored, weights };
      return {
        compute: (output, target) =>
          areIndices(name, output, target) && output.dtype === "float32" && hasKernel("SoftmaxCrossEntropy")
            ? fused(output, target, options)
            : composed(output, target, options),
      };
    }),
});
