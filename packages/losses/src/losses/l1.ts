import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { type Measure, meanOfDifference } from "../internal/custom.ts";
import { continuousTasks } from "../internal/support.ts";

export const l1LossSchema = z.strictObject({});

const absolute: Measure = { name: "absolute", of: tf.abs, slope: (d, scale) => tf.mul(tf.sign(d), scale) };

/** Mean absolute difference. The gradient is 0 where output and target are equal. */
export const l1Loss = defineComponent({
  kind: "loss",
  name: "l1",
  summary: "Mean absolute difference: robust against outliers.",
  schema: l1LossSchema,
  supports: continuousTasks,
  create: () => ({
    compute: (output, target) => meanOfDifference("l1", output, target, absolute),
  }),
});
