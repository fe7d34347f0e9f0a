/** The description of an imported model, and what is to be said about it. */
import {
  axisToJson,
  hashJson,
  isObject,
  type JsonObject,
  type JsonValue,
  type ModelCard,
  type ModelSpec,
  refToJson,
  type ResolvedRef,
  SpectraiError,
  versionsOf,
  type Workbench,
} from "@spectrai/core";
import type { Ending } from "./recognised.ts";
import type { CheckpointRequest } from "./request.ts";
import type { Axes } from "./surroundings.ts";

export const listOf = (data: JsonValue | undefined): readonly string[] | undefined => {
  const names = isObject(data) ? data["classNames"] : undefined;
  return Array.isArray(names) ? names.map(String) : undefined;
};

export function classesOf(
  file: string,
  ending: Ending,
  { output }: ModelSpec,
  given: readonly string[] | undefined,
): readonly string[] {
  const count = ending.kind === "mask" ? ending.classes : ending.kind === "numbers" ? ending.count : 0;
  if (given === undefined)
    return Array.from({ length: count }, (_, i) => `${output.kind === "numbers" ? "value" : "class"} ${i + 1}`);
  if (count > 0 && given.length !== count)
    throw new SpectraiError(
      "SPECTRAI_USAGE",
      `${file} tells ${count} classes, and ${given.length} names are given (${given.join(", ")}); name them all, in their order.`,
    );
  return given;
}

export async function makeCard(
  bench: Workbench,
  model: ResolvedRef<"model">,
  spec: ModelSpec,
  parameters: number,
  steps: readonly ResolvedRef<"transform">[],
  { before, after }: Axes,
  classes: readonly string[],
): Promise<ModelCard> {
  const reading = (["reader", "writer", "backend"] as const).flatMap((kind) =>
    bench.registry.list(kind).map((r) => r.plugin),
  );
  const config: JsonObject = {
    plugins: [...new Set([model.plugin, ...steps.map((s) => s.plugin), ...reading])].sort(),
    task: spec.task,
    model: refToJson(model),
    preprocess: steps.map(refToJson),
  };
  const { output } = spec;
  return {
    format: 1,
    task: spec.task,
    model: { ref: refToJson(model), plugin: model.plugin, spec: spec as ModelCard["model"]["spec"], parameters },
    preprocess: steps.map((s) => ({ ref: refToJson(s) })),
    inputAxis: axisToJson(before) as unknown as ModelCard["inputAxis"],
    axis: axisToJson(after) as unknown as ModelCard["axis"],
    target:
      output.kind === "spectral"
        ? { kind: "spectral" }
        : output.kind === "numbers"
          ? { kind: "numbers", names: [...classes], units: classes.map(() => "") }
          : { kind: output.kind, classes: [...classes] },
    split: {},
    metrics: {},
    versions: versionsOf(bench.registry),
    config,
    configHash: await hashJson(config),
  };
}

export function notesOf(
  file: string,
  { classes: given }: CheckpointRequest,
  config: JsonObject,
  { before, known }: Axes,
  classes: readonly string[],
): string[] {
  const notes: string[] = [];
  if (!known)
    notes.push(
      `${file} does not say its spectral axis: the model takes spectra of ${before.values.length} points as they come. Say it with --axis 500:1800:cm-1.`,
    );
  if (config["preprocess"] === undefined)
    notes.push(
      `${file} does not say how its data were prepared: the model takes them as they are. Name the config it was trained with (--config), or say it: --set preprocess=[max-normalize].`,
    );
  if (classes.length > 0 && given === undefined && listOf(config["data"]) === undefined)
    notes.push(
      `${file} does not name its ${classes.length} classes: they are numbered. Name them with --classes A,B,….`,
    );
  return notes;
}
