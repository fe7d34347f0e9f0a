import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { baselineSubtraction } from "./steps/baseline.ts";

export const minimumSchema = z.strictObject({});

/** `y = x − min(x)` for every spectrum of `[L]` or `[H, W, L]`. */
export const minimum = defineComponent({
  kind: "transform",
  name: "minimum",
  summary: "Subtract from every spectrum its smallest value.",
  schema: minimumSchema,
  create: () =>
    baselineSubtraction(
      (length) => (y, out) => {
        let least = Infinity;
        for (let i = 0; i < length; i++) if (y[i]! < least) least = y[i]!;
        out.fill(least);
      },
      (x) => tf.sub(x, tf.min(x, -1, true)),
    ),
});
