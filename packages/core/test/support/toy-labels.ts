import * as tf from "@tensorflow/tfjs-core";
import {
  defineComponent,
  definePlugin,
  indexAxis,
  type Model,
  type Plugin,
  rng,
  type Sample,
  spectralArray,
} from "@spectrai/core";
import { z } from "zod";

const points = 6;

/** Spectra whose first points tell two numbers, or which of three classes they are; a share of the labels is wrong. */
export const labelled = defineComponent({
  kind: "dataset",
  name: "labelled",
  summary: "Labelled noise.",
  schema: z.strictObject({
    samples: z.int().default(60),
    target: z.enum(["numbers", "class"]).default("numbers"),
    factor: z.number().default(1),
    offset: z.number().default(0),
    wrong: z.number().default(0),
    names: z.array(z.string()).optional(),
  }),
  create: ({ samples, target, factor, offset, wrong, names }) => {
    const inputOf = (i: number): Float64Array => {
      const r = rng("labelled", i);
      return Float64Array.from({ length: points }, () => r.normal());
    };
    const classOf = (i: number): number => {
      const r = rng("labels", i);
      const x = inputOf(i);
      if (r.uniform(0, 1) < wrong) return r.integer(3);
      return [0, 1, 2].reduce((a, b) => (x[b]! > x[a]! ? b : a));
    };
    const info = (i: number) => ({
      id: `s${i}`,
      group: `s${i}`,
      ...(target === "class" ? { class: classOf(i) } : {}),
    });
    return {
      source: "labelled",
      spec: {
        data: "spectrum" as const,
        shape: [points],
        axis: indexAxis(points),
        target:
          target === "class"
            ? { kind: "class" as const, classes: names ?? ["a", "b", "c"] }
            : { kind: "numbers" as const, names: names ?? ["u", "v"], units: ["%", "g"] },
      },
      samples: Array.from({ length: samples }, (_, i) => info(i)),
      read: async (i): Promise<Sample> => {
        const x = inputOf(i);
        return {
          ...info(i),
          input: spectralArray(x, [points]),
          target:
            target === "class"
              ? { kind: "class", value: classOf(i) }
              : {
                  kind: "numbers",
                  value: Float64Array.of(factor * (x[0]! + 2 * x[1]!) + offset, factor * (x[2]! - x[0]!) + offset),
                },
        };
      },
    };
  },
});

/** logits or numbers = x W + b. */
export const linear = defineComponent({
  kind: "model",
  name: "linear",
  summary: "x W + b.",
  schema: z.strictObject({ sharpness: z.number().default(1) }),
  create: ({ sharpness }) => ({
    build(spec, init): Model {
      const { output } = spec;
      const width = output.kind === "class" ? output.classes : output.kind === "numbers" ? output.count : 1;
      const start = Float32Array.from({ length: points * width }, () => init.uniform(-0.3, 0.3));
      const weight = tf.tidy(() => tf.variable(tf.tensor2d(start, [points, width])));
      const bias = tf.tidy(() => tf.variable(tf.zeros([width])));
      return {
        parameters: [
          { name: "weight", variable: weight, trainable: true, decay: true },
          { name: "bias", variable: bias, trainable: true, decay: false },
        ],
        apply: (x) => tf.mul(tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias), sharpness),
        dispose: () => tf.dispose([weight, bias]),
      };
    },
  }),
});

const crossEntropy = defineComponent({
  kind: "loss",
  name: "cross-entropy",
  summary: "Cross-entropy.",
  schema: z.strictObject({}),
  create: () => ({
    compute: (output, target) =>
      tf.neg(
        tf.mean(tf.sum(tf.mul(tf.oneHot(target as tf.Tensor1D, output.shape.at(-1)!), tf.logSoftmax(output)), -1)),
      ),
  }),
});

const metric = (
  name: string,
  better: "lower" | "higher",
  of: (output: readonly number[], target: readonly number[]) => number,
  finish = (v: number) => v,
) =>
  defineComponent({
    kind: "metric",
    name,
    summary: name,
    schema: z.strictObject({}),
    create: () => ({
      better,
      start: () => {
        let sum = 0;
        let n = 0;
        return {
          add: (output, target) => {
            if (target.kind !== "numbers" && target.kind !== "class") return;
            const wanted = target.kind === "class" ? [target.value] : Array.from(target.value);
            sum += of(Array.from(output.data), wanted);
            n++;
          },
          result: () => ({ value: finish(sum / n) }),
        };
      },
    }),
  });

export const accuracy = metric("accuracy", "higher", (logits, [label]) =>
  Number(logits.indexOf(Math.max(...logits)) === label),
);
export const rmse = metric(
  "rmse",
  "lower",
  (y, t) => y.reduce((s, v, k) => s + (v - t[k]!) ** 2, 0) / y.length,
  Math.sqrt,
);

/** Predicts the mean of the training part, or its most frequent class. */
export const usual = defineComponent({
  kind: "baseline",
  name: "usual",
  summary: "The same for every sample.",
  schema: z.strictObject({}),
  create: () => ({
    fit: (train) => {
      const targets = Array.from({ length: train.size }, (_, i) => train.sample(i).target);
      const sum = [0, 0, 0];
      for (const t of targets) {
        if (t.kind === "class") sum[t.value]!++;
        if (t.kind === "numbers") t.value.forEach((v, k) => (sum[k]! += v / targets.length));
      }
      const data = Float64Array.from(targets[0]!.kind === "class" ? sum : sum.slice(0, 2));
      return { chosen: {}, predict: () => ({ data, shape: [data.length] }) };
    },
  }),
});

export const labelsPlugin: Plugin = definePlugin({
  name: "labels",
  version: "1.0.0",
  core: ">=0.1.0 <1",
  components: [labelled, linear, crossEntropy, accuracy, rmse, usual],
});

export const numbersConfig = {
  plugins: ["toy", "labels"],
  task: "regression",
  data: "labelled",
  split: { name: "random", train: 0.6, validation: 0.2, test: 0.2 },
  preprocess: [],
  augment: [],
  model: "linear",
  loss: "mse",
  metrics: ["rmse"],
  baselines: ["usual"],
  backend: "cpu",
  train: { epochs: 8, minSteps: null, batchSize: 8, optimizer: "adam", learningRate: 0.05, schedule: "constant" },
};

export const classesConfig = {
  ...numbersConfig,
  task: "classification",
  data: { name: "labelled", target: "class" },
  loss: "cross-entropy",
  metrics: ["accuracy"],
};
