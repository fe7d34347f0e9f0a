import { type Axis, type AxisUnit, makeAxis } from "../axes.ts";
import type { Model, ModelSpec } from "../contracts/model.ts";
import { isSpectraiError, SpectraiError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { decodeModelFile, loadParameters, type ModelCard, type ModelFile } from "../model-file.ts";
import { createComponent, normalizeRef, resolveRef } from "../options.ts";
import { buildModel } from "./build.ts";
import { Pipeline } from "./pipeline.ts";
import type { Workbench } from "./workbench.ts";

export interface LoadedModel {
  readonly card: ModelCard;
  readonly model: Model;
  readonly pipeline: Pipeline;
  /** Of the data the model was trained on, before preprocessing. */
  readonly inputAxis: Axis;
  /** Of its output. */
  readonly axis: Axis;
  /**
   * The same weights for inputs of another size.
   * @throws SPECTRAI_MODEL_MISMATCH when the network is tied to the size it was trained on
   */
  resized(input: readonly number[]): Promise<Model>;
  /** The model itself for inputs of its own shape, otherwise one resized, which is kept in `models`. */
  modelFor(shape: readonly number[], models: Map<string, Model>): Promise<Model>;
}

const axisOf = ({ name, unit, values }: { name: string; unit: AxisUnit; values: number[] }): Axis =>
  makeAxis(Float64Array.from(values), unit, name);

/** Builds the network of a model file and sets its weights. @throws SPECTRAI_MODEL_DAMAGED, SPECTRAI_MODEL_MISMATCH */
export async function loadModel(bench: Workbench, bytes: Uint8Array, name: string): Promise<LoadedModel> {
  const file = decodeModelFile(bytes, name);
  const { card } = file;
  const refs = card.preprocess.map((step, i) =>
    resolveRef(bench.registry, "transform", normalizeRef(step.ref, `preprocess[${i}]`), `${name}: preprocess[${i}]`),
  );
  const pipeline = await Pipeline.create(
    refs,
    bench.services,
    card.preprocess.map((s) => s.state),
  );
  const spec = card.model.spec as ModelSpec;
  const model = await build(bench, file, spec, name);
  const scale = spec.scale ?? 1;
  const resized = (input: readonly number[]): Promise<Model> => {
    const output =
      spec.output.kind === "spectral"
        ? {
            ...spec.output,
            shape: spec.data === "cube" ? [input[0]! * scale, input[1]! * scale, spec.output.shape[2]!] : input,
          }
        : spec.output;
    return build(bench, file, { ...spec, input, output }, name).catch((e: unknown) => {
      if (!isSpectraiError(e)) throw e;
      const points = spec.input.at(-1);
      throw new SpectraiError(
        "SPECTRAI_MODEL_MISMATCH",
        spec.data === "cube"
          ? points === input.at(-1)
            ? `The model in ${name} takes images of ${spec.input.slice(0, 2).join(" × ")} pixels, not ${input.slice(0, 2).join(" × ")}.`
            : `The model in ${name} takes ${points} bands, not ${input.at(-1)}; give an image of that many, or one with a spectral axis to a model that has one, so that it can be resampled.`
          : `${name} is tied to spectra of ${points} points, not ${input.at(-1)}; give data with a spectral axis, so that they can be resampled to the model's.`,
        { cause: e },
      );
    });
  };
  return {
    card,
    pipeline,
    model,
    inputAxis: axisOf(card.inputAxis),
    axis: axisOf(card.axis),
    resized,
    async modelFor(shape, models) {
      if (spec.input.every((d, i) => d === 0 || d === shape[i])) return model;
      const key = shape.join("x");
      const known = models.get(key) ?? (await resized(shape));
      models.set(key, known);
      return known;
    },
  };
}

async function build(bench: Workbench, file: ModelFile, spec: ModelSpec, name: string): Promise<Model> {
  const ref = resolveRef(bench.registry, "model", normalizeRef(file.card.model.ref as JsonObject, "model"), name);
  const model = buildModel(await createComponent(ref, bench.services), spec, 0);
  try {
    loadParameters(model, file.parameters, name);
  } catch (e) {
    model.dispose();
    throw e;
  }
  return model;
}

/** The plugins and settings a model file was made with, to start a workbench for it. */
export function cardOf(bytes: Uint8Array, name: string): ModelCard {
  return decodeModelFile(bytes, name).card;
}
