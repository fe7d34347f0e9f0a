import * as tf from "@tensorflow/tfjs-core";
import {
  defineComponent,
  type ForwardContext,
  type Model,
  type ModelSpec,
  type Rng,
  SpectraiError,
} from "@spectrai/core";
import { networkModel, parameterScope } from "@spectrai/nn";
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
  normalize: z.boolean().default(true).meta({
    description: "Take the mean from each spectrum and divide by its standard deviation, as the paper does.",
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
      minSteps: 200,
      keep: "last",
      batchSize: 32,
      optimizer: { name: "adamw", weightDecay: 0.01 },
      learningRate: 2e-3,
      schedule: { name: "cosine", warmUp: 0.1, startFactor: 0 },
    },
  }),
  create: (options) => ({ build: (spec, init) => buildInceptionTime(options, spec, init) }),
});

function buildInceptionTime(options: InceptionTimeOptions, { output, data }: ModelSpec, init: Rng): Model {
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
  const outputs = (x: tf.Tensor, context: ForwardContext): tf.Tensor[] => {
    const series = tf.expandDims(options.normalize ? snv(x) : x, -1);
    return members.map((member) => member(series, context));
  };
  return networkModel(scope, (x, context) => tf.div(tf.addN(outputs(x, context)), count), {
    outputs,
    head: members.map((_, i) => `members.${i}.head`),
  });
}
