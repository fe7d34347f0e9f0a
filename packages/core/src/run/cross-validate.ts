import type { ArtifactStore } from "../contracts/files.ts";
import type { Callback } from "../contracts/callback.ts";
import type { Prediction } from "../contracts/metric.ts";
import type { Sample, Target } from "../contracts/sample.ts";
import { hashJson } from "../config/hash.ts";
import { isSpectraiError, SpectraiError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { Logger } from "../tokens.ts";
import { completeConfig, type GivenConfig, type RunConfig } from "./config.ts";
import { type PreparedPart, prepareData, sizesOf } from "./data.ts";
import { type BaselineScores, createMetrics, evaluateModel, type NamedMetric, plainValues } from "./evaluate.ts";
import { correctedError, type Spread, spreadOf } from "./fold-statistics.ts";
import { configOfFold, foldKind, type FoldKind } from "./folds.ts";
import { memoryStore } from "./memory-store.ts";
import { type OpenRun, openRun } from "./open.ts";
import { readoutOf } from "./readout.ts";
import { scoreBaselines } from "./score.ts";
import { trainRun } from "./train-run.ts";
import { versionsOf, type Workbench } from "./workbench.ts";

export interface CrossValidateOptions {
  readonly given: GivenConfig;
  readonly folds: number;
  readonly repeats: number;
  /** What suits the data unless given. */
  readonly by?: FoldKind;
  /** False: only the baselines. */
  readonly network: boolean;
  /** Where finished folds are kept and found again, and under which name. */
  readonly store: ArtifactStore;
  /** Compute folds again that the store has. */
  readonly fresh?: boolean;
  readonly signal?: AbortSignal;
  /** Told before a fold is computed and, with `done` = `total`, after the last. */
  readonly progress?: (event: FoldProgress) => void;
  /** Of the training of each fold. */
  readonly callbacks?: readonly Callback[];
}

export interface FoldProgress {
  /** Folds that are done, of all. */
  readonly done: number;
  readonly total: number;
  /** How many of the done were found in the store. */
  readonly kept: number;
  readonly repeat: number;
  readonly fold: number;
}

/** One method in one fold. */
export interface FoldMethod {
  readonly metrics: Readonly<Record<string, number>>;
  /** What a baseline chose on the validation part. */
  readonly chosen?: JsonObject;
  readonly seconds: number;
  /** Of the test part, in its order: logits, or numbers in their units. Absent for spectra and cubes. */
  readonly predictions?: readonly (readonly number[])[];
}

/** One fold of one repeat, as it is kept. */
export interface FoldRecord {
  /** Names the config and the packages' versions that it was computed with. */
  readonly key: string;
  readonly repeat: number;
  readonly fold: number;
  readonly seed: number;
  readonly sizes: { readonly train: number; readonly validation: number; readonly test: number };
  readonly leak: number;
  readonly training: { readonly epochs: number; readonly bestEpoch: number | null; readonly parameters: number } | null;
  readonly methods: Readonly<Record<string, FoldMethod>>;
  readonly skipped: Readonly<Record<string, string>>;
  /** Positions of the test part's samples in the data set. */
  readonly samples: readonly number[];
}

export interface MethodSummary extends Spread {
  /** By repeat, then by fold. */
  readonly values: readonly number[];
  /** Of the predictions of all folds taken together, by repeat; absent for spectra and cubes. */
  readonly pooled?: readonly number[];
}

export interface CrossValidation {
  readonly task: string;
  readonly model: { readonly name: string; readonly parameters: number } | null;
  readonly data: { readonly source: string; readonly samples: number; readonly shape: readonly number[] };
  readonly split: { readonly folds: number; readonly repeats: number; readonly by: FoldKind; readonly leak: number };
  readonly seeds: readonly number[];
  /** By method (`network` and the baselines' names), then by metric. */
  readonly methods: Readonly<Record<string, Readonly<Record<string, MethodSummary>>>>;
  readonly skippedBaselines: Readonly<Record<string, string>>;
  /** The metric that methods are compared by. */
  readonly monitor: string;
  /** The network and the best baseline by the monitored metric's mean; null where one is missing. */
  readonly comparison: FoldComparison | null;
  readonly metrics: readonly { readonly name: string; readonly better: "lower" | "higher"; readonly unit?: string }[];
  readonly configHash: string;
  readonly file: string;
  readonly records: readonly FoldRecord[];
}

export interface FoldComparison {
  readonly metric: string;
  readonly baseline: string;
  /** Mean over the folds of network − baseline. */
  readonly difference: number;
  /** Standard error of it, for folds whose training parts overlap. */
  readonly standardError: number;
  /** Folds in which the network is better, equal and worse than each baseline. */
  readonly wins: Readonly<Record<string, { readonly better: number; readonly equal: number; readonly worse: number }>>;
  /** `better` or `worse` where the difference is at least twice its standard error. */
  readonly verdict: "better" | "worse" | "undecided";
}

/**
 * Repeated k-fold cross-validation of the config's network and baselines: in each fold everything that is learned or
 * chosen (preprocessing, weights, a baseline's hyper-parameters) is learned on the other folds.
 * Repeat r uses the config's seed + r for the folds, the first weights and the order of the samples.
 *
 * @throws SPECTRAI_TRAIN_INTERRUPTED when the signal aborts; the folds that are done are kept
 */
export async function crossValidate(bench: Workbench, options: CrossValidateOptions): Promise<CrossValidation> {
  const { given, folds, repeats, store } = options;
  const first = await openRun(bench, given);
  const by = options.by ?? foldKind(given, first.dataset);
  const quiet = { ...bench, logger: sayOnce(bench.logger) };
  const versions = versionsOf(bench.registry);

  const plan: { repeat: number; fold: number; given: GivenConfig; config: RunConfig; key: string }[] = [];
  for (let repeat = 0; repeat < repeats; repeat++)
    for (let fold = 0; fold < folds; fold++) {
      const own = configOfFold(given, { folds, fold, by, seed: given.raw.seed + repeat });
      const { registry, logger } = quiet;
      const config = await completeConfig(own, registry, first.task, first.dataset, first.config, logger, first.start);
      const key = await hashJson({ config: config.hash, versions, network: options.network });
      plan.push({ repeat, fold, given: own, config, key });
    }

  const { config } = plan[0]!;
  if (!options.network && config.baselines.length === 0)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      "baselines: there is none to measure, and no network; name a baseline, or leave out --no-network.",
    );
  const name = `cross-validation-${plan[0]!.key.slice(0, 12)}.json`;
  const kept = options.fresh ? new Map<string, FoldRecord>() : await readKept(store, name);
  const total = plan.length;
  const found = plan.filter((p) => kept.has(p.key)).length;
  const records: FoldRecord[] = [];
  let computed = 0;
  for (const p of plan) {
    let record = kept.get(p.key);
    if (!record) {
      const { repeat, fold } = p;
      options.progress?.({ done: found + computed, total, kept: found, repeat, fold });
      record = await computeFold(quiet, options, { ...first, config: p.config }, p).catch((e: unknown) => {
        throw isSpectraiError(e) && e.code === "SPECTRAI_TRAIN_INTERRUPTED"
          ? interrupted(found + computed, total, `${store.location}/${name}`, e)
          : e;
      });
      // What is kept is what is used, so that a resumed cross-validation gives the same numbers.
      record = JSON.parse(JSON.stringify(record)) as FoldRecord;
      computed++;
      kept.set(p.key, record);
      await store.write(name, JSON.stringify({ config: config.json, versions, folds: [...kept.values()] }));
    }
    records.push(record);
  }
  options.progress?.({ done: total, total, kept: found, repeat: repeats - 1, fold: folds - 1 });

  const metrics = await createMetrics(config.metrics, bench.services);
  const methods = await summarize(records, metrics, first, repeats);
  const training = records[0]!.training;
  const skipped = Object.fromEntries(records.flatMap((r) => Object.entries(r.skipped)));
  return {
    task: config.task,
    model: training ? { name: config.model.name, parameters: training.parameters } : null,
    data: {
      source: first.dataset.source,
      samples: first.dataset.samples.length,
      shape: first.dataset.spec.shape,
    },
    split: { folds, repeats, by, leak: Math.max(...records.map((r) => r.leak)) },
    seeds: Array.from({ length: repeats }, (_, r) => given.raw.seed + r),
    methods,
    skippedBaselines: skipped,
    monitor: monitored(metrics, config.monitor)?.name ?? config.monitor,
    comparison: compareFolds(records, methods, metrics, config.monitor),
    metrics: metrics.map(({ name: n, metric: { better, unit } }) => ({
      name: n,
      better,
      ...(unit === undefined ? {} : { unit }),
    })),
    configHash: config.hash,
    file: `${store.location}/${name}`,
    records,
  };
}

