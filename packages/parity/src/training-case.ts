import type * as tf from "@tensorflow/tfjs-core";
import {
  type Batch,
  type Component,
  type Model,
  optimizers,
  type OutputSpec,
  type Parameter,
  rng,
  startOfRun,
  train,
} from "@spectrai/core";
import { crossEntropyLoss, mseLoss } from "@spectrai/losses";
import type { ParityCase, Value } from "./case.ts";
import { createWith } from "./create.ts";
import { batchSize } from "./model-case.ts";
import { nudge } from "./network.ts";
import { type RandomInput, randomTensor } from "./random-tensor.ts";
import { withLeast } from "./read.ts";
import { type SmallModel, smallModels } from "./small-models.ts";

const steps = 3;
const rate = 1e-2;

/**
 * Adam's update is the gradient over its own size plus ε. Where a gradient is nothing but rounding (of a bias before a norm, for
 * one), a small ε makes a full step out of it, in a direction that rounding decides. This ε leaves such parameters alone.
 */
const epsilon = 1e-2;

/** Of the largest parameter, below which differences are not relative to a parameter's own size. */
const leastParameter = 0.01;

/** A model in each of its small configurations after three steps of Adam by core's trainer: the loss of each step, and all parameters. */
export const trainingCases = (component: Component<"model">): ParityCase[] =>
  smallModels(component).map((small) =>
    trainingCase(`${component.name}, ${small.of}`, component, small, optimizers.adam, { epsilon }),
  );

/** A small network by every optimizer of core. */
export const optimizerCases = (component: Component<"model">): ParityCase[] =>
  smallModels(component)
    .slice(0, 1)
    .flatMap((small) =>
      optimizers.optimizers
        .filter(({ name }) => name !== "adam")
        .map((optimizer) =>
          trainingCase(
            `${component.name} by ${optimizer.name}`,
            component,
            small,
            optimizer,
            own[optimizer.name] ?? {},
          ),
        ),
    );

/** Options of optimizers that divide by a gradient's size, see {@link epsilon}, and of the others what makes them do all they can. */
const own: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  adamw: { epsilon, weightDecay: 0.1 },
  adagrad: { epsilon },
  rmsprop: { epsilon, centered: true, momentum: 0.9 },
  sgd: { momentum: 0.9, nesterov: true },
};

function trainingCase(
  title: string,
  component: Component<"model">,
  { options, spec }: SmallModel,
  optimizer: Component<"optimizer">,
  optimizerOptions: Readonly<Record<string, unknown>>,
): ParityCase {
  return {
    kind: "training",
    title,
    async evaluate() {
      const model = (await createWith(component, options)).build(spec, rng("parity", title));
      try {
        await nudge(title, model.parameters);
        const losses = await takeSteps(title, model, spec, await createWith(optimizer, optimizerOptions));
        return [...losses, ...(await parametersOf(model.parameters))];
      } finally {
        model.dispose();
      }
    },
  };
}

async function takeSteps(
  title: string,
  model: Model,
  { input, output }: SmallModel["spec"],
  optimizer: Awaited<ReturnType<typeof optimizers.adam.create>>,
): Promise<Value[]> {
  const batch = (step: number): Batch => ({
    ids: Array.from({ length: batchSize }, (_, i) => `${i}`),
    input: randomTensor(`${title}/input ${step}`, { shape: [batchSize, ...input], low: 0, high: 1 }),
    target: randomTensor(`${title}/target ${step}`, targetOf(output, input)),
  });
  const losses: number[] = [];
  const state = optimizer.start(model.parameters.filter((p) => p.trainable).map((p) => ({ ...p, rateScale: 1 })));
  try {
    await train({
      model,
      loss: await createWith(labels(output) ? crossEntropyLoss : mseLoss, {}),
      optimizer: state,
      schedule: { rate: () => rate },
      average: null,
      epochs: 1,
      stepsPerEpoch: steps,
      clipNorm: null,
      seed: 0,
      batches: (_, step) => Promise.resolve([batch(step)]),
      validate: () => Promise.resolve(null),
      monitor: { name: "loss", better: "lower" },
      earlyStopping: null,
      progress: startOfRun(),
      callbacks: [{ stepEnd: ({ loss }) => void losses.push(loss) }],
      save: () => Promise.resolve(),
    });
  } finally {
    state.dispose();
  }
  return losses.map((loss, i) => ({ what: `the loss of step ${i + 1}`, dtype: "float32", shape: [], values: [loss] }));
}

const labels = ({ kind }: OutputSpec): boolean => kind === "class" || kind === "mask";

/** Targets of a batch: labels, spectra, cubes or numbers. */
function targetOf(output: OutputSpec, input: readonly number[]): RandomInput {
  switch (output.kind) {
    case "class":
      return { shape: [batchSize], low: 0, high: output.classes, dtype: "int32" };
    case "mask":
      return { shape: [batchSize, ...input.slice(0, -1)], low: 0, high: output.classes, dtype: "int32" };
    case "numbers":
      return { shape: [batchSize, output.count] };
    case "spectral":
      return { shape: [batchSize, ...output.shape], low: 0, high: 1 };
  }
}

async function parametersOf(parameters: readonly Parameter[]): Promise<Value[]> {
  const read = async ({ name, variable }: { name: string; variable: tf.Variable }): Promise<Value> => ({
    what: `${name} after ${steps} steps`,
    dtype: "float32",
    shape: variable.shape,
    values: Float32Array.from(await variable.data()),
  });
  return withLeast(await Promise.all(parameters.map(read)), leastParameter);
}
