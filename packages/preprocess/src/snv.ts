import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { normalization } from "./steps/normalization.ts";

export const snvSchema = z.strictObject({});

/** `y = (x − mean x) / std x` with the (L − 1) standard deviation, for every spectrum of `[L]` or `[H, W, L]`. */
export const snv = defineComponent({
  kind: "transform",
  name: "snv",
  summary: "Standard normal variate: subtract from every spectrum its mean and divide by its standard deviation.",
  reference: "R. Barnes, M. Dhanoa and S. Lister, Appl. Spectrosc. 43 (1989) 772",
  schema: snvSchema,
  create: () =>
    normalization(
      "spectrum",
      (row, scale) => {
        const n = row.length;
        let sum = 0;
        for (let i = 0; i < n; i++) sum += row[i]!;
        const mean = sum / n;
        let squares = 0;
        for (let i = 0; i < n; i++) squares += (row[i]! - mean) ** 2;
        scale.offset = mean;
        scale.divisor = Math.sqrt(squares / (n - 1));
        // A constant spectrum may leave a rounding error of its mean.
        return scale.divisor > 1e-14 * Math.abs(mean)
          ? undefined
          : `is constant (${mean}) and has no standard deviation to divide by; remove it.`;
      },
      (x, over, { values }) => {
        const offset = tf.mean(x, [...over], true);
        const squares = tf.sum(tf.square(tf.sub(x, offset)), [...over], true);
        return { offset, divisor: tf.sqrt(tf.div(squares, values.length - 1)) };
      },
    ),
});
