import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { closedForm, sameShape } from "../internal/custom.ts";
import { signalTasks } from "../internal/support.ts";

export const spectralAngleLossSchema = z.strictObject({});

/** Norms below this are taken for it: a zero spectrum has no direction. */
const least = 1e-6;

/**
 * Mean angle, in radians, between output and target spectra (last axis). With unit vectors â, b̂ and r = b̂ − (â·b̂)â,
 * the angle is atan2(|r|, â·b̂) and its gradient −r/(|r|·|a|): both keep their digits at small angles, where the arc
 * cosine has none left, and the gradient is 0 where the angle is. Spectra that are zero carry no loss.
 */
export const spectralAngleLoss = defineComponent({
  kind: "loss",
  name: "spectral-angle",
  summary: "Mean angle between spectra: their shape counts, not their scale.",
  schema: spectralAngleLossSchema,
  supports: signalTasks,
  create: () => ({
    compute: (output, target) => {
      sameShape("spectral-angle", output, target);
      const bands = output.shape.at(-1)!;
      return closedForm(
        output,
        (x) => {
          const a = tf.reshape(x, [-1, bands]);
          const b = tf.reshape(target, [-1, bands]);
          const normA = norm(a);
          const normB = norm(b);
          const some = tf.cast(tf.logicalAnd(tf.greater(normA, least), tf.greater(normB, least)), "float32");
          const unitA = tf.div(a, tf.maximum(normA, least));
          const unitB = tf.div(b, tf.maximum(normB, least));
          const cosine = tf.sum(tf.mul(unitA, unitB), 1, true);
          const r = tf.sub(unitB, tf.mul(unitA, cosine));
          const sine = norm(r);
          const share = tf.div(some, a.shape[0]!);
          const value = tf.sum(tf.mul(tf.atan2(sine, cosine), share));
          // The rounding of unit vectors leaves an r of 1e-7 at angle 0: below `least` it has no direction.
          const slope = tf.div(tf.neg(share), tf.mul(tf.maximum(sine, least), tf.maximum(normA, least)));
          return { value, saved: [r, slope] };
        },
        (dy, [r, slope]) => tf.reshape(tf.mul(r!, tf.mul(slope!, dy)), output.shape),
      );
    },
  }),
});

const norm = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(x), 1, true));
