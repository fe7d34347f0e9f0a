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
  create: ({ order }) =>
    baselineSubtraction(
      (length) => {
        const basis = polynomialBasis(length, order);
        return (y, out) => polynomialBaseline(y, out, basis);
      },
      (x) => {
        const length = x.shape.at(-1)!;
        const { rows } = polynomialBasis(length, order);
        // The rows are orthonormal: coefficients are products with them, and the polynomial is what these add up to.
        const back = Float32Array.from(rows.flatMap((row) => [...row]));
        const there = back.map((_, i) => rows[i % rows.length]![Math.floor(i / rows.length)]!);
        const rest = tf.sub(x, timesMatrix(timesMatrix(x, there, rows.length), back, length));
        return tf.sub(rest, tf.min(rest, -1, true));
      },
    ),
});
