import * as tf from "@tensorflow/tfjs-core";
import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { closedForm, sameShape } from "../internal/custom.ts";
import { areIndices, classWeights, rowsOf } from "../internal/labels.ts";
import { labelOptions } from "../internal/schemas.ts";
import { labelTasks } from "../internal/support.ts";

export const bceLossSchema = z.strictObject({
  positiveWeight: z.number().positive().default(1).meta({
    description: "Weight of the positive terms, for classes that are rarely present.",
    group: "classes",
  }),
  ...labelOptions,
});

/**
 * Binary cross-entropy on logits, mean over all elements, as PyTorch's BCEWithLogitsLoss:
 * (1 − t)·x + (1 + (p − 1)·t)·log(1 + e^−x). Targets are probabilities of the logits' shape, or class indices, of which
 * each class is one yes-or-no question; positions without a label are left out of the mean.
 */
export const bceLoss = defineComponent({
  kind: "loss",
  name: "bce",
  summary: "Binary cross-entropy of logits: every class is a question of its own.",
  schema: bceLossSchema,
  supports: labelTasks,
  create: ({ positiveWeight, weights, ignored }) => ({
    compute: (output, target) =>
      closedForm(
        output,
        (x) => {
          const classes = x.shape.at(-1) ?? 1;
          const w = weights ? tf.tensor1d([...classWeights("bce", weights, classes)]) : undefined;
          const flat = tf.reshape(x, [-1, classes]);
          let truth: tf.Tensor;
          // Weight of each element, divided by how many there are.
          let share: tf.Tensor;
          if (target.dtype === "int32" && areIndices("bce", x, target)) {
            const rows = rowsOf(target, classes, ignored);
            truth = tf.oneHot(rows, classes, 1, 0, "float32");
            const known = tf.cast(tf.less(rows, tf.scalar(classes, "int32")), "float32");
            const count = tf.mul(tf.maximum(tf.sum(known), 1), classes);
            share = tf.expandDims(tf.div(known, count), 1);
          } else {
            sameShape("bce", x, target);
            truth = tf.reshape(target, flat.shape);
            share = tf.scalar(1 / Math.max(x.size, 1));
          }
          if (w) share = tf.mul(share, w);
          const factor = positiveWeight === 1 ? tf.scalar(1) : tf.add(tf.mul(truth, positiveWeight - 1), 1);
          // log(1 + e^−x) without overflow.
          const softplus = tf.add(tf.log1p(tf.exp(tf.neg(tf.abs(flat)))), tf.relu(tf.neg(flat)));
          const terms = tf.add(tf.mul(tf.sub(1, truth), flat), tf.mul(factor, softplus));
          return { value: tf.sum(tf.mul(terms, share)), saved: [flat, truth, factor, share] };
        },
        (dy, [flat, truth, factor, share]) => {
          const slope = tf.sub(tf.sub(1, truth!), tf.mul(factor!, tf.sigmoid(tf.neg(flat!))));
          return tf.reshape(tf.mul(slope, tf.mul(share!, dy)), output.shape);
        },
      ),
  }),
});
