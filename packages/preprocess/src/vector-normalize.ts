import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { normalization, perOption } from "./steps/normalization.ts";

export const vectorNormalizeSchema = z.strictObject({ per: perOption });

/** `y = x / √Σx²` for spectra `[L]` and cubes `[H, W, L]`. */
export const vectorNormalize = defineComponent({
  kind: "transform",
  name: "vector-normalize",
  summary: "Divide a spectrum (or a cube) by its Euclidean length.",
  schema: vectorNormalizeSchema,
  create: ({ per }) =>
    normalization(
      per,
      (row, scale) => {
        let squares = 0;
        for (let i = 0; i < row.length; i++) squares += row[i]! * row[i]!;
        scale.divisor = Math.sqrt(squares);
        return squares > 0 && squares < Infinity
          ? undefined
          : `has the Euclidean length ${scale.divisor} and cannot be divided by it; remove it.`;
      },
      (x, over) => ({ divisor: tf.sqrt(tf.sum(tf.square(x), [...over], true)) }),
    ),
});
