import * as tf from "@tensorflow/tfjs-core";
import { type ForwardContext, type Parameter, registerGradients, rng, valueAndGradients } from "@spectrai/core";
import type { Value } from "./case.ts";
import { type RandomInput, randomTensor } from "./random-tensor.ts";
import { read, type Result, withLeast } from "./read.ts";

/** Something with parameters that maps tensors to tensors: a layer or a model. */
export interface Network {
  readonly parameters: readonly Parameter[];
  run(inputs: readonly tf.Tensor[], context: ForwardContext): tf.Tensor | readonly tf.Tensor[];
  /** Whether a gradient goes through to the inputs; absent = yes. */
  readonly through?: boolean;
  dispose(): void;
}

/** Of the largest gradient, below which there is nothing but rounding: a bias before a norm has none, for one. */
const leastGradient = 0.01;

/**
 * What a network gives in evaluation and in training, the running statistics it hands over, and the gradients of a random
 * weighting of its outputs with respect to its inputs and all its parameters. Parameters and statistics are moved a
 * little from where they start, as zeros and ones would hide what multiplies them. The network is disposed of.
 */
export async function evaluateNetwork(
  title: string,
  network: Network,
  inputs: readonly RandomInput[],
): Promise<Value[]> {
  registerGradients();
  const made: tf.Tensor[] = [];
  try {
    await nudge(title, network.parameters);
    const variables = inputs.map((input, i) => tf.tidy(() => tf.variable(randomTensor(`${title}/${i}`, input))));
    made.push(...variables);
    const evaluation: ForwardContext = { training: false, seed: 0, update: () => {} };
    // Copies, as a layer may hand on its input.
    const evaluated = tf.tidy(() =>
      named(
        "evaluation",
        [network.run(variables, evaluation)].flat().map((t) => tf.clone(t)),
      ),
    );
    const values = await read(evaluated);
    const trained = await train(title, network, variables);
    return [...values, ...trained];
  } finally {
    tf.dispose(made);
    network.dispose();
  }
}

async function train(title: string, network: Network, inputs: readonly tf.Variable[]): Promise<Value[]> {
  const trainable = network.parameters.filter((p) => p.trainable);
  const buffers: Result[] = [];
  let outputs: Result[] = [];
  const context: ForwardContext = {
    training: true,
    seed: 1,
    update: (buffer, value) => {
      const { name } = network.parameters.find((p) => p.variable === buffer)!;
      buffers.push({ what: `the next ${name}`, tensor: tf.keep(tf.clone(value)) });
    },
  };
  const differentiated = network.through === false ? [] : inputs;
  const { value, gradients } = valueAndGradients(() => {
    const given = [network.run(inputs, context)].flat();
    outputs = named("training", given).map(({ what, tensor }) => ({ what, tensor: tf.keep(tf.clone(tensor)) }));
    const weighted = given.map((t, i) =>
      tf.sum(tf.mul(t, randomTensor(`${title}/weight ${i}`, { shape: t.shape, low: -1, high: 1 }))),
    );
    return tf.addN(weighted) as tf.Scalar;
  }, [...differentiated, ...trainable.map((p) => p.variable)]);
  value.dispose();
  const of = [...differentiated.map((_, i) => `input ${i}`), ...trainable.map((p) => p.name)];
  const derived = await read(gradients.map((tensor, i) => ({ what: `the gradient of ${of[i]!}`, tensor })));
  return [...(await read([...outputs, ...buffers])), ...withLeast(derived, leastGradient)];
}

const named = (mode: string, outputs: readonly tf.Tensor[]): Result[] =>
  outputs.map((tensor, i) => ({ what: `${outputs.length > 1 ? `output ${i}` : "the output"} in ${mode}`, tensor }));

/** Adds up to 0.1 to every value of parameters and buffers (variances stay positive). */
export async function nudge(title: string, parameters: readonly Parameter[]): Promise<void> {
  for (const { name, variable } of parameters) {
    const random = rng("nudge", title, name);
    const values = Float32Array.from(await variable.data(), (v) => v + random.uniform(0, 0.1));
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
}
