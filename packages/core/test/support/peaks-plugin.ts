import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import {
  axisUnits,
  defineComponent,
  definePlugin,
  type FileSystem,
  linearAxis,
  type Model,
  type ModelSpec,
  type Plugin,
  type Rng,
  rng,
  type Sample,
  SpectraiError,
  spectralArray,
} from "@spectrai/core";
import {
  batchNorm,
  conv,
  dense,
  globalAveragePool,
  maxPool,
  networkModel,
  parameterScope,
  relu,
  sequential,
} from "@spectrai/nn";
import { z } from "zod";
import { cpu, halve } from "./toy-plugin.ts";

/** Spectra of three bands whose places tell the class, with noise, or their mean place as a number. */
export const peaks = defineComponent({
  kind: "dataset",
  name: "peaks",
  summary: "Bands whose places tell the class.",
  schema: z.strictObject({
    samples: z.int().default(60),
    classes: z.array(z.string()).default(["a", "b", "c"]),
    values: z.array(z.string()).default([]),
    /** Names the places of the bands. */
    kind: z.string().default("first"),
    points: z.int().default(48),
    start: z.number().default(500),
    stop: z.number().default(1000),
    unit: z.enum(axisUnits).default("nm"),
    noise: z.number().default(0.3),
  }),
  create: ({ samples, classes, values, kind, points, start, stop, unit, noise }) => {
    const axis = linearAxis(start, stop, points, unit);
    const nm = (v: number): number => (unit === "cm-1" ? 1e7 / v : unit === "um" ? v * 1000 : v);
    const places = classes.map((name) => {
      const r = rng("places", kind, name);
      return Array.from({ length: 3 }, () => r.uniform(550, 950));
    });
    const info = Array.from({ length: samples }, (_, i) => ({
      id: `peaks-${i}`,
      group: `peaks-${i}`,
      class: i % classes.length,
    }));
    return {
      source: "peaks",
      spec: {
        data: "spectrum" as const,
        shape: [points],
        axis,
        target:
          values.length > 0
            ? { kind: "numbers" as const, names: values, units: values.map(() => "g") }
            : { kind: "class" as const, classes },
      },
      samples: info,
      read: async (i): Promise<Sample> => {
        const r = rng("peaks", kind, i);
        const own = places[i % classes.length]!;
        const data = Float64Array.from(axis.values, (v) =>
          own.reduce((sum, p) => sum + Math.exp(-(((nm(v) - p) / 20) ** 2)), r.normal(0, noise)),
        );
        return {
          ...info[i]!,
          input: spectralArray(data, [points], axis),
          target:
            values.length > 0
              ? { kind: "numbers", value: Float64Array.from(values, (_, k) => own[k % 3]! / 750) }
              : { kind: "class", value: i % classes.length },
        };
      },
    };
  },
});

/** Two convolutions with batch norms, a dense layer over the spectrum, and a head `fc`. */
function buildNet(spec: ModelSpec, init: Rng, { width, headless, allHead, solved, anyLength }: NetOptions): Model {
  const scope = parameterScope(init);
  const count = spec.output.kind === "numbers" ? spec.output.count : (spec.output as { classes: number }).classes;
  const points = spec.input[0]!;
  const features = 2 * width * (anyLength ? 1 : Math.floor(points / 4));
  const layers = sequential(
    conv(scope.at("stem", "conv"), { dimension: 1, in: 1, out: width, kernel: 5 }),
    batchNorm(scope.at("stem", "norm"), { channels: width }),
    relu(),
    maxPool({ dimension: 1 }),
    conv(scope.at("stage", "conv"), { dimension: 1, in: width, out: 2 * width, kernel: 5 }),
    batchNorm(scope.at("stage", "norm"), { channels: 2 * width }),
    relu(),
    maxPool({ dimension: 1 }),
    anyLength ? globalAveragePool() : (x) => tf.reshape(x, [x.shape[0]!, -1]),
    dense(scope.at("dense"), { in: features, out: 16 }),
    relu(),
    dense(scope.at("fc"), { in: 16, out: count }),
  );
  const bias = scope.parameters.find((p) => p.name === "fc.bias")!.variable;
  return networkModel(scope, (x, context) => layers(tf.expandDims(x, -1), context), {
    ...(headless ? {} : { head: allHead ? ["stem", "stage", "dense", "fc"] : ["fc"] }),
    // A closed form that looks at the rest of the network, and spoils it.
    ...(solved
      ? {
          closedForm: true,
          prepare: () => {
            const seen = scope.parameters.find((p) => p.name === "dense.bias")!.variable;
            tf.tidy(() => bias.assign(tf.fill(bias.shape, seen.dataSync()[0]!)));
            tf.tidy(() => seen.assign(tf.ones(seen.shape)));
          },
        }
      : {}),
  });
}

