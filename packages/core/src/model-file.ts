/**
 * The model file: one `.safetensors` that holds the parameters under their names and, as JSON in the header metadata,
 * everything needed to use them. A checkpoint is a model file with the state of training beside the parameters.
 */
import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Model } from "./contracts/model.ts";
import { SpectraiError } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { ndarray, type NdArray } from "./ndarray.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

const json = z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>;
const axisSchema = z.strictObject({
  name: z.string(),
  unit: z.enum(["cm-1", "nm", "um", "eV", "index"]),
  values: z.array(z.number()).max(10_000_000),
});
const outputSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("spectral"), shape: z.array(z.int()) }),
  z.strictObject({ kind: z.literal("mask"), classes: z.int() }),
  z.strictObject({ kind: z.literal("class"), classes: z.int() }),
  z.strictObject({ kind: z.literal("numbers"), count: z.int() }),
]);

export const modelCardSchema = z.object({
  /** Of this layout; raised when a reader of the old one could not read the new. */
  format: z.literal(1),
  task: z.string(),
  /** The architecture with its options, and the shapes it was built for. */
  model: z.strictObject({
    ref: json,
    plugin: z.string(),
    spec: z.strictObject({
      task: z.string(),
      data: z.enum(["spectrum", "cube"]),
      input: z.array(z.int()),
      output: outputSchema,
      scale: z.int().optional(),
    }),
    parameters: z.int(),
  }),
  preprocess: z.array(z.strictObject({ ref: json, state: json.optional() })),
  /** Before preprocessing: what new data must be on. */
  inputAxis: axisSchema,
  /** Of the output. */
  axis: axisSchema,
  target: z.strictObject({
    kind: z.string(),
    classes: z.array(z.string()).optional(),
    names: z.array(z.string()).optional(),
    units: z.array(z.string()).optional(),
  }),
  /** What makes predictions of the network's outputs; absent where they are the predictions. */
  readout: z
    .strictObject({
      scale: z.strictObject({ mean: z.array(z.number()), sd: z.array(z.number().positive()) }).optional(),
      temperature: z.number().positive().optional(),
    })
    .optional(),
  split: json,
  /** Of the validation part when the weights were kept; of the test part where it was measured. */
  metrics: json,
  /** Of core and of every plugin of the run. */
  versions: z.record(z.string(), z.string()),
  config: json,
  configHash: z.string(),
  /** The model that training went on from, and how; absent for one trained from scratch. */
  start: z
    .strictObject({
      from: z.string(),
      sha256: z.string(),
      task: z.string(),
      configHash: z.string(),
      head: z.enum(["kept", "new"]),
      /** Names of the parameters that were not trained. */
      frozen: z.array(z.string()),
      statistics: z.enum(["frozen", "updated"]),
      preprocess: z.enum(["kept", "learned"]),
      /** How the spectra were brought to its axis; null where they were on it. */
      resampled: z.string().nullable(),
    })
    .optional(),
});
export type ModelCard = z.output<typeof modelCardSchema>;

/** State beside the model in a checkpoint; its tensor names start with `@`. */
export interface CheckpointState {
  readonly progress: JsonObject;
  readonly tensors: Readonly<Record<string, NdArray>>;
}

export interface ModelFile {
  readonly card: ModelCard;
  readonly parameters: Readonly<Record<string, NdArray>>;
  readonly state?: CheckpointState;
}

export function encodeModelFile({ card, parameters, state }: ModelFile): Uint8Array {
  const tensors: Record<string, NdArray> = { ...parameters };
  for (const [name, tensor] of Object.entries(state?.tensors ?? {})) tensors[`@${name}`] = tensor;
  const metadata: Record<string, string> = { spectrai: JSON.stringify(card) };
  if (state) metadata["spectrai.progress"] = JSON.stringify(state.progress);
  return encodeSafetensors(tensors, metadata);
}

/** @throws SPECTRAI_MODEL_DAMAGED when it is cut short or was not written by spectrai */
export function decodeModelFile(bytes: Uint8Array, name: string): ModelFile {
  const { tensors, metadata } = decodeSafetensors(bytes, name);
  const damaged = (why: string): never => {
    throw new SpectraiError("SPECTRAI_MODEL_DAMAGED", `${name} is not a spectrai model file: ${why}.`, {
      details: { file: name },
    });
  };
  const text = metadata["spectrai"];
  if (text === undefined)
    return damaged("its header has no spectrai entry; weights of other programs are imported with spectrai import");
  let card: unknown;
  let progress: unknown;
  try {
    card = JSON.parse(text);
    progress = metadata["spectrai.progress"] === undefined ? undefined : JSON.parse(metadata["spectrai.progress"]);
  } catch {
    return damaged("its description is not JSON");
  }
  const checked = modelCardSchema.safeParse(card);
  if (!checked.success)
    return damaged(`its description is incomplete (${z.prettifyError(checked.error).split("\n")[0]})`);
  const parameters: Record<string, NdArray> = {};
  const stateTensors: Record<string, NdArray> = {};
  for (const [key, tensor] of Object.entries(tensors)) {
    if (key.startsWith("@")) stateTensors[key.slice(1)] = tensor;
    else parameters[key] = tensor;
  }
  const file: ModelFile = { card: checked.data, parameters };
  return progress === undefined
    ? file
    : { ...file, state: { progress: progress as JsonObject, tensors: stateTensors } };
}

/** Downloads tensors by name. */
export async function downloadTensors(tensors: Readonly<Record<string, tf.Tensor>>): Promise<Record<string, NdArray>> {
  const out: Record<string, NdArray> = {};
  for (const [name, tensor] of Object.entries(tensors))
    out[name] = ndarray((await tensor.data()).slice() as Float32Array, tensor.shape);
  return out;
}

export const parameterTensors = (model: Model): Record<string, tf.Tensor> =>
  Object.fromEntries(model.parameters.map((p) => [p.name, p.variable]));

/**
 * Sets a model's parameters by name.
 * @throws SPECTRAI_MODEL_MISMATCH when a parameter is missing or of another shape
 */
export function loadParameters(model: Model, parameters: Readonly<Record<string, NdArray>>, name: string): void {
  const wanted = new Set(model.parameters.map((p) => p.name));
  const extra = Object.keys(parameters).find((key) => !wanted.has(key));
  if (extra !== undefined)
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `${name} has a parameter "${extra}" that the model does not; it is for another model.`,
    );
  for (const { name: key, variable } of model.parameters) {
    const stored = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (!stored)
      throw new SpectraiError(
        "SPECTRAI_MODEL_MISMATCH",
        `${name} lacks the parameter "${key}"; it is for another model, or was cut short.`,
      );
    if (stored.shape.length !== variable.shape.length || !stored.shape.every((d, i) => d === variable.shape[i]))
      throw new SpectraiError(
        "SPECTRAI_MODEL_MISMATCH",
        `${name}: the parameter "${key}" has the shape [${stored.shape.join(", ")}], but the model here needs [${variable.shape.join(", ")}].`,
      );
    tf.tidy(() => variable.assign(tf.tensor(stored.data as Float32Array, [...stored.shape], variable.dtype)));
  }
}
