import type { Baseline } from "../contracts/baseline.ts";
import type { ArtifactStore } from "../contracts/files.ts";
import type { Loss } from "../contracts/loss.ts";
import type { Model, ModelSpec } from "../contracts/model.ts";
import type { ChosenBackend } from "../backends.ts";
import type { JsonObject } from "../json.ts";
import type { ModelCard } from "../model-file.ts";
import { createComponent } from "../options.ts";
import type { Progress } from "../trainer.ts";
import type { RunConfig } from "./config.ts";
import type { PreparedData, PreparedPart } from "./data.ts";
import type { OpenRun } from "./open.ts";
import { ErrorProfile } from "./error-profile.ts";
import {
  type BaselineScores,
  evaluateBaselines,
  evaluateModel,
  type MetricValues,
  type NamedMetric,
  plainValues,
} from "./evaluate.ts";
import type { Readout } from "./readout.ts";
import { type Judged, type Trust, trustOf } from "./temperature.ts";
import { baselineData } from "./some-samples.ts";
import type { Workbench } from "./workbench.ts";

/** The `--json` object of a run. Every number in it was measured in the run. */
export interface RunResult {
  readonly run: string;
  readonly task: string;
  readonly backend: { readonly name: string; readonly device: string };
  readonly model: { readonly name: string; readonly parameters: number };
  readonly data: {
    readonly source: string;
    readonly samples: number;
    readonly shape: readonly number[];
    /** How spectra were brought to the model's axis; absent where they are on it. */
    readonly resampled?: string;
  };
  /** The trained model that the run, or the training of the evaluated model, went on from. */
  readonly start?: NonNullable<ModelCard["start"]>;
  readonly split: {
    readonly name: string;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly leak: number;
  };
  /** Which part the metrics are of: the test part, or validation where there is no test part. */
  readonly scoredOn: "test" | "validation";
  readonly metrics: Readonly<Record<string, number>>;
  readonly baselines: Readonly<
    Record<
      string,
      { readonly metrics: Readonly<Record<string, number>>; readonly chosen: JsonObject; readonly seconds: number }
    >
  >;
  readonly skippedBaselines: Readonly<Record<string, string>>;
  /** The best baseline by the monitored metric, and the network's value over its (below 1 = the network is better, where lower is better). */
  readonly comparison: {
    readonly metric: string;
    readonly baseline: string;
    readonly ratio: number;
    readonly networkIsBetter: boolean;
  } | null;
  /**
   * Classification: the temperature of the network's probabilities (null where none was fitted) and how far they can be
   * trusted without it and with it.
   */
  readonly calibration?: { readonly temperature: number | null; readonly before: Trust; readonly after: Trust };
  readonly training: {
    readonly epochs: number;
    readonly steps: number;
    readonly bestEpoch: number | null;
    readonly ended: string;
  };
  readonly seconds: { readonly training: number; readonly total: number };
  readonly seed: number;
  readonly configHash: string;
  readonly files: Readonly<Record<string, string>>;
  /** By method, for callbacks: the network and every baseline. */
  readonly test: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface Scores {
  /** The part that was scored. */
  readonly part: PreparedPart;
  readonly errors: ErrorProfile;
  readonly model: MetricValues;
  readonly baselines: BaselineScores;
  readonly metrics: readonly NamedMetric[];
}

export interface ScoreOptions {
  readonly bench: Workbench;
  readonly config: RunConfig;
  readonly data: PreparedData;
  readonly model: Model;
  readonly metrics: readonly NamedMetric[];
  readonly loss: Loss;
  readonly spec: ModelSpec;
  readonly readout: Readout;
  readonly backend: ChosenBackend;
  readonly parameters: number;
  readonly runId: string;
  readonly progress: Progress;
  readonly store: ArtifactStore;
  readonly modelFile: string;
  readonly reason: string;
  readonly startTime: number;
  readonly signal?: AbortSignal;
}

/** Measures the network and the task's baselines on the same held-out part. */
export async function scoreRun(o: ScoreOptions): Promise<{ result: RunResult; scores: Scores }> {
  const { config, data, metrics, bench } = o;
  const scoredOn = data.parts.test.size > 0 ? "test" : "validation";
  const held = data.parts[scoredOn];
  if (held.size === 0) bench.logger.warn("The split has neither a test nor a validation part, so nothing is measured.");
  const errors = new ErrorProfile();
  const judged: Judged[] = [];
  const network =
    held.size > 0
      ? await evaluateModel(
          { model: o.model, output: o.spec.output, readout: o.readout },
          held,
          metrics,
          config.train.batchSize,
          o.loss,
          (_, sample, output) => {
            errors.add(output, sample.target);
            if (sample.target.kind === "class") judged.push({ logits: output.data, label: sample.target.value });
          },
        )
      : {};
  const baselines =
    held.size > 0 ? await scoreBaselines(bench, config, data, held, metrics, o.signal) : { scores: [], skipped: [] };
  const values = plainValues(network, "the network");
  const scored = Object.fromEntries(
    baselines.scores.map((b) => [
      b.name,
      { metrics: plainValues(b.metrics, `the baseline ${b.name}`), chosen: b.chosen, seconds: b.seconds },
    ]),
  );
  const test = Object.fromEntries([
    ["network", values],
    ...Object.entries(scored).map(([name, b]) => [name, b.metrics] as const),
  ]);
  const result: RunResult = {
    run: o.runId,
    task: config.task,
    backend: { name: o.backend.name, device: o.backend.device },
    model: { name: config.model.name, parameters: o.parameters },
    data: { source: data.dataset.source, samples: data.dataset.samples.length, shape: data.rawSpec.shape },
    split: {
      name: config.split.name,
      train: data.split.train.length,
      validation: data.split.validation.length,
      test: data.split.test.length,
      leak: data.leak(o.model.receptiveField),
    },
    scoredOn,
    metrics: values,
    baselines: scored,
    skippedBaselines: Object.fromEntries(baselines.skipped.map((s) => [s.name, s.reason])),
    comparison: compare(values, scored, metrics, config.monitor),
    ...(judged.length > 0 ? { calibration: calibrationOf(judged, o.readout) } : {}),
    training: {
      epochs: o.progress.epoch,
      steps: o.progress.step,
      bestEpoch: o.progress.best?.epoch ?? null,
      ended: o.reason,
    },
    seconds: { training: o.progress.seconds, total: (performance.now() - o.startTime) / 1000 },
    seed: config.seed,
    configHash: config.hash,
    files: { folder: o.store.location, model: `${o.store.location}/${o.modelFile}` },
    test,
  };
  return { result, scores: { part: held, errors, model: network, baselines, metrics } };
}

/** The config's baselines, fitted to the training part and measured on a part. */
export async function scoreBaselines(
  bench: Workbench,
  config: RunConfig,
  { parts }: PreparedData,
  held: PreparedPart,
  metrics: readonly NamedMetric[],
  signal?: AbortSignal,
): Promise<BaselineScores> {
  const named: { name: string; baseline: Baseline }[] = [];
  for (const ref of config.baselines)
    named.push({ name: ref.name, baseline: await createComponent(ref, bench.services) });
  return evaluateBaselines(
    named,
    await baselineData(parts.train),
    await baselineData(parts.validation),
    held,
    metrics,
    signal,
  );
}

/** A result with what was done to the data for the model's sake, and the model's own start. */
export const withOrigin = (
  result: RunResult,
  { resampled }: Pick<OpenRun, "resampled">,
  start: ModelCard["start"],
): RunResult => ({
  ...result,
  ...(resampled === undefined ? {} : { data: { ...result.data, resampled } }),
  ...(start ? { start } : {}),
});

/** What the temperature has done to the part's probabilities: `judged` has them with it. */
function calibrationOf(judged: readonly Judged[], { temperature }: Readout): NonNullable<RunResult["calibration"]> {
  const factor = temperature ?? 1;
  const raw = judged.map(({ logits, label }) => ({ logits: Float64Array.from(logits, (z) => z * factor), label }));
  return { temperature: temperature ?? null, before: trustOf(raw), after: trustOf(judged) };
}

function compare(
  network: Readonly<Record<string, number>>,
  baselines: RunResult["baselines"],
  metrics: readonly NamedMetric[],
  monitor: string,
): RunResult["comparison"] {
  const metric = metrics.find((m) => m.name === monitor) ?? metrics[0];
  if (!metric) return null;
  const lower = metric.metric.better === "lower";
  let best: { name: string; value: number } | undefined;
  for (const [name, b] of Object.entries(baselines)) {
    const value = b.metrics[metric.name]!;
    if (!best || (lower ? value < best.value : value > best.value)) best = { name, value };
  }
  const own = network[metric.name];
  if (!best || own === undefined) return null;
  return {
    metric: metric.name,
    baseline: best.name,
    ratio: own / best.value,
    networkIsBetter: lower ? own < best.value : own > best.value,
  };
}
