import * as tf from "@tensorflow/tfjs-core";
import {
  defineComponent,
  type ForwardContext,
  type Model,
  type ModelSpec,
  type Rng,
  SpectraiError,
} from "@spectrai/core";
import { type Matrix, matrix, row } from "@spectrai/linalg";
import { networkModel, ones, type ParameterScope, parameterScope, zeros } from "@spectrai/nn";
import { z } from "zod";
import { solveStack, type StackView } from "./closed-form/solve-stack.ts";
import { logitScale } from "./closed-form/temperature.ts";
import { type MiniRocket, miniRocket } from "./mini-rocket.ts";
import { view, type ViewName, viewNames, viewSize } from "./views.ts";

const viewOption = z.enum([...viewNames, ...viewNames.map((name) => `${name}-scaled` as const)]);

export const rocketStackSchema = z.strictObject({
  views: z
    .array(viewOption)
    .default(["raw", "raw-scaled", "snv", "derivative", "derivative-scaled", "second-derivative-scaled"])
    .meta({
      description:
        "What the linear heads see: the spectrum, or it after standard normal variate, or that one's derivatives; -scaled divides each point by its standard deviation.",
      group: "views",
    }),
  features: z.int().min(0).default(5000).meta({
    description: "About how many MiniRocket features are made of the spectrum, and again of its derivative; 0 = none.",
    group: "features",
  }),
  most: z.int().min(50).max(5000).default(1500).meta({
    description: "Training samples that are solved for at once; of more, parts are solved and averaged.",
    group: "solution",
    unit: "samples",
  }),
});
export type RocketStackOptions = z.output<typeof rocketStackSchema>;

/**
 * Linear heads on several views of a spectrum and on MiniRocket's random convolutional features, each solved by ridge
 * regression and added with weights that predict held-out samples best. The solution is closed, so it takes seconds and no
 * epochs, and is as good as ridge regression where the answer is linear in the spectrum. Epochs, where asked for, go on from it
 * by gradients of the heads. Classes are scores of ±1 times the factor that makes held-out samples most likely.
 */
export const rocketStack = defineComponent({
  kind: "model",
  name: "rocket-stack",
  summary:
    "Ridge heads on views of a spectrum and on MiniRocket features, stacked; solved in closed form, within seconds.",
  reference:
    "Dempster, Schmidt and Webb, MiniRocket, KDD 2021; Breiman, Stacked regressions, Machine Learning 24, 1996.",
  supports: { tasks: ["classification", "regression"], data: ["spectrum"] },
  schema: rocketStackSchema,
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
  create: (options) => ({ build: (spec, init) => buildRocketStack(options, spec, init) }),
});

/** A view with its head. */
interface Branch {
  readonly scaled: boolean;
  readonly size: number;
  readonly scope: ParameterScope;
  readonly mean: tf.Variable;
  readonly inverseScale: tf.Variable;
  readonly weight: tf.Variable;
  features(x: tf.Tensor): tf.Tensor;
}

