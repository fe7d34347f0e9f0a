import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { polynomialBaseline, polynomialBasis } from "./kernels/polynomial.ts";
import { baselineSubtraction } from "./steps/baseline.ts";
import { timesMatrix } from "./steps/tensors.ts";
import { orderOption } from "./steps/polynomial-options.ts";

export const polynomialSchema = z.strictObject({ order: orderOption(5) });

/** Takes the least-squares polynomial off every spectrum of `[L]` or `[H, W, L]` and lifts the rest to the minimum 0. */
export const polynomial = defineComponent({
  kind: "transform",
  name: "polynomial",
  summary: "Subtract the least-squares polynomial over the point index, then lift the spectrum to the minimum 0.",
  schema: polynomialSchema,
  create: ({ order }) => ({
    ...baselineSubtraction((length) => {
      const basis = polynomialBasis(length, order);
      return (y, out) => polynomialBaseline(y, out, basis);
    }),
    tensor: (x) =>
      tf.tidy(() => {
        const length = x.shape.at(-1)!;
        const { rows } = polynomialBasis(length, order);
        const there = Float32Array.from(
          { length: length * rows.length },
          (_, i) => rows[i % rows.length]![Math.floor(i / rows.length)]!,
        );
        const back = Float32Array.from(
          { length: length * rows.length },
          (_, i) => rows[Math.floor(i / length)]![i % length]!,
        );
        const rest = tf.sub(x, timesMatrix(timesMatrix(x, there, rows.length), back, length));
        return tf.sub(rest, tf.min(rest, -1, true));
      }),
  }),
});
