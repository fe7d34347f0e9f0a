import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { type Measure, meanOfDifference } from "../internal/custom.ts";
import { continuousTasks } from "../internal/support.ts";

export const mseLossSchema = z.strictObject({});

const squared: Measure = { name: "squared", of: tf.square, slope: (d, scale) => tf.mul(d, tf.mul(scale, 2)) };

/** Mean squared difference. */
export const mseLoss = defineComponent({
  kind: "loss",
  name: "mse",
  summary: "Mean squared difference.",
  schema: mseLossSchema,
  supports: continuousTasks,
  create: () => ({
    compute: (output, target) => meanOfDifference("mse", output, target, squared),
  }),
});
