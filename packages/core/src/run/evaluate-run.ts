import { chooseBackend } from "../backends.ts";
import type { ArtifactStore } from "../contracts/files.ts";
import type { ModelSpec } from "../contracts/model.ts";
import { SpectraiError } from "../errors.ts";
import type { ModelCard } from "../model-file.ts";
import { startOfRun } from "../trainer.ts";
import type { GivenConfig, RunConfig } from "./config.ts";
import { createLoss } from "./create-loss.ts";
import { prepareData, type PreparedData } from "./data.ts";
import { cardOf, type LoadedModel, loadModel } from "./load-model.ts";
import { openRun } from "./open.ts";
import { readoutOf } from "./readout.ts";
import { type RunResult, scoreRun, type Scores, withOrigin } from "./score.ts";
import { createMetrics } from "./evaluate.ts";
import type { Workbench } from "./workbench.ts";

export interface EvaluateOptions {
  readonly given: GivenConfig;
  readonly bytes: Uint8Array;
  /** The model file, for messages. */
  readonly name: string;
  readonly store: ArtifactStore;
}

export interface EvaluatedRun {
  readonly config: RunConfig;
  readonly data: PreparedData;
  readonly loaded: LoadedModel;
  readonly scores: Scores;
  readonly result: RunResult;
}

/** Scores a model file on the held-out part of the config's data, beside baselines fitted to its training part. */
export async function evaluateRun(
  bench: Workbench,
  { given, bytes, name, store }: EvaluateOptions,
): Promise<EvaluatedRun> {
  const startTime = performance.now();
  const opened = await openRun(bench, given, cardOf(bytes, name));
  const { config, dataset } = opened;
  const chosen = await chooseBackend(bench.registry, config.backend, bench.services);
  const loaded = await loadModel(bench, bytes, name);
  const { card } = loaded;
  if (card.task !== config.task)
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `${name} is a model for ${card.task}, not for ${config.task}; give a config of its task.`,
    );
  const data = await prepareData(bench, config, dataset, loaded.pipeline);
  const spec = card.model.spec as ModelSpec;
  if (spec.data !== data.spec.data || spec.input.some((d, i) => d !== 0 && d !== data.spec.shape[i]))
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `${name} is for inputs of shape [${spec.input.join(", ")}], but the data have [${data.spec.shape.join(", ")}] after preprocessing; resample or crop them to the model's axis.`,
    );
  checkTarget(card, data, name);
  const metrics = await createMetrics(config.metrics, bench.services);
  const { result, scores } = await scoreRun({
    bench,
    config,
    data,
    metrics,
    spec,
    store,
    startTime,
    model: loaded.model,
    readout: readoutOf(card),
    loss: await createLoss(config.loss, bench.services, data.parts.train, spec.output),
    backend: chosen,
    parameters: card.model.parameters,
    runId: name,
    progress: startOfRun(),
    modelFile: name,
    reason: "evaluated",
  });
  return { config, data, loaded, scores, result: withOrigin(result, opened, card.start) };
}

/** @throws SPECTRAI_MODEL_MISMATCH where the data's classes or values are not those that the model predicts, in their order */
function checkTarget({ target: learned }: ModelCard, { spec: { target } }: PreparedData, name: string): void {
  const [what, there, here] =
    target.kind === "numbers"
      ? ["values", learned.names, target.names]
      : ["classes", learned.classes, target.kind === "class" || target.kind === "mask" ? target.classes : undefined];
  if (!there || !here || (there.length === here.length && there.every((n, i) => n === here[i]))) return;
  throw new SpectraiError(
    "SPECTRAI_MODEL_MISMATCH",
    `${name} predicts the ${what} ${there.join(", ")}, but the data have ${here.join(", ")}; use data with the model's ${what}, or train on with start.`,
  );
}
