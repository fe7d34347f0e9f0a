import * as tf from "@tensorflow/tfjs-core";
import { axisToJson } from "../axes.ts";
import { chooseBackend } from "../backends.ts";
import type { Callback, RunEnd } from "../contracts/callback.ts";
import type { ArtifactStore } from "../contracts/files.ts";
import type { Model, ModelSpec } from "../contracts/model.ts";
import { isSpectraiError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { decodeModelFile, loadParameters, type ModelCard } from "../model-file.ts";
import { createComponent, refToJson } from "../options.ts";
import { averageWeights } from "../optimizers/ema.ts";
import { services as tokens } from "../tokens.ts";
import { startOfRun, train, type Training } from "../trainer.ts";
import { augmentSample, type Augmenter, epochOrder, makeBatch } from "./batches.ts";
import { buildModel, countParameters, modelSpec } from "./build.ts";
import {
  bestFile,
  type EpochRecord,
  lastFile,
  modelFile,
  restoreCheckpoint,
  saveCheckpoint,
  saveModel,
  type TrainingState,
} from "./checkpoint.ts";
import type { GivenConfig, RunConfig } from "./config.ts";
import { prepareData, type PreparedData } from "./data.ts";
import { evaluateModel, type NamedMetric, plainValues } from "./evaluate.ts";
import { openRun } from "./open.ts";
import { type RunResult, scoreRun, type Scores } from "./score.ts";
import { versionsOf, type Workbench } from "./workbench.ts";

export interface TrainOptions {
  readonly given: GivenConfig;
  /** The folder of this run. */
  readonly store: ArtifactStore;
  readonly runId: string;
  /** Where the config came from, kept with it in the run's folder so that its relative paths can be followed later. */
  readonly origin?: JsonObject;
  /** Go on from the store's last checkpoint. */
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  /** Progress display and the like, besides the config's callbacks. */
  readonly callbacks?: readonly Callback[];
}

/** What a finished run leaves in memory, for the report. */
export interface TrainedRun {
  readonly config: RunConfig;
  readonly data: PreparedData;
  readonly model: Model;
  readonly card: ModelCard;
  readonly history: readonly EpochRecord[];
  readonly scores: Scores;
  readonly result: RunResult;
}

const examplesPerEpoch = 3;

/** From a config to a trained, measured model: data, split, preprocessing, training, test scores beside the baselines. */
export async function trainRun(bench: Workbench, options: TrainOptions): Promise<TrainedRun> {
  const { given, store } = options;
  const startTime = performance.now();
  const { registry, services, logger } = bench;
  if (!services.has(tokens.artifacts)) services.provide(tokens.artifacts, store);
  const { task, dataset, config } = await openRun(bench, given);
  const data = await prepareData(bench, config, dataset);
  const chosen = await chooseBackend(registry, config.backend, services);
  logger.info(`Backend ${chosen.name} (${chosen.device}): ${chosen.why}.`);

  const spec = modelSpec(config.task, task, data.spec);
  const model = buildModel(await createComponent(config.model, services), spec, config.seed);
  const metrics = await createMetrics(config, bench);
  const loss = await createComponent(config.loss, services);
  const parameters = countParameters(model);
  const card = describeModel(config, data, spec, parameters, bench);

  const trainPart = data.parts.train;
  const { batchSize, accumulate } = config.train;
  const batchesPerEpoch = Math.ceil(trainPart.size / batchSize);
  const stepsPerEpoch = Math.ceil(batchesPerEpoch / accumulate);
  const epochs = Math.max(config.train.epochs, Math.ceil((config.train.minSteps ?? 0) / stepsPerEpoch));
  const schedule = (await createComponent(config.schedule, services)).start({
    rate: config.train.learningRate,
    epochs,
    stepsPerEpoch,
  });
  const optimizer = (await createComponent(config.optimizer, services)).start(
    model.parameters.filter((p) => p.trainable).map((p) => ({ ...p, rateScale: 1 })),
  );
  const average =
    config.train.ema === null ? null : averageWeights(model.parameters, { decay: config.train.ema, warmUp: true });
  const augmenters: Augmenter[] = [];
  for (const ref of config.augment)
    augmenters.push({ name: ref.name, augmentation: await createComponent(ref, services) });
  const state: TrainingState = { model, optimizer, schedule, average, progress: startOfRun(), history: [] };

  const checkpoint = options.resume ? await store.read(lastFile) : undefined;
  if (checkpoint) restoreCheckpoint(checkpoint, `${store.location}/${lastFile}`, state, config.hash);
  else await prepareModel(model, data, spec);
  await store.write(
    "config.resolved.json",
    JSON.stringify(
      { hash: config.hash, origin: options.origin ?? null, config: config.json, provenance: config.provenance },
      null,
      2,
    ),
  );
  await store.write("plugins.lock.json", JSON.stringify(versionsOf(registry), null, 2));

  const monitorMetric = metrics.find((m) => m.name === config.monitor);
  const monitor = { name: config.monitor, better: monitorMetric?.metric.better ?? ("lower" as const) };
  let order: { epoch: number; indices: Int32Array } | undefined;
  const recorder: Callback = {
    epochEnd: ({ epoch, rate, train: t, validation, seconds }) => {
      state.history.push({ epoch, rate, train: t, validation, seconds });
    },
  };
  const callbacks: Callback[] = [recorder];
  for (const ref of config.callbacks) callbacks.push(await createComponent(ref, services));
  callbacks.push(...(options.callbacks ?? []));
  let lastSaved = performance.now();
  const run: Training = {
    model,
    loss,
    optimizer,
    schedule,
    average,
    monitor,
    stepsPerEpoch,
    callbacks,
    epochs,
    clipNorm: config.train.clipNorm,
    seed: config.seed,
    earlyStopping: config.train.earlyStopping,
    progress: state.progress,
    ...(options.signal ? { signal: options.signal } : {}),
    batches(epoch, stepOfEpoch) {
      if (order?.epoch !== epoch) order = { epoch, indices: epochOrder(trainPart.size, config.seed, epoch) };
      const { indices } = order;
      const first = stepOfEpoch * accumulate;
      return Array.from({ length: Math.min(accumulate, batchesPerEpoch - first) }, (_, k) => {
        const rows = indices.subarray((first + k) * batchSize, (first + k + 1) * batchSize);
        const samples = Array.from(
          rows,
          (i) => augmentSample(trainPart.sample(i), augmenters, config.seed, epoch).sample,
        );
        return makeBatch(samples, spec.output, augmenters, config.seed, epoch);
      });
    },
    async validate() {
      const part = data.parts.validation;
      if (part.size === 0) return null;
      const shown = new Set(
        Array.from({ length: examplesPerEpoch }, (_, k) => Math.floor(((k + 0.5) * part.size) / examplesPerEpoch)),
      );
      const examples: {
        sample: ReturnType<typeof part.sample>;
        original: ReturnType<typeof part.original>;
        output: { data: Float32Array; shape: readonly number[] };
      }[] = [];
      const values = await evaluateModel(model, part, spec.output, metrics, batchSize, loss, (i, sample, output) => {
        if (shown.has(i))
          examples.push({
            sample,
            original: part.original(i),
            output: { data: Float32Array.from(output.data), shape: output.shape },
          });
      });
      return { values: plainValues(values, "the validation part"), examples };
    },
    async save(moment) {
      if (moment === "best")
        return saveModel(store, bestFile, model, {
          ...card,
          metrics: { validation: state.progress.best?.value ?? null } as JsonObject,
        });
      const { epoch } = state.progress;
      const every = config.train.checkpointEvery;
      if (moment === "epoch" && every !== null && epoch % every === 0)
        await saveCheckpoint(store, `epoch-${String(epoch).padStart(4, "0")}.safetensors`, state, card);
      const due =
        moment === "interrupted" ||
        epoch <= 1 ||
        epoch === epochs ||
        performance.now() - lastSaved >= config.train.checkpointSeconds * 1000;
      if (!due) return;
      await saveCheckpoint(store, lastFile, state, card);
      lastSaved = performance.now();
    },
  };

  const started = {
    runId: options.runId,
    config: config.json,
    backend: chosen.name,
    model: { name: config.model.name, parameters },
    sizes: sizesOf(data),
    epochs,
    stepsPerEpoch,
    firstEpoch: state.progress.epoch,
    firstStep: state.progress.step,
  };
  const control = { stop: (): void => undefined };
  for (const c of callbacks) await c.runStart?.(started, control);
  const end = async (reason: RunEnd["reason"], test: RunEnd["test"]): Promise<void> => {
    const event = {
      reason,
      epochs: state.progress.epoch,
      step: state.progress.step,
      seconds: (performance.now() - startTime) / 1000,
      test,
    };
    for (const c of callbacks) await c.runEnd?.(event);
  };
  try {
    const reason = await train(run);
    if (reason === "early-stopping")
      logger.info(
        `Stopped early in epoch ${state.progress.epoch}: ${config.monitor} had not improved for ${state.progress.epochsSinceBest} epochs.`,
      );
    await saveCheckpoint(store, lastFile, state, card);
    const kept = config.train.keep === "best" ? bestFile : lastFile;
    loadParameters(model, decodeModelFile((await store.read(kept))!, kept).parameters, kept);
    optimizer.dispose();
    average?.dispose();
    const { result, scores } = await scoreRun({
      bench,
      config,
      data,
      model,
      metrics,
      loss,
      spec,
      backend: chosen,
      parameters,
      runId: options.runId,
      progress: state.progress,
      store,
      modelFile,
      reason,
      startTime,
    });
    await saveModel(store, modelFile, model, { ...card, metrics: { [result.scoredOn]: result.metrics } });
    await end(reason, result.test);
    return { config, data, model, card, history: state.history, scores, result };
  } catch (e) {
    await end(isSpectraiError(e) && e.code === "SPECTRAI_TRAIN_INTERRUPTED" ? "interrupted" : "failed", {});
    throw e;
  }
}

export const sizesOf = (data: PreparedData): { train: number; validation: number; test: number } => ({
  train: data.split.train.length,
  validation: data.split.validation.length,
  test: data.split.test.length,
});

export async function createMetrics(config: RunConfig, bench: Workbench): Promise<NamedMetric[]> {
  const metrics: NamedMetric[] = [];
  for (const ref of config.metrics)
    metrics.push({ name: ref.name, metric: await createComponent(ref, bench.services) });
  return metrics;
}

/** Lets a model that has a closed-form start take it from the training part. */
async function prepareModel(model: Model, data: PreparedData, spec: ModelSpec): Promise<void> {
  if (!model.prepare) return;
  const part = data.parts.train;
  const whole = makeBatch(
    Array.from({ length: part.size }, (_, i) => part.sample(i)),
    spec.output,
    [],
    0,
    0,
  );
  await model.prepare({ input: whole.input, target: whole.target });
  tf.dispose([whole.input, whole.target]);
}

function describeModel(
  config: RunConfig,
  data: PreparedData,
  spec: ModelSpec,
  parameters: number,
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
    split: { ...(config.json["split"] as JsonObject), sizes: sizesOf(data), leak: data.leak } as JsonObject,
    metrics: {},
    versions: versionsOf(bench.registry),
    config: config.json,
    configHash: config.hash,
  };
}