const interrupted = (done: number, total: number, file: string, cause: unknown): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_TRAIN_INTERRUPTED",
    `Interrupted after ${done} of ${total} folds${done > 0 ? `, which are kept in ${file}; the same command goes on from there` : ""}.`,
    { cause },
  );

async function readKept(store: ArtifactStore, name: string): Promise<Map<string, FoldRecord>> {
  const bytes = await store.read(name);
  if (!bytes) return new Map();
  try {
    const { folds } = JSON.parse(new TextDecoder().decode(bytes)) as { folds: FoldRecord[] };
    return new Map(folds.map((f) => [f.key, f]));
  } catch (e) {
    throw new SpectraiError(
      "SPECTRAI_FILE_DAMAGED",
      `${store.location}/${name} does not hold the folds of a cross-validation; remove it, or start afresh with --fresh.`,
      { cause: e },
    );
  }
}

interface Place {
  readonly repeat: number;
  readonly fold: number;
  readonly given: GivenConfig;
  readonly key: string;
}

async function computeFold(
  bench: Workbench,
  options: CrossValidateOptions,
  opened: OpenRun,
  { repeat, fold, given, key }: Place,
): Promise<FoldRecord> {
  const { config } = opened;
  const { signal, callbacks } = options;
  const common = { key, repeat, fold, seed: config.seed };
  if (!options.network) {
    const data = await prepareData(bench, config, opened.dataset);
    const metrics = await createMetrics(config.metrics, bench.services);
    const baselines = await scoreBaselines(bench, config, data, data.parts.test, metrics, signal);
    return {
      ...common,
      sizes: sizesOf(data),
      leak: data.leak(),
      training: null,
      methods: await baselineMethods(baselines, data.parts.test),
      skipped: Object.fromEntries(baselines.skipped.map((s) => [s.name, s.reason])),
      samples: [...data.split.test],
    };
  }
  const trained = await trainRun(bench, {
    given,
    opened,
    store: memoryStore(),
    runId: `repeat ${repeat + 1}, fold ${fold + 1}`,
    resume: false,
    ...(signal ? { signal } : {}),
    ...(callbacks ? { callbacks } : {}),
  });
  const { result, scores, model, card, data } = trained;
  try {
    const outputs: Prediction[] = [];
    const part = data.parts.test;
    const network = { model, output: card.model.spec.output, readout: readoutOf(card) };
    await evaluateModel(network, part, [], config.train.batchSize, undefined, (_, __, output) => outputs.push(output));
    return {
      ...common,
      sizes: sizesOf(data),
      leak: result.split.leak,
      training: { ...result.training, parameters: result.model.parameters },
      methods: {
        network: {
          metrics: result.metrics,
          seconds: result.seconds.training,
          ...(await predictionsOf(part, (i) => outputs[i]!)),
        },
        ...(await baselineMethods(scores.baselines, part)),
      },
      skipped: result.skippedBaselines,
      samples: [...data.split.test],
    };
  } finally {
    model.dispose();
  }
}

