import * as tf from "@tensorflow/tfjs-core";
import {
  defineComponent,
  type ForwardContext,
  type Model,
  type ModelSpec,
  type Rng,
  SpectraiError,
} from "@spectrai/core";
import { networkModel, ones, parameterScope, zeros } from "@spectrai/nn";
import { z } from "zod";
import { inceptionNetwork } from "./inception-network.ts";
import { snv } from "./views.ts";

const presets = {
  full: { members: 5, depth: 6, filters: 32 },
  small: { members: 2, depth: 3, filters: 12 },
} as const;

export const inceptionTimeSchema = z.strictObject({
  preset: z.enum(["full", "small"]).default("full").meta({
    description:
      "Sizes that the options below do not say: full is the paper's ensemble of five networks of six modules, small trains on a laptop.",
    group: "architecture",
  }),
  members: z.int().min(1).max(32).optional().meta({
    description: "Networks that are trained side by side and averaged; absent = the preset's.",
    group: "architecture",
  }),
  depth: z.int().min(1).max(24).optional().meta({
    description: "Inception modules one after another; absent = the preset's.",
    group: "architecture",
  }),
  filters: z.int().min(1).max(512).optional().meta({
    description: "Filters of each branch of a module; absent = the preset's.",
    group: "architecture",
  }),
  kernels: z
    .array(
      z
        .int()
        .min(1)
        .max(255)
        .refine((n) => n % 2 === 1, "must be odd"),
    )
    .min(1)
    .max(8)
    .default([39, 19, 9])
    .meta({ description: "Points of the convolutions side by side.", group: "architecture", unit: "points" }),
  normalize: z.enum(["points", "spectrum", "none"]).default("points").meta({
    description:
      "With spectrum, each is brought to mean 0 and standard deviation 1, as in the paper; with points, so is thereafter each point over the training part, for spectra that are much alike.",
    group: "input",
  }),
});
export type InceptionTimeOptions = z.output<typeof inceptionTimeSchema>;

/** InceptionTime for spectra: an ensemble of Inception networks, for classes and numbers. Each member is held to the target. */
export const inceptionTime = defineComponent({
  kind: "model",
  name: "inception-time",
  summary: "InceptionTime: convolutions of several lengths side by side, residual, an ensemble of such networks.",
  reference: "Ismail Fawaz et al., InceptionTime, Data Mining and Knowledge Discovery 34, 2020.",
  supports: { tasks: ["classification", "regression"], data: ["spectrum"] },
  schema: inceptionTimeSchema,
  recipe: () => ({
    train: {
      epochs: 20,
      minSteps: 300,
      keep: "last",
      batchSize: 16,
      optimizer: { name: "adamw", weightDecay: 0.01 },
      learningRate: 5e-3,
      schedule: { name: "cosine", warmUp: 0.1, startFactor: 0 },
    },
  }),
  create: (options) => ({ build: (spec, init) => buildInceptionTime(options, spec, init) }),
});

function buildInceptionTime(options: InceptionTimeOptions, { input, output, data }: ModelSpec, init: Rng): Model {
  if ((output.kind !== "class" && output.kind !== "numbers") || data !== "spectrum")
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      "model: inception-time predicts classes or numbers from spectra; choose another model for cubes or for spectra out of spectra.",
    );
  const preset = presets[options.preset];
  const scope = parameterScope(init);
  const count = options.members ?? preset.members;
  const members = Array.from({ length: count }, (_, i) =>
    inceptionNetwork(scope.at("members", i), {
      outputs: output.kind === "class" ? output.classes : output.count,
      depth: options.depth ?? preset.depth,
      filters: options.filters ?? preset.filters,
      kernels: options.kernels,
    }),
  );
  const points = input[0]!;
  const byPoint = options.normalize === "points";
  const mean = byPoint ? scope.buffer("input.mean", [points], zeros) : undefined;
  const scale = byPoint ? scope.buffer("input.scale", [points], ones) : undefined;
  const seriesOf = (x: tf.Tensor): tf.Tensor => {
    const own = options.normalize === "none" ? x : snv(x);
    return mean && scale ? tf.div(tf.sub(own, mean), scale) : own;
  };
  const outputs = (x: tf.Tensor, context: ForwardContext): tf.Tensor[] => {
    const series = tf.expandDims(seriesOf(x), -1);
    return members.map((member) => member(series, context));
  };
  return networkModel(scope, (x, context) => tf.div(tf.addN(outputs(x, context)), count), {
    outputs,
    ...(mean && scale ? { prepare: ({ input: training }) => startFrom(training, mean, scale) } : {}),
    head: members.map((_, i) => `members.${i}.head`),
  });
}

/** A point that varies less than this share of the most varying one is noise, and is not raised above it. */
const leastSpread = 1e-3;

/** Mean and standard deviation of each point over the training part, `[n, L]`. */
const startFrom = (training: tf.Tensor, mean: tf.Variable, scale: tf.Variable): void =>
  tf.tidy(() => {
    const own = snv(training);
    const centre = tf.mean(own, 0);
    const spread = tf.sqrt(tf.mean(tf.square(tf.sub(own, centre)), 0));
    const least = tf.maximum(tf.mul(tf.max(spread), leastSpread), 1e-12);
    mean.assign(centre);
    scale.assign(tf.maximum(spread, least));
  });
