import type { Architecture, Model, ModelSpec } from "../contracts/model.ts";
import type { SampleSpec } from "../contracts/sample.ts";
import type { Task } from "../contracts/task.ts";
import { sizeOf } from "../ndarray.ts";
import { rng } from "../rng.ts";

export function modelSpec(taskName: string, task: Task, spec: SampleSpec): ModelSpec {
  const scale = scaleOf(spec);
  return {
    task: taskName,
    data: spec.data,
    input: spec.shape,
    output: task.output(spec.target),
    ...(scale === undefined ? {} : { scale }),
  };
}

/** How many times finer a target cube's grid is than its input's; undefined where it is not, or not known. */
function scaleOf({ data, shape, target }: SampleSpec): number | undefined {
  if (target.kind === "spectral" && target.scale !== undefined) return target.scale;
  if (data !== "cube" || target.kind !== "spectral" || !(shape[0]! > 0)) return undefined;
  const scale = target.shape[0]! / shape[0]!;
  return Number.isInteger(scale) && scale > 1 ? scale : undefined;
}

/** The network with its first weights, which the seed alone decides. */
export const buildModel = (architecture: Architecture, spec: ModelSpec, seed: number): Model =>
  architecture.build(spec, rng(seed, "init"));

/** Trainable parameters, counted one by one. */
export const countParameters = (model: Model): number =>
  model.parameters.reduce((n, p) => (p.trainable ? n + sizeOf(p.variable.shape) : n), 0);
