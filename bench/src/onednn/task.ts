import * as tf from "@tensorflow/tfjs-core";
import {
  createComponent,
  type ForwardContext,
  type Model,
  resolveRef,
  rng,
  type Rng,
  sizeOf,
  valueAndGradients,
} from "@spectrai/core";
import { networkModel, parameterScope } from "@spectrai/nn";
import type { Workload } from "../networks/workloads.ts";
import type { Bench } from "./backend.ts";
import type { Mode } from "./setting.ts";

export const phases = ["forward", "backward", "update"] as const;
/** The backward pass, and the optimizer's update after it. */
export type Phase = (typeof phases)[number];

/** A network with its batch on the current backend. */
export interface Task {
  /** Trainable ones. */
  readonly parameters: number;
  /**
   * Orders one forward pass (`infer`), or one training step: forward, loss, gradients, Adam. A backend that computes behind
   * the caller's back may not be done with it.
   * @param enter - told when a phase begins
   * @returns the result, which the caller disposes: of training, the loss
   */
  order(enter?: (phase: Phase) => void): tf.Tensor;
  /** The same, waited for. @returns the first number of the result. Backends that are read asynchronously only have no such thing. */
  step(enter?: (phase: Phase) => void): number;
  dispose(): void;
}

const learningRate = 1e-4;

type Order = Task["order"];

/** Steps that are waited for. */
const stepOf =
  (order: Order): Task["step"] =>
  (enter) => {
    const result = order(enter);
    const [read] = result.dataSync();
    result.dispose();
    return read!;
  };

const uniform = (shape: readonly number[], random: Rng): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.next()),
    [...shape],
  );

function targetOf({ target, classes }: Workload, random: Rng): tf.Tensor {
  if (classes === undefined) return uniform(target, random);
  return tf.tensor(
    Int32Array.from({ length: sizeOf(target) }, () => random.integer(classes)),
    [...target],
    "int32",
  );
}

/** Builds a workload's network and batch from fixed random numbers. */
export async function makeTask({ registry, services }: Bench, work: Workload, mode: Mode): Promise<Task> {
  const scope = parameterScope(rng("bench", "parameters"));
  const model = networkModel(scope, work.network(scope));
  const x = uniform(work.input, rng("bench", "input"));
  const trainable = model.parameters.filter((p) => p.trainable);
  const parameters = trainable.reduce((sum, { variable }) => sum + variable.size, 0);
  if (mode === "infer") return inference(model, x, parameters);

  const loss = await createComponent(resolveRef(registry, "loss", { name: work.loss, options: {} }, "loss"), services);
  const adam = await createComponent(
    resolveRef(registry, "optimizer", { name: "adam", options: {} }, "optimizer"),
    services,
  );
  const optimizer = adam.start(trainable.map((p) => ({ ...p, rateScale: 1 })));
  const y = targetOf(work, rng("bench", "target"));
  const variables = trainable.map((p) => p.variable);

  const order: Order = (enter) => {
    enter?.("forward");
    const buffers: [tf.Variable, tf.Tensor][] = [];
    const context: ForwardContext = {
      training: true,
      seed: 0,
      update: (buffer, value) => buffers.push([buffer, tf.keep(value)]),
    };
    const { value, gradients } = valueAndGradients(() => {
      const error = loss.compute(model.apply(x, context), y);
      enter?.("backward");
      return error;
    }, variables);
    enter?.("update");
    for (const [buffer, next] of buffers) {
      buffer.assign(next);
      next.dispose();
    }
    optimizer.step(gradients, learningRate);
    tf.dispose(gradients);
    return value;
  };
  return {
    parameters,
    order,
    step: stepOf(order),
    dispose() {
      tf.dispose([x, y]);
      optimizer.dispose();
      model.dispose();
    },
  };
}

function inference(model: Model, x: tf.Tensor, parameters: number): Task {
  const context: ForwardContext = { training: false, seed: 0, update: () => undefined };
  const order: Order = (enter) => {
    enter?.("forward");
    return model.apply(x, context);
  };
  return {
    parameters,
    order,
    step: stepOf(order),
    dispose() {
      x.dispose();
      model.dispose();
    },
  };
}
