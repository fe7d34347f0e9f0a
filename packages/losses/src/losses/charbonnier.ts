import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { type Measure, meanOfDifference } from "../internal/custom.ts";
import { continuousTasks } from "../internal/support.ts";

export const charbonnierLossSchema = z.strictObject({
  epsilon: z.number().positive().default(1e-3).meta({
    description: "Difference below which the loss is rounded off.",
    group: "loss",
  }),
});

/** Mean of √(d² + ε²): an L1 loss that is smooth at 0. */
export const charbonnierLoss = defineComponent({
  kind: "loss",
  name: "charbonnier",
  summary: "L1 loss that is smooth at 0.",
  schema: charbonnierLossSchema,
  supports: continuousTasks,
  reference: "P. Charbonnier et al., Proc. ICIP 2 (1994) 168",
  create: ({ epsilon }) => {
    const root = (d: tf.Tensor) => tf.sqrt(tf.add(tf.square(d), epsilon * epsilon));
    const measure: Measure = {
      name: "charbonnier",
      parameter: epsilon,
      of: root,
      slope: (d, scale) => tf.div(tf.mul(d, scale), root(d)),
    };
    return { compute: (output, target) => meanOfDifference("charbonnier", output, target, measure) };
  },
});
