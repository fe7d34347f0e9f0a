import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { type Measure, meanOfDifference } from "../internal/custom.ts";
import { continuousTasks } from "../internal/support.ts";

export const huberLossSchema = z.strictObject({
  delta: z.number().positive().default(1).meta({
    description: "Difference up to which the loss is quadratic, and beyond which it is linear.",
    group: "loss",
  }),
});

/** Mean of d²/2 for |d| ≤ δ and δ(|d| − δ/2) beyond, as PyTorch's HuberLoss. */
export const huberLoss = defineComponent({
  kind: "loss",
  name: "huber",
  summary: "Quadratic for small differences, linear for large ones.",
  schema: huberLossSchema,
  supports: continuousTasks,
  reference: "P. J. Huber, Ann. Math. Statist. 35 (1964) 73",
  create: ({ delta }) => {
    const measure: Measure = {
      name: "huber",
      parameter: delta,
      // With c = clip(d, ±δ) both branches are c·(d − c/2).
      of: (d) => {
        const c = tf.clipByValue(d, -delta, delta);
        return tf.mul(c, tf.sub(d, tf.mul(c, 0.5)));
      },
      slope: (d, scale) => tf.mul(tf.clipByValue(d, -delta, delta), scale),
    };
    return { compute: (output, target) => meanOfDifference("huber", output, target, measure) };
  },
});
