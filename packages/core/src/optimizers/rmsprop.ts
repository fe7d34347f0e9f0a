import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import { defineComponent } from "../component.ts";
import { elementwise, type FusedUpdate, penalized, penaltyOf, type UpdateRule } from "./elementwise.ts";
import { betaOption, epsilonOption, l2Description, weightDecayOption } from "./options.ts";

export const rmspropSchema = z.strictObject({
  alpha: betaOption(0.99, "Decay of the running mean of the squared gradient."),
  epsilon: epsilonOption(1e-8),
  momentum: z.number().min(0).default(0).meta({
    description: "Share of the last step's direction that is kept.",
    group: "momentum",
  }),
  centered: z.boolean().default(false).meta({
    description: "Divide by the running standard deviation instead of the root mean square.",
    group: "optimizer",
  }),
  weightDecay: weightDecayOption(0, l2Description),
});

/** Tieleman and Hinton's RMSprop; centred as in Graves, arXiv:1308.0850. As PyTorch's `RMSprop`. */
export const rmsprop = defineComponent({
  kind: "optimizer",
  name: "rmsprop",
  summary: "RMSprop: steps divided by the running root mean square of the gradient.",
  reference: "Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012",
  schema: rmspropSchema,
  create: ({ alpha, epsilon, momentum, centered, weightDecay }) => ({
    start: (parameters) => {
      const slotNames = ["square", ...(centered ? ["mean"] : []), ...(momentum > 0 ? ["momentum"] : [])];
      const rule: UpdateRule = (value, gradient, slots, context) => {
        const { rate, constant } = context;
        const blend = (old: tf.Tensor, fresh: tf.Tensor): tf.Tensor =>
          tf.add(tf.mul(old, constant(alpha)), tf.mul(fresh, constant(1 - alpha)));
        const g = penalized(value, gradient, weightDecay, context);
        const square = blend(slots[0]!, tf.square(g));
        const next = [square];
        let variance: tf.Tensor = square;
        if (centered) {
          const mean = blend(slots[1]!, g);
          next.push(mean);
          // Rounding can leave a variance of nearly 0 negative, whose root would be NaN.
          variance = tf.relu(tf.sub(square, tf.square(mean)));
        }
        let direction: tf.Tensor = tf.div(g, tf.add(tf.sqrt(variance), constant(epsilon)));
        if (momentum > 0) {
          direction = tf.add(tf.mul(slots.at(-1)!, constant(momentum)), direction);
          next.push(direction);
        }
        return { value: tf.sub(value, tf.mul(direction, constant(rate))), slots: next };
      };
      const fused: FusedUpdate = {
        kernel: "RmspropUpdate",
        scalars: (context) => [context.rate, alpha, 1 - alpha, epsilon, momentum, penaltyOf(weightDecay, context)],
        attributes: { centered, momentum: momentum > 0 },
      };
      return elementwise(parameters, slotNames, rule, fused);
    },
  }),
});
