import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import {
  type ArtifactStore,
  type Augmentation,
  defineComponent,
  definePlugin,
  type FileSystem,
  indexAxis,
  type Logger,
  type Model,
  type Plugin,
  rng,
  type Sample,
  spectralArray,
} from "@spectrai/core";
import { z } from "zod";

const points = 12;

/** y = 2 x + 1 with a little noise: what a linear map learns in a few epochs. */
export const lines = defineComponent({
  kind: "dataset",
  name: "lines",
  summary: "Straight lines.",
  schema: z.strictObject({ samples: z.int().min(1).default(40), bad: z.int().default(-1) }),
  create: ({ samples, bad }) => ({
    source: "lines",
    spec: {
      data: "spectrum" as const,
      shape: [points],
      axis: indexAxis(points),
      target: { kind: "spectral" as const, shape: [points], axis: indexAxis(points) },
    },
    samples: Array.from({ length: samples }, (_, i) => ({ id: `line-${i}`, group: `line-${i}` })),
    read: async (i): Promise<Sample> => {
      const r = rng("lines", i);
      const x = Float64Array.from({ length: points }, () => r.normal());
      const y = x.map((v) => 2 * v + 1 + r.normal(0, 0.01));
      if (i === bad) x[3] = NaN;
      return {
        id: `line-${i}`,
        group: `line-${i}`,
        input: spectralArray(x, [points]),
        target: { kind: "spectral", value: spectralArray(y, [points]) },
      };
    },
  }),
});

/** Scale and offset, with dropout on request so that a step's random numbers matter. */
export const affine = defineComponent({
  kind: "model",
  name: "affine",
  summary: "y = a x + b.",
  schema: z.strictObject({
    dropout: z.number().min(0).lt(1).default(0),
    explodeAfter: z.int().default(-1),
    heads: z.int().min(0).default(0),
  }),
  create: ({ dropout, explodeAfter, heads }) => ({
    build(_, init): Model {
      let calls = 0;
      const a = tf.tidy(() => tf.variable(tf.scalar(init.uniform(-1, 1))));
      const b = tf.tidy(() => tf.variable(tf.scalar(0)));
      const mean = tf.tidy(() => tf.variable(tf.scalar(0), false));
      const model: Model = {
        parameters: [
          { name: "a", variable: a, trainable: true, decay: true },
          { name: "b", variable: b, trainable: true, decay: false },
          { name: "mean", variable: mean, trainable: false, decay: false },
        ],
        apply(x, context) {
          if (context.training) context.update(mean, tf.mean(x));
          const dropped = context.training && dropout > 0 ? tf.dropout(x, dropout, undefined, context.seed) : x;
          const out = tf.add(tf.mul(dropped, a), b);
          return context.training && explodeAfter >= 0 && calls++ >= explodeAfter ? tf.mul(out, Infinity) : out;
        },
        dispose: () => tf.dispose([a, b, mean]),
      };
      return heads > 0
        ? { ...model, outputs: (x, context) => Array.from({ length: heads }, () => model.apply(x, context)) }
        : model;
    },
  }),
});

export const squared = defineComponent({
  kind: "loss",
  name: "mse",
  summary: "Mean squared error.",
  schema: z.strictObject({}),
  create: () => ({ compute: (output, target) => tf.mean(tf.squaredDifference(output, target)) }),
});

const mean = (name: string, of: (d: number) => number) =>
  defineComponent({
    kind: "metric",
    name,
    summary: `Mean ${name}.`,
    schema: z.strictObject({}),
    create: () => ({
      better: "lower" as const,
      start: () => {
        let sum = 0;
        let n = 0;
        return {
          add: (output, target) => {
            if (target.kind !== "spectral") return;
            for (const [i, v] of target.value.data.entries()) sum += of(output.data[i]! - v);
            n += target.value.data.length;
          },
          result: () => ({ value: sum / n }),
        };
      },
    }),
  });

export const raw = defineComponent({
  kind: "baseline",
  name: "raw",
  summary: "The input as it is.",
  schema: z.strictObject({}),
  create: () => ({ fit: () => ({ chosen: {}, predict: (x) => ({ data: x.data, shape: x.shape }) }) }),
});

export const halve = defineComponent({
  kind: "transform",
  name: "halve",
  summary: "Divide by what the training part's first value says, or by two.",
  schema: z.strictObject({ learned: z.boolean().default(false) }),
  create: ({ learned }) => ({
    affects: "value" as const,
    ...(learned ? { fit: (train) => ({ divisor: Math.abs([...train][0]!.data[0]!) }) } : {}),
    apply: (x, state) => ({ ...x, data: x.data.map((v) => v / Number(state?.["divisor"] ?? 2)) }),
    inverse: (y, _, state) => ({ ...y, data: y.data.map((v) => v * Number(state?.["divisor"] ?? 2)) }),
  }),
});

export const jitter = defineComponent({
  kind: "augmentation",
  name: "jitter",
  summary: "Add one random number.",
  schema: z.strictObject({}),
  create: (): Augmentation => ({
    scope: "sample",
    affects: "value",
    on: "input",
    sample: (_, r) => ({ by: r.normal(0, 0.1) }),
    apply: (x, p) => ({ ...x, data: x.data.map((v) => v + Number(p["by"])) }),
  }),
});

export const cpu = defineComponent({
  kind: "backend",
  name: "cpu",
  summary: "Plain JavaScript.",
  schema: z.strictObject({}),
  create: () => ({
    name: "cpu",
    probe: async () => ({ available: true as const, device: "JavaScript" }),
    init: async () => {
      await tf.setBackend("cpu");
    },
    capabilities: () => ({ missingKernels: [], bf16: false, threads: 1 }),
  }),
});

export const toyPlugin: Plugin = definePlugin({
  name: "toy",
  version: "1.2.3",
  core: ">=0.1.0 <1",
  components: [lines, affine, squared, mean("mse", (d) => d * d), mean("mae", Math.abs), raw, halve, jitter, cpu],
});

export const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

export const noFiles: FileSystem = {
  list: async () => [],
  stat: async () => undefined,
  open: async (path) => {
    throw new Error(`no file ${path}`);
  },
};

/** Files in memory, shared by runs that are to see each other's. */
export function memoryStore(
  files = new Map<string, Uint8Array>(),
): ArtifactStore & { readonly files: Map<string, Uint8Array> } {
  const bytes = (b: Uint8Array | string): Uint8Array =>
    typeof b === "string" ? new TextEncoder().encode(b) : b.slice();
  return {
    files,
    location: "memory",
    write: async (name, b) => void files.set(name, bytes(b)),
    append: async (name, b) => void files.set(name, Uint8Array.of(...(files.get(name) ?? []), ...bytes(b))),
    read: async (name) => files.get(name),
    truncate: async (name, length) => void files.set(name, files.get(name)!.slice(0, length)),
    list: async () => [...files.keys()],
  };
}

export const toyConfig = {
  plugins: ["toy"],
  task: "denoising",
  data: "lines",
  split: { name: "random", train: 0.6, validation: 0.2, test: 0.2 },
  preprocess: [],
  augment: [],
  model: "affine",
  loss: "mse",
  metrics: ["mse", "mae"],
  baselines: ["raw"],
  backend: "cpu",
  train: { epochs: 6, batchSize: 5, optimizer: "adam", learningRate: 0.05, checkpointSeconds: 0 },
};
