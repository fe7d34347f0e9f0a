import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import { defineComponent } from "../component.ts";
import { elementwise, penalized, type UpdateContext } from "./elementwise.ts";
import { betaOption, epsilonOption, l2Description, weightDecayOption } from "./options.ts";

export const adamSchema = z.strictObject({
  beta1: betaOption(0.9, "Decay of the running mean of the gradient."),
  beta2: betaOption(0.999, "Decay of the running mean of the squared gradient."),
  epsilon: epsilonOption(1e-8),
  weightDecay: weightDecayOption(0, l2Description),
});

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export const adamSlots = ["mean", "square"] as const;

/**
 * One Adam update with bias correction. The moments are kept without their factors 1 − β, which only change with the
 * step and are folded into the rate and ε: this spares two passes over the parameters.
 */
export function adamUpdate(
  value: tf.Tensor,
  gradient: tf.Tensor,
  [mean, square]: readonly tf.Tensor[],
  { beta1, beta2, epsilon }: AdamOptions,
  { rate, step, constant }: UpdateContext,
): { readonly value: tf.Tensor; readonly slots: readonly tf.Tensor[] } {
  const nextMean = tf.add(tf.mul(mean!, constant(beta1)), gradient);
  const nextSquare = tf.add(tf.mul(square!, constant(beta2)), tf.square(gradient));
  const meanFactor = (1 - beta1) / (1 - beta1 ** step);
  const rootFactor = Math.sqrt((1 - beta2) / (1 - beta2 ** step));
  const denominator = tf.add(tf.sqrt(nextSquare), constant(epsilon / rootFactor));
  const change = tf.mul(tf.div(nextMean, denominator), constant((rate * meanFactor) / rootFactor));
  return { value: tf.sub(value, change), slots: [nextMean, nextSquare] };
}

/** Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015. As PyTorch's `Adam`. */
export const adam = defineComponent({
  kind: "optimizer",
  name: "adam",
  summary: "Adam: steps scaled by running means of the gradient and of its square.",
  reference: "Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, arXiv:1412.6980",
  schema: adamSchema,
  create: (options) => ({
    start: (parameters) =>
      elementwise(parameters, adamSlots, (value, gradient, slots, context) =>
        adamUpdate(value, penalized(value, gradient, options.weightDecay, context), slots, options, context),
      ),
  }),
});
