import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import { defineComponent } from "../component.ts";
import { adamSlots, adamUpdate, fusedAdam } from "./adam.ts";
import { elementwise, type UpdateContext } from "./elementwise.ts";
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
  create: (options) => {
    const keptOf = ({ decay, rate }: Pick<UpdateContext, "decay" | "rate">): number =>
      decay ? 1 - rate * options.weightDecay : 1;
    return {
      start: (parameters) =>
        elementwise(
          parameters,
          adamSlots,
          (value, gradient, slots, context) => {
            const kept = keptOf(context);
            const decayed = kept === 1 ? value : tf.mul(value, context.constant(kept));
            return adamUpdate(decayed, gradient, slots, options, context);
          },
          fusedAdam(options, () => 0, keptOf),
        ),
    };
  },
});
