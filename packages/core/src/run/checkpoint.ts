import type { ArtifactStore } from "../contracts/files.ts";
import type { Model } from "../contracts/model.ts";
import type { OptimizerState } from "../contracts/optimizer.ts";
import type { RunningSchedule } from "../contracts/schedule.ts";
import { SpectraiError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import {
  decodeModelFile,
  downloadTensors,
  encodeModelFile,
  loadParameters,
  type ModelCard,
  parameterTensors,
} from "../model-file.ts";
import * as tf from "@tensorflow/tfjs-core";
import type { NdArray } from "../ndarray.ts";
import type { WeightAverage } from "../optimizers/ema.ts";
import type { Progress, Training } from "../trainer.ts";

/** An epoch's numbers, kept in the checkpoint so that the curves of a resumed run are whole. */
export interface EpochRecord {
  readonly epoch: number;
  readonly rate: number;
  readonly train: Readonly<Record<string, number>>;
  readonly validation: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export interface TrainingState {
  readonly model: Model;
  readonly optimizer: OptimizerState;
  readonly schedule: RunningSchedule;
  readonly average: WeightAverage | null;
  readonly progress: Progress;
  readonly history: EpochRecord[];
}

/** A finished run's model: the weights that were tested. */
export const modelFile = "model.safetensors";
export const bestFile = "best.safetensors";
export const lastFile = "last.safetensors";

/** The weights as they are evaluated now, as a model file. */
export async function saveModel(store: ArtifactStore, name: string, model: Model, card: ModelCard): Promise<void> {
  await store.write(name, encodeModelFile({ card, parameters: await downloadTensors(parameterTensors(model)) }));
}

/** The whole state between two steps. Its plain parameters are those to evaluate (the average, where one is kept). */
export async function saveCheckpoint(
  store: ArtifactStore,
  name: string,
  state: TrainingState,
  card: ModelCard,
): Promise<void> {
  const live = await downloadTensors(parameterTensors(state.model));
  const tensors: Record<string, NdArray> = prefixed("optimizer/", await downloadTensors(state.optimizer.tensors()));
  let parameters = live;
  if (state.average) {
    Object.assign(tensors, prefixed("live/", live));
    const averages = await downloadTensors(state.average.tensors());
    parameters = Object.fromEntries(Object.keys(live).map((key) => [key, averages[`${key}/average`]!]));
  }
  const progress = {
    ...state.progress,
    optimizerSteps: state.optimizer.steps,
    averageSteps: state.average?.steps ?? 0,
    schedule: state.schedule.state?.() ?? null,
    history: state.history,
  } as unknown as JsonObject;
  await store.write(name, encodeModelFile({ card, parameters, state: { progress, tensors } }));
}

/** Puts a run back to where its checkpoint was written. @throws SPECTRAI_MODEL_DAMAGED, SPECTRAI_RESUME_MISMATCH */
export function restoreCheckpoint(bytes: Uint8Array, name: string, state: TrainingState, configHash: string): void {
  const { card, parameters, state: saved } = decodeModelFile(bytes, name);
  if (!saved)
    throw new SpectraiError(
      "SPECTRAI_RESUME_MISMATCH",
      `${name} holds a model without the state of its training, so it cannot be resumed; give the run's ${lastFile}.`,
    );
  if (card.configHash !== configHash)
    throw new SpectraiError(
      "SPECTRAI_RESUME_MISMATCH",
      `${name} is from a run with another config; resume it with the config it was started with, or start a new run.`,
    );
  const { optimizerSteps, averageSteps, schedule, history, ...progress } = saved.progress;
  loadParameters(state.model, state.average ? stripped("live/", saved.tensors) : parameters, name);
  const optimizerTensors = upload(stripped("optimizer/", saved.tensors));
  state.optimizer.restore(optimizerTensors, Number(optimizerSteps));
  tf.dispose(optimizerTensors);
  if (state.average) {
    const averages = upload(
      Object.fromEntries(Object.entries(parameters).map(([key, value]) => [`${key}/average`, value])),
    );
    state.average.restore(averages, Number(averageSteps));
    tf.dispose(averages);
  }
  if (schedule !== null && schedule !== undefined) state.schedule.restore?.(schedule as JsonObject);
  Object.assign(state.progress, progress);
  state.history.splice(0, state.history.length, ...(history as JsonValue as unknown as EpochRecord[]));
}

const prefixed = (prefix: string, tensors: Record<string, NdArray>): Record<string, NdArray> =>
  Object.fromEntries(Object.entries(tensors).map(([k, v]) => [prefix + k, v]));

const stripped = (prefix: string, tensors: Readonly<Record<string, NdArray>>): Record<string, NdArray> =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([k, v]) => (k.startsWith(prefix) ? [[k.slice(prefix.length), v]] : [])),
  );

const upload = (tensors: Readonly<Record<string, NdArray>>): Record<string, tf.Tensor> =>
  Object.fromEntries(
    Object.entries(tensors).map(([k, v]) => [k, tf.tensor(v.data as Float32Array, [...v.shape], "float32")]),
  );

export interface KeepOptions {
  readonly store: ArtifactStore;
  readonly state: TrainingState;
  readonly card: ModelCard;
  readonly epochs: number;
  /** Also keep the state of every n-th epoch. */
  readonly every: number | null;
  /** Least time between two writings of the last state. */
  readonly seconds: number;
}

/** What the trainer calls to keep its state: the best weights at once, the last state now and then and whenever it leaves. */
export function keeper({ store, state, card, epochs, every, seconds }: KeepOptions): Training["save"] {
  let lastSaved = performance.now();
  return async (moment) => {
    if (moment === "best") {
      const metrics = { validation: state.progress.best?.value ?? null };
      await saveModel(store, bestFile, state.model, { ...card, metrics });
      return;
    }
    const { epoch } = state.progress;
    if (moment === "epoch" && every !== null && epoch % every === 0)
      await saveCheckpoint(store, `epoch-${String(epoch).padStart(4, "0")}.safetensors`, state, card);
    const due = epoch <= 1 || epoch === epochs || performance.now() - lastSaved >= seconds * 1000;
    if (moment === "epoch" && !due) return;
    await saveCheckpoint(store, lastFile, state, card);
    lastSaved = performance.now();
  };
}
