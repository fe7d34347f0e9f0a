import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { closedForm } from "../internal/custom.ts";
import { labelWeights, logSoftmax } from "../internal/labels.ts";
import { labelOptions } from "../internal/schemas.ts";
import { labelTasks } from "../internal/support.ts";

export const crossEntropyLossSchema = z.strictObject({
  ...labelOptions,
  smoothing: z.number().min(0).max(1).default(0).meta({
    description: "Label smoothing: share of each label's probability that is spread over all classes.",
    group: "classes",
  }),
});

/**
 * −Σ T·log softmax(x) / Σ w as PyTorch's CrossEntropyLoss (mean), for class indices or probabilities. The gradient
 * (softmax·ΣT − T) / Σw needs no second softmax.
 */
export const crossEntropyLoss = defineComponent({
  kind: "loss",
  name: "cross-entropy",
  summary: "Cross-entropy of softmax probabilities: the usual loss for classes.",
  schema: crossEntropyLossSchema,
  supports: labelTasks,
  create: (options) => ({
    compute: (output, target) =>
      closedForm(
        output,
        (x) => {
          const { terms, total } = labelWeights("cross-entropy", x, target, options);
          const logp = logSoftmax(tf.reshape(x, [-1, x.shape.at(-1)!]));
          return { value: tf.div(tf.neg(tf.sum(tf.mul(terms, logp))), total), saved: [logp, terms, total] };
        },
        (dy, [logp, terms, total]) => {
          const row = tf.sum(terms!, 1, true);
          const slope = tf.sub(tf.mul(tf.exp(logp!), row), terms!);
          return tf.reshape(tf.mul(slope, tf.div(dy, total!)), output.shape);
        },
      ),
  }),
});
