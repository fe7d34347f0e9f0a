import { chooseBackend } from "../backends.ts";
import type { Callback, RunEnd } from "../contracts/callback.ts";
import type { ArtifactStore } from "../contracts/files.ts";
import type { Model, ModelSpec } from "../contracts/model.ts";
import { isSpectraiError, SpectraiError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { decodeModelFile, loadParameters, type ModelCard } from "../model-file.ts";
import { createComponent } from "../options.ts";
import { averageWeights } from "../optimizers/ema.ts";
import { services as tokens } from "../tokens.ts";
import { describeStart, planTransfer, type Transfer, type TransferOptions } from "../transfer/transfer.ts";
import { startOfRun, train } from "../trainer.ts";
import { planBatches, stepsOfEpoch } from "./batch-plan.ts";
import { createAugmenters, disposeBatch, joinParts, makeBatch, type Part } from "./batches.ts";
import { buildModel, countParameters, modelSpec } from "./build.ts";
import { withTemperature } from "./calibrate.ts";
import {
  bestFile,
  type EpochRecord,
  keeper,
  lastFile,
  modelFile,
  restoreCheckpoint,
  saveCheckpoint,
  saveModel,
  type TrainingState,
} from "./checkpoint.ts";
import type { GivenConfig, RunConfig } from "./config.ts";
import { createLoss } from "./create-loss.ts";
import { prepareData, type PreparedData, sizesOf } from "./data.ts";
import { readSome } from "./some-samples.ts";
import { describeModel } from "./describe-model.ts";
import { createMetrics } from "./evaluate.ts";
import { type OpenRun, openRun } from "./open.ts";
import { cardOf } from "./load-model.ts";
import { tellLostDevice } from "./lost-device.ts";
import { learnScale, partForNetwork, type Readout, readoutOf, scaleOnly } from "./readout.ts";
import { type RunResult, scoreRun, type Scores, withOrigin } from "./score.ts";
import { validate } from "./validate.ts";
import { versionsOf, type Workbench } from "./workbench.ts";

export interface TrainOptions {
  readonly given: GivenConfig;
  /** The data set and the completed config, where they are open already: for many runs on one data set. */
  readonly opened?: OpenRun;
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

/** From a config to a trained, measured model: data, split, preprocessing, training, test scores beside the baselines. */
export async function trainRun(bench: Workbench, options: TrainOptions): Promise<TrainedRun> {
  const { given, store, runId } = options;
  const startTime = performance.now();
  const { registry, services, logger } = bench;
  if (!services.has(tokens.artifacts)) services.provide(tokens.artifacts, store);
  const checkpoint = options.resume ? await store.read(lastFile) : undefined;
  const from = checkpoint && given.raw.start ? cardOf(checkpoint, lastFile) : undefined;
  const opened = options.opened ?? (await openRun(bench, given, from));
  const { task, dataset, config } = opened;
  const data = await prepareData(bench, config, dataset);
  const backend = await chooseBackend(registry, config.backend, services);
  logger.info(`Backend ${backend.name} (${backend.device}): ${backend.why}.`);

  const spec = modelSpec(config.task, task, data.spec);
  const built = buildModel(await createComponent(config.model, services), spec, config.seed);
  const parameters = countParameters(built);
  const metrics = await createMetrics(config.metrics, services);
  const loss = await createLoss(config.loss, services, data.parts.train, spec.output);
  const { batchSize, accumulate, learningRate, minSteps, ema, clipNorm, earlyStopping, keep } = config.train;
  const stepsPerEpoch = stepsOfEpoch(data.parts.train.size, batchSize, accumulate);
  const epochs = Math.max(config.train.epochs, Math.ceil((minSteps ?? 0) / stepsPerEpoch));

  const transfer = transferOf(opened, built, data, spec, { epochs, stepsPerEpoch });
  const model = transfer?.model ?? built;
  if (transfer) logger.info(`The network ${describeStart(transfer.record)}.`);
  // A head that is kept goes on giving numbers on the scale it has learned.
  const goesOn = transfer && !transfer.newHead ? opened.start : undefined;
  const scale = goesOn ? scaleOnly(readoutOf(goesOn.card)) : await learnScale(data.parts.train);
  const card: ModelCard = {
    ...describeModel(
      config,
      data,
      spec,
      { parameters, ...(model.receptiveField ? { receptiveField: model.receptiveField } : {}) },
      bench,
    ),
    ...cardReadout(scale),
    ...(transfer ? { start: transfer.record } : {}),
  };
  // A closed form asks nothing of a validation part, and learns from it as well, unless it is scored on it.
  const closedForm = epochs === 0;
  const { train: training, validation, test: held } = data.parts;
  const both = closedForm && validation.size > 0 && held.size > 0;
  const learnt = both ? joinParts(training, validation) : training;
  if (both) logger.info("The model is solved in closed form, on the training and the validation part together.");
  const part = partForNetwork(learnt, scale);
  const plan = planBatches({
    part,
    output: spec.output,
    augmenters: await createAugmenters(config.augment, services),
    batchSize,
    accumulate,
    seed: config.seed,
  });
  if (epochs === 0 && transfer && !(transfer.newHead && model.closedForm))
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `train.epochs: 0 would train nothing of the network of ${transfer.record.from}; give it at least 1, or score the file with spectrai evaluate.`,
    );
  if (epochs === 0 && !model.closedForm)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `train.epochs: 0 would leave the model ${config.model.name} as it starts, for it has no closed-form solution; give it at least 1.`,
    );
  const progress = startOfRun();
  const startOfPreparation = performance.now();
  if (!checkpoint) {
    // A closed form for a new head is solved with the rest as it is in the file; what else it sets does not stay.
    transfer?.load();
    if (!transfer || transfer.newHead) await prepareModel(model, part, spec, transfer);
    transfer?.load();
    progress.seconds += (performance.now() - startOfPreparation) / 1000;
  }
  const state: TrainingState = {
    model,
    optimizer: (await createComponent(config.optimizer, services)).start(
      model.parameters
        .filter((p) => p.trainable)
        .map((p) => ({
          ...p,
          get rateScale() {
            return transfer?.rateScale(p.name, progress.step) ?? 1;
          },
        })),
    ),
    schedule: (await createComponent(config.schedule, services)).start({ rate: learningRate, epochs, stepsPerEpoch }),
    average: ema === null ? null : averageWeights(model.parameters, { decay: ema, warmUp: true }),
    progress,
    history: [],
  };
  if (checkpoint) restoreCheckpoint(checkpoint, `${store.location}/${lastFile}`, state, config.hash);
  await writeRecords(store, config, options.origin, versionsOf(registry));

  const callbacks: Callback[] = [recorder(state.history)];
  for (const ref of config.callbacks) callbacks.push(await createComponent(ref, services));
  callbacks.push(...(options.callbacks ?? []));
  const end = async (reason: RunEnd["reason"], test: RunEnd["test"]): Promise<void> => {
    const { epoch, step } = state.progress;
    const event = { reason, epochs: epoch, step, seconds: (performance.now() - startTime) / 1000, test };
    for (const c of callbacks) await c.runEnd?.(event);
  };
  for (const c of callbacks)
    await c.runStart?.(
      {
        runId,
        config: config.json,
        backend: backend.name,
        model: { name: config.model.name, parameters },
        sizes: sizesOf(data),
        epochs,
        stepsPerEpoch,
        firstEpoch: state.progress.epoch,
        firstStep: state.progress.step,
      },
      { stop: () => undefined },
    );

  const network = { model, output: spec.output, readout: scale };
  try {
    const monitored = metrics.find((m) => m.name === config.monitor);
    const reason = await train({
      ...state,
      ...(transfer ? { frozen: transfer.frozen } : {}),
      loss,
      epochs,
      stepsPerEpoch,
      clipNorm,
      earlyStopping,
      callbacks,
      seed: config.seed,
      monitor: { name: config.monitor, better: monitored?.metric.better ?? "lower" },
      batches: (epoch, stepOfEpoch) => plan.batches(epoch, stepOfEpoch),
      validate: () => validate(network, data.parts.validation, metrics, batchSize, loss),
      save: keeper({
        store,
        state,
        card,
        epochs,
        every: config.train.checkpointEvery,
        seconds: config.train.checkpointSeconds,
      }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const { history } = state;
    if (reason === "early-stopping")
      logger.info(
        `Stopped early in epoch ${progress.epoch}: ${config.monitor} had not improved for ${progress.epochsSinceBest} epochs.`,
      );
    await saveCheckpoint(store, lastFile, state, card);
    state.optimizer.dispose();
    state.average?.dispose();
    const kept = keep === "best" && progress.best ? bestFile : lastFile;
    loadParameters(model, decodeModelFile((await store.read(kept))!, kept).parameters, kept);
    const readout = closedForm
      ? network.readout
      : await withTemperature(network, data.parts.validation, batchSize, logger);
    const { result: scored, scores } = await scoreRun({
      bench,
      config,
      data,
      model,
      metrics,
      loss,
      spec,
      readout,
      backend,
      parameters,
      runId,
      progress,
      store,
      modelFile,
      reason,
      startTime,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const result = withOrigin(scored, opened, transfer?.record);
    const tested: ModelCard = { ...card, ...cardReadout(readout), metrics: { [result.scoredOn]: result.metrics } };
    await saveModel(store, modelFile, model, tested);
    await end(reason, result.test);
    return { config, data, model, card: tested, history, scores, result };
  } catch (e) {
    await end(isSpectraiError(e) && e.code === "SPECTRAI_TRAIN_INTERRUPTED" ? "interrupted" : "failed", {});
    const epoch = state.progress.epoch;
    const mend =
      epoch > 0
        ? `--resume goes on after epoch ${epoch} at the latest, from the checkpoint in ${store.location}`
        : "no epoch was finished, so start it again";
    throw tellLostDevice(e, backend, mend);
  }
}

/** Nothing is said in a card where the outputs are the predictions. */
const cardReadout = (readout: Readout): Pick<ModelCard, "readout"> =>
  Object.keys(readout).length > 0 ? { readout: readout as NonNullable<ModelCard["readout"]> } : {};

const recorder = (history: EpochRecord[]): Callback => ({
  epochEnd({ epoch, rate, train: trained, validation, seconds }) {
    history.push({ epoch, rate, train: trained, validation, seconds });
  },
});

/** How the run goes on from a trained model, where it does. */
const transferOf = (
  { config, start, resampled }: OpenRun,
  model: Model,
  data: PreparedData,
  spec: ModelSpec,
  time: Pick<TransferOptions, "epochs" | "stepsPerEpoch">,
): Transfer | undefined =>
  start && config.start
    ? planTransfer({
        ...time,
        settings: config.start,
        start,
        model,
        architecture: config.model.name,
        spec,
        target: data.spec.target,
        keptPreprocessing: config.learned !== null,
        resampled,
      })
    : undefined;

/** What the run was told, and by what it was run. */
async function writeRecords(
  store: ArtifactStore,
  config: RunConfig,
  origin: JsonObject | undefined,
  versions: JsonObject,
): Promise<void> {
  const { hash, json, provenance } = config;
  const record = { hash, origin: origin ?? null, config: json, provenance };
  await store.write("config.resolved.json", JSON.stringify(record, null, 2));
  await store.write("plugins.lock.json", JSON.stringify(versions, null, 2));
}

/** Lets a model that has a closed-form start take it from the training part. */
async function prepareModel(model: Model, part: Part, spec: ModelSpec, transfer?: Transfer): Promise<void> {
  if (!model.prepare) return;
  const samples = await readSome(part);
  const whole = makeBatch(samples, spec.output, [], 0, 0);
  await model.prepare({
    input: whole.input,
    target: whole.target,
    groups: samples.map((s) => s.group),
    ...(transfer ? { kept: (name) => transfer.kept(name) } : {}),
  });
  disposeBatch(whole);
}
