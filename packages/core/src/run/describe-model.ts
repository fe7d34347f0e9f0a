import { axisToJson } from "../axes.ts";
import type { ModelSpec } from "../contracts/model.ts";
import type { JsonObject } from "../json.ts";
import type { ModelCard } from "../model-file.ts";
import { refToJson } from "../options.ts";
import type { RunConfig } from "./config.ts";
import { type PreparedData, sizesOf } from "./data.ts";
import { versionsOf, type Workbench } from "./workbench.ts";

/** The card of a run's model: all that is needed to use it. Metrics are added when they are known. */
export function describeModel(
  config: RunConfig,
  data: PreparedData,
  spec: ModelSpec,
  { parameters, receptiveField }: { readonly parameters: number; readonly receptiveField?: readonly number[] },
  bench: Workbench,
): ModelCard {
  const { target } = data.spec;
  return {
    format: 1,
    task: config.task,
    model: {
      ref: refToJson(config.model),
      plugin: config.model.plugin,
      spec: spec as ModelCard["model"]["spec"],
      parameters,
    },
    preprocess: data.pipeline.save() as unknown as ModelCard["preprocess"],
    inputAxis: axisToJson(data.rawSpec.axis) as unknown as ModelCard["inputAxis"],
    axis: axisToJson(target.kind === "spectral" ? target.axis : data.spec.axis) as unknown as ModelCard["axis"],
    target: {
      kind: target.kind,
      ...(target.kind === "mask" || target.kind === "class" ? { classes: [...target.classes] } : {}),
      ...(target.kind === "numbers" ? { names: [...target.names], units: [...target.units] } : {}),
    },
    split: {
      ...(config.json["split"] as JsonObject),
      sizes: sizesOf(data),
      leak: data.leak(receptiveField),
    } as JsonObject,
    metrics: {},
    versions: versionsOf(bench.registry),
    config: config.json,
    configHash: config.hash,
  };
}
