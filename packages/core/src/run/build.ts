import type { Architecture, Model, ModelSpec } from "../contracts/model.ts";
import type { SampleSpec } from "../contracts/sample.ts";
import type { Task } from "../contracts/task.ts";
import { sizeOf } from "../ndarray.ts";
import { rng } from "../rng.ts";

export const modelSpec = (taskName: string, task: Task, spec: SampleSpec): ModelSpec => ({
  task: taskName,
  data: spec.data,
  input: spec.shape,
  output: task.output(spec.target),
});

/** The network with its first weights, which the seed alone decides. */
export const buildModel = (architecture: Architecture, spec: ModelSpec, seed: number): Model =>
  architecture.build(spec, rng(seed, "init"));

/** Trainable parameters, counted one by one. */
export const countParameters = (model: Model): number =>
  model.parameters.reduce((n, p) => (p.trainable ? n + sizeOf(p.variable.shape) : n), 0);
