import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import { defineComponent } from "../component.ts";
import { elementwise, penalized } from "./elementwise.ts";
import { epsilonOption, l2Description, weightDecayOption } from "./options.ts";

export const adagradSchema = z.strictObject({
  rateDecay: z.number().min(0).default(0).meta({
    description: "The learning rate of step t, from 0, is divided by 1 + t times this.",
    group: "optimizer",
  }),
  epsilon: epsilonOption(1e-10),
  weightDecay: weightDecayOption(0, l2Description),
});

/** Duchi, Hazan and Singer, JMLR 12 (2011) 2121: steps divided by the root of the summed squares. As PyTorch's `Adagrad`. */
export const adagrad = defineComponent({
  kind: "optimizer",
  name: "adagrad",
  summary: "Adagrad: steps that shrink with the sum of all squared gradients so far.",
  reference: "Duchi, Hazan and Singer, Adaptive subgradient methods, JMLR 12 (2011) 2121",
  schema: adagradSchema,
  create: (options) => ({
    start: (parameters) =>
      elementwise(parameters, ["sum"], (value, gradient, [sum], context) => {
        const g = penalized(value, gradient, options.weightDecay, context);
        const nextSum = tf.add(sum!, tf.square(g));
        const rate = context.rate / (1 + (context.step - 1) * options.rateDecay);
        const direction = tf.div(g, tf.add(tf.sqrt(nextSum), context.constant(options.epsilon)));
        return { value: tf.sub(value, tf.mul(direction, context.constant(rate))), slots: [nextSum] };
      }),
  }),
});