async function baselineMethods({ scores }: BaselineScores, part: PreparedPart): Promise<Record<string, FoldMethod>> {
  const methods: Record<string, FoldMethod> = {};
  for (const b of scores)
    methods[b.name] = {
      metrics: plainValues(b.metrics, `the baseline ${b.name}`),
      chosen: b.chosen,
      seconds: b.seconds,
      ...(await predictionsOf(part, (_, sample) => b.predict(sample))),
    };
  return methods;
}

/** Float32's digits are enough: a prediction carries no more. */
const digits = 8;
/** JSON has no infinity; the logit of a class that a method rules out is as good as this. */
const largest = 1e30;

async function predictionsOf(
  part: PreparedPart,
  predict: (index: number, sample: Sample) => Prediction,
): Promise<{ readonly predictions?: readonly (readonly number[])[] }> {
  const { kind } = (await part.read(0)).target;
  if (kind !== "class" && kind !== "numbers") return {};
  const predictions: number[][] = [];
  for (let i = 0; i < part.size; i++)
    predictions.push(
      Array.from(predict(i, await part.read(i)).data, (v) =>
        Number(Math.max(-largest, Math.min(largest, v)).toPrecision(digits)),
      ),
    );
  return { predictions };
}

async function summarize(
  records: readonly FoldRecord[],
  metrics: readonly NamedMetric[],
  { dataset }: OpenRun,
  repeats: number,
): Promise<CrossValidation["methods"]> {
  // A baseline that could not be fitted in one fold cannot be compared over all.
  const names = Object.keys(records[0]!.methods).filter((name) => records.every((r) => r.methods[name]));
  const targets = new Map<number, Target>();
  if (records[0]!.methods[names[0]!]?.predictions)
    for (const i of new Set(records.flatMap((r) => r.samples))) targets.set(i, (await dataset.read(i)).target);
  const summaries: Record<string, Record<string, MethodSummary>> = {};
  for (const method of names) {
    const own: Record<string, MethodSummary> = {};
    for (const { name, metric } of metrics) {
      const values = records.map((r) => r.methods[method]!.metrics[name] ?? NaN);
      const pooled = (repeat: number): number => {
        const accumulator = metric.start();
        for (const { samples, methods } of records.filter((r) => r.repeat === repeat))
          methods[method]!.predictions!.forEach((p, i) =>
            accumulator.add({ data: Float64Array.from(p), shape: [p.length] }, targets.get(samples[i]!)!),
          );
        return accumulator.result().value;
      };
      own[name] = {
        ...spreadOf(values),
        values,
        ...(targets.size > 0 ? { pooled: Array.from({ length: repeats }, (_, r) => pooled(r)) } : {}),
      };
    }
    summaries[method] = own;
  }
  return summaries;
}

