import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { normalization, perOption } from "./steps/normalization.ts";

export const areaNormalizeSchema = z.strictObject({
  area: z.enum(["sum", "trapezoid"]).default("sum").meta({
    description: "The sum of the values, or the area under the curve over the axis by the trapezoid rule.",
    group: "normalization",
  }),
  per: perOption,
});

/** `y = x / area(x)` for spectra `[L]` and cubes `[H, W, L]`; the area of a falling axis counts as that of a rising one. */
export const areaNormalize = defineComponent({
  kind: "transform",
  name: "area-normalize",
  summary: "Divide a spectrum (or a cube) by its sum or by the area under its curve.",
  schema: areaNormalizeSchema,
  create: ({ area, per }) =>
    normalization(
      per,
      (row, scale, { axis: { values } }) => {
        let sum = 0;
        let size = 0;
        const length = values.length;
        for (let at = 0; at < row.length; at += length)
          for (let i = 0; i < length; i++) {
            const v = row[at + i]!;
            const width = area === "sum" ? 1 : widthAt(values, i);
            sum += v * width;
            size += Math.abs(v) * width;
          }
        scale.divisor = sum;
        // An area that is only what rounding leaves of values that cancel is as useless as 0.
        return sum > 1e-12 * size
          ? undefined
          : `has the area ${sum} and cannot be divided by it; remove it, or raise the data above 0 first.`;
      },
      (x, over, { values }) => {
        const widths =
          area === "sum" ? undefined : tf.tensor1d(Float32Array.from(values, (_, i) => widthAt(values, i)));
        return { divisor: tf.sum(widths ? tf.mul(x, widths) : x, [...over], true) };
      },
    ),
});

/** Half the distance between a point's neighbours; at the ends, half of that to the only one. */
const widthAt = (values: Float64Array, i: number): number =>
  Math.abs(values[Math.min(i + 1, values.length - 1)]! - values[Math.max(i - 1, 0)]!) / 2;
