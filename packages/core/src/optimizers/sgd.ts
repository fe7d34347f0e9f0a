import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import { defineComponent } from "../component.ts";
import { elementwise, penalized, penaltyOf } from "./elementwise.ts";
import { l2Description, weightDecayOption } from "./options.ts";

export const sgdSchema = z
  .strictObject({
    momentum: z.number().min(0).default(0).meta({
      description: "Share of the last step's direction that is kept.",
      group: "momentum",
    }),
    dampening: z.number().min(0).max(1).default(0).meta({
      description: "Share of the gradient that does not enter the momentum.",
      group: "momentum",
    }),
    nesterov: z.boolean().default(false).meta({
      description: "Look ahead along the momentum before stepping.",
      group: "momentum",
    }),
    weightDecay: weightDecayOption(0, l2Description),
  })
  .refine(({ nesterov, momentum, dampening }) => !nesterov || (momentum > 0 && dampening === 0), {
    path: ["nesterov"],
    message: "needs a momentum above 0 and no dampening; set momentum: 0.9, for example",
  });

/** Stochastic gradient descent with momentum (Sutskever et al., ICML 2013) in PyTorch's form. */
export const sgd = defineComponent({
  kind: "optimizer",
  name: "sgd",
  summary: "Stochastic gradient descent, with momentum where asked for.",
  reference: "Sutskever et al., On the importance of initialization and momentum in deep learning, ICML 2013",
  schema: sgdSchema,
  create: ({ momentum, dampening, nesterov, weightDecay }) => {
    // The first gradient enters undampened, as in PyTorch.
    const entering = (step: number): number => (step > 1 ? 1 - dampening : 1);
    return {
      start: (parameters) =>
        elementwise(
          parameters,
          momentum > 0 ? ["momentum"] : [],
          (value, gradient, [buffer], context) => {
            const { rate, step, constant } = context;
            const g = penalized(value, gradient, weightDecay, context);
            if (!buffer) return { value: tf.sub(value, tf.mul(g, constant(rate))), slots: [] };
            const share = entering(step);
            const next = tf.add(tf.mul(buffer, constant(momentum)), share === 1 ? g : tf.mul(g, constant(share)));
            const direction = nesterov ? tf.add(g, tf.mul(next, constant(momentum))) : next;
            return { value: tf.sub(value, tf.mul(direction, constant(rate))), slots: [next] };
          },
          {
            kernel: "SgdUpdate",
            scalars: (context) => [context.rate, momentum, entering(context.step), penaltyOf(weightDecay, context)],
            attributes: { momentum: momentum > 0, nesterov },
          },
        ),
    };
  },
});
