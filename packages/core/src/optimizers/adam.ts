import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import { defineComponent } from "../component.ts";
import { elementwise, type FusedUpdate, penalized, penaltyOf, type UpdateContext } from "./elementwise.ts";
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
 * The rate and ε with the factors 1 − β of the moments and the bias corrections folded in. The moments are kept without
 * them, as they only change with the step: this spares two passes over the parameters.
 */
function corrected(
  { beta1, beta2, epsilon }: AdamOptions,
  { rate, step }: Pick<UpdateContext, "rate" | "step">,
): { readonly rate: number; readonly epsilon: number } {
  const meanFactor = (1 - beta1) / (1 - beta1 ** step);
  const rootFactor = Math.sqrt((1 - beta2) / (1 - beta2 ** step));
  return { rate: (rate * meanFactor) / rootFactor, epsilon: epsilon / rootFactor };
}

/** One Adam update with bias correction. */
export function adamUpdate(
  value: tf.Tensor,
  gradient: tf.Tensor,
  [mean, square]: readonly tf.Tensor[],
  options: AdamOptions,
  context: UpdateContext,
): { readonly value: tf.Tensor; readonly slots: readonly tf.Tensor[] } {
  const { constant } = context;
  const { rate, epsilon } = corrected(options, context);
  const nextMean = tf.add(tf.mul(mean!, constant(options.beta1)), gradient);
  const nextSquare = tf.add(tf.mul(square!, constant(options.beta2)), tf.square(gradient));
  const denominator = tf.add(tf.sqrt(nextSquare), constant(epsilon));
  const change = tf.mul(tf.div(nextMean, denominator), constant(rate));
  return { value: tf.sub(value, change), slots: [nextMean, nextSquare] };
}

/**
 * The same as a kernel.
 *
 * @param penalty - weight of the L2 penalty of a parameter
 * @param kept - share of a parameter that is left when weights have decayed
 */
export const fusedAdam = (
  options: AdamOptions,
  penalty: (context: Pick<UpdateContext, "decay">) => number,
  kept: (context: Pick<UpdateContext, "decay" | "rate">) => number,
): FusedUpdate => ({
  kernel: "AdamUpdate",
  scalars: (context) => {
    const { rate, epsilon } = corrected(options, context);
    return [rate, options.beta1, options.beta2, epsilon, penalty(context), kept(context)];
  },
});

/** Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015. As PyTorch's `Adam`. */
export const adam = defineComponent({
  kind: "optimizer",
  name: "adam",
  summary: "Adam: steps scaled by running means of the gradient and of its square.",
  reference: "Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, arXiv:1412.6980",
  schema: adamSchema,
  create: (options) => ({
    start: (parameters) =>
      elementwise(
        parameters,
        adamSlots,
        (value, gradient, slots, context) =>
          adamUpdate(value, penalized(value, gradient, options.weightDecay, context), slots, options, context),
        fusedAdam(
          options,
          (context) => penaltyOf(options.weightDecay, context),
          () => 1,
        ),
      ),
  }),
});
