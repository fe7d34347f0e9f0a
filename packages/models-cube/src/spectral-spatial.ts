import * as tf from "@tensorflow/tfjs-core";
import {
  defineComponent,
  type ForwardContext,
  type Model,
  type ModelSpec,
  type Rng,
  SpectraiError,
} from "@spectrai/core";
import { dense, networkModel, normal, parameterScope, zeros } from "@spectrai/nn";
import { z } from "zod";
import { type Matrix, matrix, multiplyTransposed, row, subtractRow } from "@spectrai/linalg";
import { mixer } from "./mixer.ts";
import { softmaxRegression } from "./softmax-regression.ts";
import { principalSubspace, somePixels } from "./subspace.ts";

export const spectralSpatialSchema = z.strictObject({
  components: z.int().min(1).max(512).default(16).meta({
    description: "Principal components of the spectra that classes are told by.",
    group: "spectra",
  }),
  ridge: z.number().min(1e-9).max(1e3).default(1e-3).meta({
    description: "How much the first classifier's weights are held back, as a share of a pixel's loss.",
    group: "spectra",
  }),
  width: z.int().min(1).max(1024).default(32).meta({
    description: "Channels of the correction that neighbours suggest.",
    group: "correction",
  }),
  blocks: z.int().min(0).max(32).default(3).meta({ description: "Blocks of the correction.", group: "correction" }),
  kernel: z
    .int()
    .min(1)
    .max(31)
    .refine((n) => n % 2 === 1, "must be odd")
    .default(5)
    .meta({ description: "Rows and columns of the correction's kernels.", group: "correction", unit: "pixels" }),
});
type SpectralSpatialOptions = z.output<typeof spectralSpatialSchema>;

/**
 * Labels pixels by their spectrum first: a projection onto principal components and a logistic regression on them, both solved
 * for by `prepare`; and by their neighbours second: a small convolutional network on the components, whose output is added to the
 * regression's and starts near zero. So training begins where a good pixel classifier is, and learns what the surroundings add.
 */
export const spectralSpatial = defineComponent({
  kind: "model",
  name: "spectral-spatial",
  summary:
    "Cubes: a logistic regression on each pixel's spectrum, then a convolutional correction from its neighbours.",
  supports: { tasks: ["segmentation"], data: ["cube"] },
  schema: spectralSpatialSchema,
  recipe: () => ({
    augment: ["horizontal-flip", "vertical-flip", "rotate-90"],
    train: {
      keep: "last",
      // The start is close; longer or faster training only sharpens what the training part shows.
      epochs: 5,
      minSteps: 60,
      batchSize: 4,
      optimizer: { name: "adamw", weightDecay: 0.05 },
      learningRate: 3e-4,
      schedule: { name: "one-cycle", rise: 0.15 },
      clipNorm: 1,
    },
  }),
  create: (options) => ({ build: (spec, init) => buildClassifier(options, spec, init) }),
});

/** Scores have variance 1, but for axes along which spectra deviate less than this share of the first: noise stays small. */
const floor = 0.1;

function buildClassifier(options: SpectralSpatialOptions, { data, input, output }: ModelSpec, init: Rng): Model {
  if (data !== "cube" || output.kind !== "mask")
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      "model: spectral-spatial labels the pixels of cubes and does nothing else; use subspace-denoiser or rcan for cubes from cubes, and resnet for the class of whole samples.",
    );
  const { components, width, blocks, kernel } = options;
  const { classes } = output;
  const bands = input.at(-1)!;
  const scope = parameterScope(init);
  const mean = scope.buffer("mean", [bands], zeros);
  const project = scope.parameter("project.weight", [bands, components], normal(1 / Math.sqrt(bands)));
  const classify = dense(scope.at("classify"), { in: components, out: classes });
  const correct = mixer(scope.at("correct"), { in: components, out: classes, width, blocks, kernel });
  const own = (name: string): tf.Variable => scope.parameters.find((p) => p.name === name)!.variable;

  const forward = (x: tf.Tensor, context: ForwardContext): tf.Tensor => {
    const rows = tf.reshape(tf.sub(x, mean), [-1, bands]);
    const scores = tf.reshape(tf.matMul(rows as tf.Tensor2D, project as tf.Tensor as tf.Tensor2D), [
      ...x.shape.slice(0, 3),
      components,
    ]);
    return tf.add(classify(scores, context), correct(scores, context));
  };

  const field = 1 + blocks * (kernel - 1);
  return networkModel(scope, forward, {
    receptiveField: [field, field],
    gridStep: [1, 1],
    head: ["classify", "correct.out"],
    async prepare({ input: cubes, target, kept }) {
      const { values, places } = await somePixels(cubes);
      if (!kept?.("project.weight")) {
        const { mean: centre, axes, deviations } = principalSubspace(values, components);
        const projection = new Float32Array(bands * components);
        const least = floor * deviations[0]!;
        for (let c = 0; c < components; c++) {
          const length = deviations[c]! * Math.max(deviations[c]!, least);
          if (length > 0)
            for (let b = 0; b < bands; b++) projection[b * components + c] = axes[c * bands + b]! / length;
        }
        set(mean, Float32Array.from(centre));
        set(project, projection);
      }
      if (kept?.("classify.weight")) return;
      const labels = await target.data();
      const found = Float64Array.from(await mean.data());
      const columns = Float64Array.from(await tf.tidy(() => tf.transpose(project as tf.Tensor)).data());
      const scores = multiplyTransposed(subtractRow(values, found), matrix(components, bands, columns));
      const solved = softmaxRegression(
        withOnes(scores),
        Array.from(places, (place) => labels[place]!),
        classes,
        options.ridge,
      );
      set(own("classify.weight"), Float32Array.from(solved.data.subarray(0, components * classes)));
      set(own("classify.bias"), Float32Array.from(solved.data.subarray(components * classes)));
    },
  });
}

const set = (variable: tf.Variable, values: Float32Array): void =>
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));

function withOnes(x: Matrix): Matrix {
  const columns = x.columns + 1;
  const data = new Float64Array(x.rows * columns).fill(1);
  for (let i = 0; i < x.rows; i++) data.set(row(x, i), i * columns);
  return matrix(x.rows, columns, data);
}
