import * as tf from "@tensorflow/tfjs-core";
import {
  defineComponent,
  type ForwardContext,
  type Model,
  type ModelSpec,
  type Rng,
  SpectraiError,
} from "@spectrai/core";
import { concat, networkModel, normal, ones, parameterScope, zeros } from "@spectrai/nn";
import { z } from "zod";
import { localMean } from "./local-mean.ts";
import { mixer } from "./mixer.ts";
import { principalSubspace, somePixels } from "./subspace.ts";
import { weightedScores } from "./weighted-scores.ts";

const odd = (least: number, most: number, standard: number, description: string, group: string) =>
  z
    .int()
    .min(least)
    .max(most)
    .refine((n) => n % 2 === 1, "must be odd")
    .default(standard)
    .meta({ description, group, unit: "pixels" });

export const subspaceDenoiserSchema = z.strictObject({
  components: z.int().min(1).max(64).default(6).meta({
    description: "Principal components of the clean spectra that the output is made of.",
    group: "subspace",
  }),
  rounds: z.int().min(1).max(16).default(4).meta({
    description: "How often the noise of every value is estimated anew, from what the last estimate leaves over.",
    group: "subspace",
  }),
  line: odd(1, 255, 21, "Rows of a column that are looked at for stripes and dead lines.", "noise"),
  window: odd(1, 63, 7, "Rows and columns that are looked at for a band's noise.", "noise"),
  width: z.int().min(1).max(1024).default(32).meta({
    description: "Channels of the correction that neighbours suggest.",
    group: "correction",
  }),
  blocks: z.int().min(0).max(32).default(3).meta({ description: "Blocks of the correction.", group: "correction" }),
  kernel: odd(1, 31, 5, "Rows and columns of the correction's kernels.", "correction"),
});
type SubspaceDenoiserOptions = z.output<typeof subspaceDenoiserSchema>;

/**
 * A denoiser for cubes whose bands and columns are not equally noisy. With `v` the spectrum less the clean mean, and principal
 * axes `U` of the clean training pixels, scores `c` are the most probable ones where value b has the noise variance `1 / w_b`
 * and clean scores are normal: `(I + U W Uᵀ) c = U W v`. The variances come from what the last estimate leaves over: its mean square
 * along the column (stripes, dead lines), in a window (a band's noise) and at the value itself (impulses), each with a learned
 * exponent: iteratively reweighted least squares (Holland and Welsch, 1977), unrolled (Monga, Li and Eldar, IEEE Signal Process. Mag.
 * 38, 18, 2021). A small convolutional network then corrects the scores from their neighbours', starting near zero; so that
 * the network denoises before its first step, once `prepare` gave it the subspace.
 */
export const subspaceDenoiser = defineComponent({
  kind: "model",
  name: "subspace-denoiser",
  summary: "Cubes: robust projection onto the clean spectra's subspace, then a convolutional correction of the scores.",
  supports: { tasks: ["denoising"], data: ["cube"] },
  schema: subspaceDenoiserSchema,
  recipe: () => ({
    augment: ["horizontal-flip", "vertical-flip"],
    loss: "l1",
    train: {
      keep: "last",
      epochs: 20,
      minSteps: 200,
      batchSize: 4,
      optimizer: { name: "adamw", weightDecay: 0.01 },
      learningRate: 3e-3,
      schedule: { name: "one-cycle", rise: 0.15 },
      clipNorm: 1,
    },
  }),
  create: (options) => ({ build: (spec, init) => buildDenoiser(options, spec, init) }),
});

/** Exponents of the two local levels, and the logarithms of the impulses' weight and of the whole. */
const firstShape = (): Float32Array => Float32Array.of(0.5, 0.5, 1, 0);
/** Variance below which a level counts as this, on data whose largest value is 1: a hundredth. */
const leastVariance = 1e-4;
/** Brings the logarithm of the mean precision to the size of the scores. */
const precisionScale = 0.2;