function buildRocketStack(options: RocketStackOptions, spec: ModelSpec, init: Rng): Model {
  const { output } = spec;
  if ((output.kind !== "class" && output.kind !== "numbers") || spec.input.length !== 1)
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      "model: rocket-stack predicts classes or numbers from spectra; choose another model for cubes or for spectra out of spectra.",
    );
  const points = spec.input[0]!;
  if (points < leastPoints)
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `model: rocket-stack convolves with kernels of ${leastPoints} points, and the spectra have ${points}; use another model.`,
    );
  const outputs = output.kind === "class" ? output.classes : output.count;
  const scope = parameterScope(init);
  const branch = (name: string, scaled: boolean, size: number, features: Branch["features"]): Branch => {
    const own = scope.at("heads", name);
    return {
      scaled,
      size,
      scope: own,
      features,
      mean: own.buffer("mean", [size], zeros),
      inverseScale: own.buffer("inverse_scale", [size], ones),
      weight: own.parameter("weight", [size, outputs], zeros),
    };
  };
  const branches: Branch[] = options.views.map((option) => {
    const scaled = option.endsWith("-scaled");
    const name = (scaled ? option.slice(0, -"-scaled".length) : option) as ViewName;
    return branch(option, scaled, viewSize(name, points), (x) => view(name, x));
  });
  const rockets: { readonly rocket: MiniRocket; readonly of: ViewName }[] = [];
  if (options.features > 0)
    for (const of of ["snv", "derivative"] as const) {
      const size = viewSize(of, points);
      if (size < leastPoints) continue;
      const rocket = miniRocket(scope.at("rocket", of), size, options.features);
      rockets.push({ rocket, of });
      branches.push(branch(`rocket-${of}`, true, rocket.count, (x) => rocket.features(view(of, x))));
    }
  if (branches.length === 0)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      "model: rocket-stack needs a view, or features; it has neither.",
    );
  const bias = scope.at("heads").parameter("bias", [outputs], zeros, { decay: false });

  const forward = (x: tf.Tensor, _context: ForwardContext): tf.Tensor =>
    tf.addN([
      ...branches.map((b) =>
        tf.tidy(() => {
          const scaledFeatures = tf.mul(tf.sub(b.features(x), b.mean), b.inverseScale);
          return tf.matMul(scaledFeatures as tf.Tensor2D, b.weight as tf.Tensor as tf.Tensor2D);
        }),
      ),
      tf.tile(tf.expandDims(bias, 0), [x.shape[0]!, 1]),
    ]);

  return networkModel(scope, forward, {
    // Thresholds and means are taken from the training part together with the heads: nothing is left for other targets.
    head: ["heads", "rocket"],
    closedForm: true,
    async prepare({ input, target, groups }) {
      const wanted = await targetMatrix(target, outputs, output.kind === "class");
      for (const { rocket, of } of rockets) {
        const series = tf.tidy(() => view(of, input));
        await rocket.start(series, init.child("thresholds", of));
        series.dispose();
      }
      const views: StackView[] = branches.map((b) => ({
        scaled: b.scaled,
        features: () => featureMatrix(b, input),
      }));
      const shared = output.kind === "class";
      const solution = await solveStack(views, wanted, groups, { shared, most: options.most });
      const factor = shared ? logitScale(solution.heldOut, await labelsOf(target)) : 1;
      solution.views.forEach(({ mean, inverseScale, weights }, i) => {
        set(branches[i]!.mean, mean);
        set(branches[i]!.inverseScale, inverseScale);
        set(
          branches[i]!.weight,
          weights.data.map((w) => w * factor),
        );
      });
      set(
        bias,
        solution.intercept.map((v) => v * factor),
      );
    },
  });
}

/** MiniRocket's kernels. */
const leastPoints = 9;

const set = (variable: tf.Variable, values: Float64Array): void =>
  tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(values), variable.shape)));

/** Rows at a time whose features are made, so that what lies between fits in memory. */
const rowsAtOnce = 64;

async function featureMatrix(branch: Branch, input: tf.Tensor): Promise<Matrix> {
  const [rows, points] = input.shape as [number, number];
  const out = matrix(rows, branch.size);
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - start);
    const features = tf.tidy(() => branch.features(tf.slice(input, [start, 0], [count, points])));
    out.data.set(await features.data(), start * branch.size);
    features.dispose();
  }
  return out;
}

const labelsOf = async (target: tf.Tensor): Promise<ArrayLike<number>> => target.data();

/** Classes as scores of ±1, numbers as they are: `[n, m]`. */
async function targetMatrix(target: tf.Tensor, outputs: number, classes: boolean): Promise<Matrix> {
  const values = await target.data();
  const rows = target.shape[0]!;
  if (!classes) return matrix(rows, outputs, Float64Array.from(values));
  const out = matrix(rows, outputs);
  for (let i = 0; i < rows; i++) row(out, i).fill(-1)[values[i]!] = 1;
  return out;
}
