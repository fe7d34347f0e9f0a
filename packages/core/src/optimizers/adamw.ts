import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import { defineComponent } from "../component.ts";
import { adamSlots, adamUpdate } from "./adam.ts";
import { elementwise } from "./elementwise.ts";
import { betaOption, epsilonOption, weightDecayOption } from "./options.ts";

export const adamwSchema = z.strictObject({
  beta1: betaOption(0.9, "Decay of the running mean of the gradient."),
  beta2: betaOption(0.999, "Decay of the running mean of the squared gradient."),
  epsilon: epsilonOption(1e-8),
  weightDecay: weightDecayOption(
    0.01,
    "Share of a weight that is removed in each step, times the learning rate; biases and norms are left alone.",
  ),
});

/** Adam with decoupled weight decay: `w ← w·(1 − rate·decay)` before the step. As PyTorch's `AdamW`. */
export const adamw = defineComponent({
  kind: "optimizer",
  name: "adamw",
  summary: "Adam with weight decay that does not pass through the gradient.",
  reference: "Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019, arXiv:1711.05101",
  schema: adamwSchema,
  create: (options) => ({
    start: (parameters) =>
      elementwise(parameters, adamSlots, (value, gradient, slots, context) => {
        const kept = 1 - context.rate * options.weightDecay;
        const decayed = context.decay && kept !== 1 ? tf.mul(value, context.constant(kept)) : value;
        return adamUpdate(decayed, gradient, slots, options, context);
      }),
  }),
});