function buildDenoiser(options: SubspaceDenoiserOptions, spec: ModelSpec, init: Rng): Model {
  const bands = checkedBands(spec);
  const { components, rounds, line, window, width, blocks, kernel } = options;
  const scope = parameterScope(init);
  const scale = scope.buffer("scale", [1], ones);
  const mean = scope.buffer("mean", [bands], zeros);
  const axes = scope.parameter("axes", [components, bands], normal(0.1));
  const shapes = Array.from({ length: rounds }, (_, t) =>
    scope.parameter(`rounds.${t}.shape`, [4], firstShape, { decay: false }),
  );
  const correct = mixer(scope.at("correct"), { in: components + 1, out: components, width, blocks, kernel });

  /** Precisions `[N, H, W, bands]` from what is left over. */
  const precisions = (left: tf.Tensor4D, shape: tf.Tensor): tf.Tensor4D => {
    const square = tf.square(left);
    const ofLine = tf.add(localMean(square, line, 1), leastVariance);
    const ofWindow = tf.add(localMean(square, window, window), leastVariance);
    const [a, b, impulse, whole] = tf.split(shape, 4);
    const level = tf.sub(whole!, tf.add(tf.mul(a!, tf.log(ofLine)), tf.mul(b!, tf.log(ofWindow))));
    const unusual = tf.mul(tf.exp(impulse!), tf.div(square, tf.minimum(ofLine, ofWindow)));
    return tf.div(tf.exp(level), tf.add(1, unusual));
  };

  const forward = (x: tf.Tensor, context: ForwardContext): tf.Tensor => {
    const v = tf.sub(tf.div(x, scale), mean) as tf.Tensor4D;
    const rows = tf.reshape(v, [-1, bands]) as tf.Tensor2D;
    const matrix = axes as tf.Tensor as tf.Tensor2D;
    const spectra = (scores: tf.Tensor): tf.Tensor4D =>
      tf.reshape(tf.matMul(tf.reshape(scores, [-1, components]) as tf.Tensor2D, matrix), v.shape);
    let left = v;
    let precision = v;
    let scores: tf.Tensor2D | undefined;
    for (const shape of shapes) {
      precision = precisions(left, shape);
      scores = weightedScores(rows, tf.reshape(precision, [-1, bands]), matrix);
      left = tf.sub(v, spectra(scores));
    }
    const image = tf.reshape(scores!, [...v.shape.slice(0, 3), components]);
    const trust = tf.mul(tf.log(tf.mean(precision, 3, true)), precisionScale);
    const better = tf.add(image, correct(concat(image, trust), context));
    return tf.mul(tf.add(spectra(better), mean), scale);
  };

  // Each round looks once more around what it has; the columns of a line do not matter.
  const field = (reach: number): number => 1 + rounds * (reach - 1) + blocks * (kernel - 1);
  return networkModel(scope, forward, {
    receptiveField: [field(Math.max(line, window)), field(window)],
    gridStep: [1, 1],
    head: ["axes", "mean", "scale", "rounds", "correct"],
    async prepare({ target, kept }) {
      if (kept?.("axes")) return;
      const { values } = await somePixels(target);
      const top = values.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
      const { mean: centre, axes: found } = principalSubspace(
        { ...values, data: values.data.map((value) => value / top) },
        components,
      );
      tf.tidy(() => {
        scale.assign(tf.tensor1d([top]));
        mean.assign(tf.tensor1d(Float32Array.from(centre)));
        axes.assign(tf.tensor2d(Float32Array.from(found), [components, bands]));
      });
    },
  });
}

/** @throws SPECTRAI_TASK_UNSUITABLE where the network cannot give what is asked for */
function checkedBands({ data, input, output, scale = 1 }: ModelSpec): number {
  const bands = input.at(-1)!;
  if (data !== "cube" || output.kind !== "spectral" || output.shape.at(-1) !== bands || scale !== 1)
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      "model: subspace-denoiser gives cubes of as many pixels and bands as it gets and does nothing else; use spectral-denoiser for spectra, rcan for finer grids and resunet for other bands.",
    );
  return bands;
}
