import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { closedForm } from "../internal/custom.ts";
import { areIndices, classWeights, logSoftmax, rowsOf } from "../internal/labels.ts";
import { labelOptions } from "../internal/schemas.ts";
import { labelTasks } from "../internal/support.ts";

export const diceLossSchema = z.strictObject({
  smooth: z.number().positive().default(1).meta({
    description: "Added to both parts of the ratio, so that small classes weigh less; in positions.",
    group: "loss",
    unit: "points",
  }),
  absent: z.boolean().default(false).meta({
    description: "Whether classes that the batch does not hold count as well.",
    group: "classes",
  }),
  ...labelOptions,
});

/**
 * 1 − (2·Σ p·t + s) / (Σ p + Σ t + s) of every class over the whole batch, mean over the classes that the batch holds.
 * A class without a single position has a ratio of its own (s keeps it finite) and counts only with `absent`.
 */
export const diceLoss = defineComponent({
  kind: "loss",
  name: "dice",
  summary: "One minus the overlap of prediction and mask, class by class; insensitive to class sizes.",
  schema: diceLossSchema,
  supports: labelTasks,
  reference: "F. Milletari et al., Proc. 3DV (2016) 565",
  create: ({ smooth, absent, weights, ignored }) => ({
    compute: (output, target) =>
      closedForm(
        output,
        (x) => {
          const classes = x.shape.at(-1)!;
          const w = tf.tensor1d([...classWeights("dice", weights, classes)]);
          let truth: tf.Tensor;
          let known: tf.Tensor = tf.scalar(1);
          if (areIndices("dice", x, target)) {
            const rows = rowsOf(target, classes, ignored);
            truth = tf.oneHot(rows, classes, 1, 0, "float32");
            known = tf.expandDims(tf.cast(tf.less(rows, tf.scalar(classes, "int32")), "float32"), 1);
          } else truth = tf.reshape(target, [-1, classes]);
          const p = tf.exp(logSoftmax(tf.reshape(x, [-1, classes])));
          const size = tf.sum(truth, 0);
          const overlap = tf.sum(tf.mul(p, truth), 0);
          const sum = tf.add(tf.add(tf.sum(tf.mul(p, known), 0), size), smooth);
          const counted = absent ? w : tf.mul(w, tf.cast(tf.greater(size, 0), "float32"));
          const total = tf.sum(counted);
          const share = tf.div(counted, tf.where(tf.greater(total, 0), total, tf.onesLike(total)));
          const ratio = tf.div(tf.add(tf.mul(overlap, 2), smooth), sum);
          const value = tf.sum(tf.mul(share, tf.sub(1, ratio)));
          // Of a class: d/dp = share · (ratio − 2t) / sum.
          const slope = tf.mul(tf.mul(tf.div(share, sum), tf.sub(ratio, tf.mul(truth, 2))), known);
          return { value, saved: [p, slope] };
        },
        (dy, [p, slope]) => {
          const weighted = tf.mul(p!, slope!);
          const back = tf.sub(weighted, tf.mul(p!, tf.sum(weighted, 1, true)));
          return tf.reshape(tf.mul(back, dy), output.shape);
        },
      ),
  }),
});
