import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { withWeights } from "../internal/balanced.ts";
import { closedForm } from "../internal/custom.ts";
import { labelWeights, logSoftmax } from "../internal/labels.ts";
import { balancedLabelOptions } from "../internal/schemas.ts";
import { labelTasks } from "../internal/support.ts";

export const focalLossSchema = z.strictObject({
  gamma: z.number().min(0).max(10).default(2).meta({
    description: "How strongly well-classified positions are discounted; 0 = cross-entropy.",
    group: "loss",
  }),
  ...balancedLabelOptions,
});

/**
 * −Σ T·(1 − p)^γ·log p / Σ w over softmax probabilities p. With h = p·d/dp of a term, the gradient with respect to the
 * logits is T·h − p·Σ T·h.
 */
export const focalLoss = defineComponent({
  kind: "loss",
  name: "focal",
  summary: "Cross-entropy that dwells on the positions that are still wrong; for rare classes.",
  schema: focalLossSchema,
  supports: labelTasks,
  reference: "T.-Y. Lin et al., Proc. ICCV (2017) 2999",
  create: ({ gamma, ...options }) =>
    withWeights("focal", options, (weights) => ({
      compute: (output, target) =>
        closedForm(
          output,
          (x) => {
            const { terms, total } = labelWeights("focal", x, target, { ignored: options.ignored, weights });
            const logp = logSoftmax(tf.reshape(x, [-1, x.shape.at(-1)!]));
            const value = tf.mul(tf.mul(terms, logp), tf.pow(rest(logp), gamma));
            return { value: tf.div(tf.neg(tf.sum(value)), total), saved: [logp, terms, total] };
          },
          (dy, [logp, terms, total]) => {
            const p = tf.exp(logp!);
            const q = rest(logp!);
            // h = (1 − p)^γ · (γ·p·log p / (1 − p) − 1)
            const ratio = tf.div(tf.mul(p, logp!), q);
            const h = tf.mul(tf.pow(q, gamma), tf.sub(tf.mul(ratio, gamma), 1));
            const th = tf.mul(terms!, h);
            const slope = tf.sub(th, tf.mul(p, tf.sum(th, 1, true)));
            return tf.reshape(tf.mul(slope, tf.div(dy, total!)), output.shape);
          },
        ),
    })),
});

/** 1 − p, kept above float32's rounding so that log p / (1 − p) has its limit at p = 1. */
const rest = (logp: tf.Tensor): tf.Tensor => tf.maximum(tf.neg(tf.expm1(logp)), 1e-7);
