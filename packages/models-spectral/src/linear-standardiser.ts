import * as tf from "@tensorflow/tfjs-core";
import { defineComponent, type Model, type ModelSpec, type Rng, SpectraiError } from "@spectrai/core";
import { columnMeans, type Matrix, matrix, pickRows, row, subtractRow, transpose } from "@spectrai/linalg";
import { networkModel, parameterScope, zeros } from "@spectrai/nn";
import { z } from "zod";
import { blocksOf } from "./closed-form/held-out.ts";
import { ridgeInParts } from "./closed-form/ridge-in-parts.ts";
import { stackingWeights } from "./closed-form/stacking.ts";
import { windowRidge } from "./closed-form/window-ridge.ts";

export const linearStandardiserSchema = z.strictObject({
  windows: z
    .array(
      z
        .int()
        .min(1)
        .max(201)
        .refine((n) => n % 2 === 1, "must be odd"),
    )
    .default([1, 5, 15])
    .meta({
      description: "Windows of the first instrument's points that a point of the second is made from.",
      group: "stack",
      unit: "points",
    }),
  averages: z
    .array(
      z
        .int()
        .min(1)
        .max(201)
        .refine((n) => n % 2 === 1, "must be odd"),
    )
    .default([9, 21])
    .meta({
      description: "Windows whose mean alone a point of the second instrument is made from.",
      group: "stack",
      unit: "points",
    }),
  whole: z.boolean().default(true).meta({
    description: "Also make each point from the whole spectrum.",
    group: "stack",
  }),
});
export type LinearStandardiserOptions = z.output<typeof linearStandardiserSchema>;

/**
 * The linear map from one instrument's spectra to another's that is the stack of several: ridge regressions of each point on
 * windows of different widths around it, on their means, and on the whole spectrum, added with weights that predict held-out
 * samples best. The solution is closed; epochs, where asked for, go on from it by gradients.
 */
export const linearStandardiser = defineComponent({
  kind: "model",
  name: "linear-standardiser",
  summary: "Stacked local and global ridge regressions from one instrument's spectra to another's, in closed form.",
  reference:
    "Wang, Veltkamp and Kowalski, Anal. Chem. 63, 2750, 1991; Breiman, Stacked regressions, Machine Learning 24, 1996.",
  supports: { tasks: ["calibration"], data: ["spectrum"] },
  schema: linearStandardiserSchema,
  recipe: () => ({
    preprocess: [],
    augment: [],
    train: {
      epochs: 0,
      keep: "last",
      batchSize: 64,
      optimizer: { name: "adamw", weightDecay: 0 },
      learningRate: 1e-5,
      schedule: "cosine",
    },
  }),
  create: (options) => ({ build: (spec, init) => buildStandardiser(options, spec, init) }),
});

/** Samples that the regression on the whole spectrum is solved for at once; of more, parts are solved and averaged. */
const most = 1500;

function buildStandardiser(options: LinearStandardiserOptions, spec: ModelSpec, init: Rng): Model {
  if (spec.output.kind !== "spectral" || spec.input.length !== 1)
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      "model: linear-standardiser maps spectra to spectra; choose another model for cubes, classes or numbers.",
    );
  if (options.windows.length + options.averages.length === 0 && !options.whole)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      "model: linear-standardiser needs windows, or the whole spectrum; it has neither.",
    );
  const points = spec.input[0]!;
  const outPoints = spec.output.shape[0]!;
  const scope = parameterScope(init);
  const mean = scope.buffer("mean", [points], zeros);
  const weight = scope.parameter("weight", [points, outPoints], zeros);
  const bias = scope.parameter("bias", [outPoints], zeros, { decay: false });

  return networkModel(
    scope,
    (x) => tf.add(tf.matMul(tf.sub(x, mean) as tf.Tensor2D, weight as tf.Tensor as tf.Tensor2D), bias),
    {
      closedForm: true,
      async prepare({ input, target, groups }) {
        if (groups.length < 2)
          throw new SpectraiError(
            "SPECTRAI_DATA_SPLIT",
            "model: linear-standardiser weighs its regressions by samples that are held out, and the training part has one sample; give it at least 2.",
          );
        const x = await toMatrix(input);
        const y = await toMatrix(target);
        const inputMean = columnMeans(x);
        const targetMean = columnMeans(y);
        const map = solve(subtractRow(x, inputMean), transpose(subtractRow(y, targetMean)), groups, options);
        set(mean, inputMean);
        set(bias, targetMean);
        set(weight, transpose(map).data);
      },
    },
  );
}

/** The stacked map, `[L′, L]`, for centred inputs `[n, L]` and targets `[L′, n]`. */
function solve(x: Matrix, t: Matrix, groups: readonly string[], options: LinearStandardiserOptions): Matrix {
  const blocks = blocksOf(groups);
  const fits = [
    ...options.windows.map((points) => windowRidge(x, t, blocks, (points - 1) / 2, false)),
    ...options.averages.map((points) => windowRidge(x, t, blocks, (points - 1) / 2, true)),
  ];
  const whole = options.whole ? [ridgeInParts((rows) => pickRows(x, rows), t, groups, { shared: true, most })] : [];
  const all = [...fits, ...whole];
  const shares = row(
    stackingWeights(
      all.map((f) => f.heldOut),
      t,
      true,
    ),
    0,
  );
  const map = matrix(t.rows, x.columns);
  all.forEach(({ weights }, v) => {
    for (let i = 0; i < map.data.length; i++) map.data[i] = map.data[i]! + shares[v]! * weights.data[i]!;
  });
  return map;
}

async function toMatrix(x: tf.Tensor): Promise<Matrix> {
  return matrix(x.shape[0]!, x.shape[1]!, Float64Array.from(await x.data()));
}

const set = (variable: tf.Variable, values: Float64Array): void =>
  tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(values), variable.shape)));