const netSchema = z.strictObject({
  width: z.int().default(4),
  headless: z.boolean().default(false),
  allHead: z.boolean().default(false),
  solved: z.boolean().default(false),
  anyLength: z.boolean().default(false),
});
type NetOptions = z.output<typeof netSchema>;

export const net = defineComponent({
  kind: "model",
  name: "net",
  summary: "A small network.",
  schema: netSchema,
  create: (options) => ({ build: (spec, init) => buildNet(spec, init, options) }),
});

const crossEntropy = defineComponent({
  kind: "loss",
  name: "cross-entropy",
  summary: "Cross-entropy.",
  schema: z.strictObject({}),
  create: () => ({
    compute: (output, target) => {
      const wanted = tf.oneHot(tf.cast(target, "int32") as tf.Tensor1D, output.shape[1]!);
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(output), wanted), 1)));
    },
  }),
});

const squared = defineComponent({
  kind: "loss",
  name: "squared",
  summary: "Mean squared error.",
  schema: z.strictObject({}),
  create: () => ({ compute: (output, target) => tf.mean(tf.squaredDifference(output, target)) }),
});

const accuracy = defineComponent({
  kind: "metric",
  name: "accuracy",
  summary: "Share of samples put into their class.",
  schema: z.strictObject({}),
  create: () => ({
    better: "higher" as const,
    start: () => {
      let right = 0;
      let n = 0;
      return {
        add: (output, target) => {
          if (target.kind !== "class") return;
          right += output.data.indexOf(Math.max(...output.data)) === target.value ? 1 : 0;
          n++;
        },
        result: () => ({ value: right / n }),
      };
    },
  }),
});

export const peaksPlugin: Plugin = definePlugin({
  name: "peaks",
  version: "1.0.0",
  core: ">=0.1.0 <1",
  components: [peaks, net, crossEntropy, squared, accuracy, halve, cpu],
});

export const peaksConfig = {
  plugins: ["peaks"],
  task: "classification",
  data: "peaks",
  split: { name: "random", train: 0.6, validation: 0.2, test: 0.2 },
  preprocess: [{ name: "halve", learned: true }],
  model: "net",
  loss: "cross-entropy",
  metrics: ["accuracy"],
  baselines: [],
  backend: "cpu",
  train: {
    epochs: 4,
    batchSize: 12,
    optimizer: "adam",
    schedule: "constant",
    learningRate: 0.01,
    checkpointSeconds: 0,
  },
};

/** Files in memory by path; a folder is what lies below it. */
export const memoryFiles = (files: ReadonlyMap<string, Uint8Array>): FileSystem => ({
  list: async () => [],
  stat: async (path) => {
    const file = files.get(path);
    if (file) return { kind: "file", size: file.length };
    return [...files.keys()].some((f) => f.startsWith(`${path}/`)) ? { kind: "folder", size: 0 } : undefined;
  },
  open: async (path) => {
    const file = files.get(path);
    if (!file) throw new SpectraiError("SPECTRAI_FILE_NOT_FOUND", `no file ${path}`);
    return { name: path, size: file.length, read: async (offset, length) => file.slice(offset, offset + length) };
  },
});
