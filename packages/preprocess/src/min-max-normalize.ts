import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { normalization, perOption } from "./steps/normalization.ts";

export const minMaxNormalizeSchema = z.strictObject({ per: perOption });

/** `y = (x − min x) / (max x − min x)`, from 0 to 1, for spectra `[L]` and cubes `[H, W, L]`. */
export const minMaxNormalize = defineComponent({
  kind: "transform",
  name: "min-max-normalize",
  summary: "Stretch a spectrum (or a cube) to the range from 0 to 1.",
  schema: minMaxNormalizeSchema,
  create: ({ per }) =>
    normalization(
      per,
      (row, scale) => {
        let least = Infinity;
        let largest = -Infinity;
        for (let i = 0; i < row.length; i++) {
          if (row[i]! < least) least = row[i]!;
          if (row[i]! > largest) largest = row[i]!;
        }
        scale.offset = least;
        scale.divisor = largest - least;
        return largest > least ? undefined : `is constant (${largest}) and cannot be stretched to a range; remove it.`;
      },
      (x, over) => {
        const offset = tf.min(x, [...over], true);
        return { offset, divisor: tf.sub(tf.max(x, [...over], true), offset) };
      },
    ),
});
