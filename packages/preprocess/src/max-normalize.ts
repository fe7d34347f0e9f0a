import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { normalization, perOption } from "./steps/normalization.ts";

export const maxNormalizeSchema = z.strictObject({ per: perOption });

/** `y = x / max(x)`, for spectra `[L]` and cubes `[H, W, L]`. */
export const maxNormalize = defineComponent({
  kind: "transform",
  name: "max-normalize",
  summary: "Divide a spectrum (or a cube) by its largest value.",
  schema: maxNormalizeSchema,
  create: ({ per }) =>
    normalization(
      per,
      (row, scale) => {
        let largest = -Infinity;
        for (let i = 0; i < row.length; i++) if (row[i]! > largest) largest = row[i]!;
        scale.divisor = largest;
        return largest > 0
          ? undefined
          : `has the maximum ${largest} and cannot be divided by it; remove it, or raise the data above 0 first.`;
      },
      (x, over) => ({ divisor: tf.max(x, [...over], true) }),
    ),
});
