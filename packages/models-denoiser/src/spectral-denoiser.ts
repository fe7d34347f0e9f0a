import * as tf from "@tensorflow/tfjs-core";
import {
  defineComponent,
  type ForwardContext,
  type Model,
  type ModelSpec,
  type Rng,
  SpectraiError,
} from "@spectrai/core";
import { constant, networkModel, ones, parameterScope, zeros } from "@spectrai/nn";
import { z } from "zod";
import { buildMember } from "./member.ts";
import { principalStart } from "./principal-start.ts";
import { statisticsOf } from "./statistics.ts";

export const spectralDenoiserSchema = z.strictObject({
  members: z.int().min(1).max(64).default(4).meta({
    description:
      "Networks that are trained side by side and averaged; every second one starts from principal components.",
    group: "members",
  }),
  components: z.int().min(0).default(10).meta({
    description: "Principal components that every second member starts from; 0 = all start near zero.",
    group: "members",
  }),
  rank: z.int().min(1).default(16).meta({
    description: "Width of the bottleneck: about how many components the spectra are mixtures of, or more.",
    group: "low-rank part",
  }),
  hidden: z.int().min(1).default(256).meta({
    description: "Width of the hidden layer that corrects the bottleneck.",
    group: "low-rank part",
  }),
  channels: z.int().min(0).default(8).meta({
    description: "Channels of the convolutional correction in the members that start near zero; 0 = without it.",
    group: "convolutions",
  }),
  kernel: z
    .int()
    .min(1)
    .default(9)
    .refine((k) => k % 2 === 1, "must be odd")
    .meta({
      description: "Points of the convolutions' kernels; an odd number.",
      group: "convolutions",
      unit: "points",
    }),
  dilations: z.array(z.int().min(1)).min(1).default([1, 2, 4]).meta({
    description: "Dilation of each convolution before the last.",
    group: "convolutions",
  }),
  gain: z.enum(["auto", "on", "off"]).default("auto").meta({
    description:
      "Rescale the output by its own soft maximum, as targets divided by their maximum need; auto looks at the targets.",
    group: "gain",
  }),
});
export type SpectralDenoiserOptions = z.output<typeof spectralDenoiserSchema>;

/**
 * A denoiser for spectra on a fixed axis, small enough to train in seconds and hard to over-fit: the mean of a few members.
 *
 * In each, with `v` the input less the training mean: `e = E v` (to `rank` numbers), `z = e + MLP(e)`, `h = mean + D z`,
 * in some `h += convolutions([v, h])`, and where targets are divided by their maximum, `y = h · exp(k − Σ aⱼ log‖h₊‖ₚⱼ)`
 * over power means p = 1, 4, 16, 64: dividing a noisy spectrum by its maximum scales it by a random number, and the last
 * step estimates the scale anew from the denoised spectrum. Members that start near zero learn slowly and cautiously;
 * those that start from a regression on principal components reach further from the mean. Each is held to the target by
 * itself. Means, scales and components come from the training part (`prepare`).
 */
export const spectralDenoiser = defineComponent({
  kind: "model",
  name: "spectral-denoiser",
  summary: "A few low-rank networks with a convolutional correction, averaged; for spectra on one axis.",
  supports: { tasks: ["denoising", "calibration"], data: ["spectrum"] },
  schema: spectralDenoiserSchema,
  // Denoising has its recipe from its task.
  recipe: (task) =>
    task === "calibration"
      ? {
          train: {
            keep: "last",
            epochs: 24,
            minSteps: 400,
            batchSize: 16,
            optimizer: { name: "adamw", weightDecay: 0.01 },
            learningRate: 1e-3,
            schedule: { name: "cosine", warmUp: 0.1, startFactor: 0 },
          },
        }
      : {},
  create: (options) => ({ build: (spec, init) => buildDenoiser(options, spec, init) }),
});

function buildDenoiser(options: SpectralDenoiserOptions, spec: ModelSpec, init: Rng): Model {
  if (spec.output.kind !== "spectral" || spec.input.length !== 1)
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      "model: spectral-denoiser maps spectra to spectra; choose another model for cubes, classes or numbers.",
    );
  const points = spec.input[0]!;
  const outPoints = spec.output.shape[0]!;
  const scope = parameterScope(init);
  const inputMean = scope.buffer("input.mean", [points], zeros);
  const inputScale = scope.buffer("input.scale", [1], ones);
  const targetMean = scope.buffer("target.mean", [outPoints], zeros);
  const targetScale = scope.buffer("target.scale", [1], ones);
  const gainOn = scope.buffer("gain.on", [1], constant(options.gain === "on" ? 1 : 0));
  const startsFromComponents = (member: number): boolean => member % 2 === 1 && options.components > 0;
  const members = Array.from({ length: options.members }, (_, k) =>
    buildMember(
      scope.at("members", k),
      { ...options, points, outPoints, channels: startsFromComponents(k) ? 0 : options.channels },
      { targetMean, gainOn },
    ),
  );

  const outputs = (x: tf.Tensor, context: ForwardContext): tf.Tensor[] => {
    const v = tf.sub(tf.div(x, inputScale), inputMean);
    return members.map((member) => tf.mul(member.apply(v, context), targetScale));
  };
  const average = (x: tf.Tensor, context: ForwardContext): tf.Tensor =>
    tf.div(tf.addN(outputs(x, context)), members.length);

  return networkModel(scope, average, {
    outputs,
    // What makes or scales the output; the convolutions see it, and the input beside it only where its points are the same.
    head: [
      "target",
      "gain",
      ...members.flatMap((_, k) => ["decode", "convolutions", "gain"].map((part) => `members.${k}.${part}`)),
    ],
    async prepare({ input, target, kept }) {
      const s = await statisticsOf(input, target);
      const set = (variable: tf.Variable, values: Float32Array): void =>
        tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
      set(inputMean, s.inputMean);
      set(inputScale, Float32Array.of(s.inputScale));
      set(targetMean, s.targetMean);
      set(targetScale, Float32Array.of(s.targetScale));
      const on = options.gain === "on" || (options.gain === "auto" && s.targetsAreMaxNormalized);
      set(gainOn, Float32Array.of(on ? 1 : 0));
      for (const member of members) member.startGain(s.targetLogNorm);
      // A regression on new components would not fit an encoder that is another model's.
      if (!members.some((_, k) => startsFromComponents(k)) || kept?.("members.0.encode.weight")) return;
      const start = principalStart(s.input(), s.target(), Math.min(options.components, options.rank));
      for (const [k, member] of members.entries()) if (startsFromComponents(k)) await member.startFrom(start);
    },
  });
}