/** The monitored metric; the first, where that is the loss. */
const monitored = (metrics: readonly NamedMetric[], monitor: string): NamedMetric | undefined =>
  metrics.find((m) => m.name === monitor) ?? metrics[0];

function compareFolds(
  records: readonly FoldRecord[],
  methods: CrossValidation["methods"],
  metrics: readonly NamedMetric[],
  monitor: string,
): FoldComparison | null {
  const measured = monitored(metrics, monitor);
  const own = measured && methods["network"]?.[measured.name];
  const rivals = Object.entries(methods).filter(([name]) => name !== "network");
  if (!measured || !own || rivals.length === 0) return null;
  const { name: metric } = measured;
  const sign = measured.metric.better === "lower" ? -1 : 1;
  const [baseline, best] = rivals.reduce((a, b) => (sign * b[1][metric]!.mean > sign * a[1][metric]!.mean ? b : a));
  const differences = own.values.map((v, i) => v - best[metric]!.values[i]!);
  const sizes = records.map((r) => r.sizes);
  const testOverTrain = sum(sizes.map((s) => s.test)) / sum(sizes.map((s) => s.train + s.validation));
  const difference = spreadOf(differences).mean;
  const standardError = correctedError(differences, testOverTrain);
  const gain = sign * difference;
  const decided = Math.abs(gain) > 2 * standardError;
  return {
    metric,
    baseline,
    difference,
    standardError,
    wins: Object.fromEntries(
      rivals.map(([name, rival]) => {
        const gains = own.values.map((v, i) => sign * (v - rival[metric]!.values[i]!));
        const count = (fits: (g: number) => boolean): number => gains.filter(fits).length;
        return [name, { better: count((g) => g > 0), equal: count((g) => g === 0), worse: count((g) => g < 0) }];
      }),
    ),
    verdict: !decided ? "undecided" : gain > 0 ? "better" : "worse",
  };
}

const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0);

/** Notices that every fold would repeat are given once. */
function sayOnce(logger: Logger): Logger {
  const said = new Set<string>();
  const once =
    (say: (message: string) => void) =>
    (message: string): void => {
      if (said.has(message)) return;
      said.add(message);
      say(message);
    };
  return { debug: (m) => logger.debug(m), info: (m) => logger.debug(m), warn: once((m) => logger.warn(m)) };
}
