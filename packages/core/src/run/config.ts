import type { Dataset } from "../contracts/dataset.ts";
import type { DataKind, SampleSpec } from "../contracts/sample.ts";
import type { ComponentRef, Recipe, Task, TaskDefaults } from "../contracts/task.ts";
import type { Kind } from "../contracts/kinds.ts";
import { deepFreeze, hashJson } from "../config/hash.ts";
import { deepMerge, isObject, setPath } from "../config/merge.ts";
import { type Provenance, traceProvenance } from "../config/provenance.ts";
import { earlyStoppingSchema, runConfigSchema, type TrainConfig, trainSchema } from "../config/schema.ts";
import type { StartConfig } from "../config/start-schema.ts";
import { SpectraiError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { checkOptions, normalizeRef, type NormalRef, refToJson, resolveRef, type ResolvedRef } from "../options.ts";
import type { Registry } from "../registry.ts";
import { explainUnsuitable } from "../tasks/compatibility.ts";
import type { Logger } from "../tokens.ts";
import type { Start } from "../transfer/read-start.ts";
import { sameRef, startModel } from "../transfer/start-config.ts";
import { suitedSplit } from "./suited-split.ts";

/** The user's words: the config file with `--set` applied, checked for its own shape only. */
export interface GivenConfig {
  readonly raw: ReturnType<typeof runConfigSchema.parse>;
  readonly file: JsonObject;
  readonly flags: readonly (readonly string[])[];
}

export interface Setting {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

/** @throws SPECTRAI_CONFIG_INVALID naming the option, and the nearest one where it is misspelt */
export function readConfig(file: JsonValue, settings: readonly Setting[] = []): GivenConfig {
  if (!isObject(file))
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      "The config must be an object with the keys plugins, task and data.",
    );
  const given = settings.reduce((config, { path, value }) => setPath(config, path, value), file);
  const raw = checkOptions(runConfigSchema, given, "", "SPECTRAI_CONFIG_INVALID");
  // The recipe is completed with the task's defaults later; misspelt keys are found now.
  checkOptions(trainSchema, withoutNulls(raw.train as JsonObject), "train", "SPECTRAI_CONFIG_INVALID");
  return { raw, file: given, flags: settings.map((s) => s.path) };
}

const withoutNulls = (o: JsonObject): JsonObject => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== null));

export interface RunConfig {
  /** Everything a run depends on, with every default filled in. Frozen. */
  readonly json: JsonObject;
  readonly provenance: Provenance;
  /** SHA-256 over what the numbers depend on: not the output folder, the callbacks or the backend. */
  readonly hash: string;
  readonly task: string;
  readonly seed: number;
  readonly output: string;
  readonly train: TrainConfig;
  readonly monitor: string;
  readonly backend: NormalRef;
  readonly data: ResolvedRef<"dataset">;
  readonly split: ResolvedRef<"splitter">;
  /** What makes inputs from clean data. */
  readonly degrade: readonly ResolvedRef<"augmentation">[];
  /** Megabytes of samples that are kept. */
  readonly memory: number;
  readonly preprocess: readonly ResolvedRef<"transform">[];
  /** What the preprocessing has learned already, step by step, where it comes from the model that the run starts from. */
  readonly learned: readonly (JsonObject | undefined)[] | null;
  readonly start: StartConfig | null;
  readonly augment: readonly ResolvedRef<"augmentation">[];
  readonly model: ResolvedRef<"model">;
  readonly loss: ResolvedRef<"loss">;
  readonly metrics: readonly ResolvedRef<"metric">[];
  readonly baselines: readonly ResolvedRef<"baseline">[];
  readonly optimizer: ResolvedRef<"optimizer">;
  readonly schedule: ResolvedRef<"schedule">;
  readonly callbacks: readonly ResolvedRef<"callback">[];
}

const defaultCallbacks = ["jsonl", "csv", "tensorboard"];

/** The data set alone, which has to be opened before the task's defaults for its kind of data are known. */
export const resolveData = (given: GivenConfig, registry: Registry): ResolvedRef<"dataset"> =>
  resolveRef(registry, "dataset", normalizeRef(given.raw.data as ComponentRef, "data"), "data");

/** The steps that make inputs from clean data: those of the config, or the task's own where the data have no targets. */
export const resolveDegrade = (
  given: GivenConfig,
  registry: Registry,
  task: Task,
  { spec }: Pick<Dataset, "spec">,
): readonly ResolvedRef<"augmentation">[] => {
  const own = given.raw.degrade as ComponentRef[] | undefined;
  const refs = own ?? (spec.target.kind === "none" ? (task.defaults(spec.data).degrade ?? []) : []);
  return refs.map((ref, i) =>
    resolveRef(registry, "augmentation", normalizeRef(ref, `degrade[${i}]`), `degrade[${i}]`),
  );
};

/** Fills in the task's defaults, checks every component's options, and freezes the whole. */
export async function completeConfig(
  given: GivenConfig,
  registry: Registry,
  task: Task,
  dataset: Pick<Dataset, "spec" | "samples" | "images">,
  { data, degrade }: Pick<RunConfig, "data" | "degrade">,
  logger: Logger,
  start?: Start,
): Promise<RunConfig> {
  const { raw } = given;
  const { spec } = dataset;
  const ofTask = task.defaults(spec.data);

  const one = <K extends Kind>(
    kind: K,
    ref: ComponentRef | undefined,
    fallback: ComponentRef | undefined,
    where: string,
  ): ResolvedRef<K> => resolveRef(registry, kind, normalizeRef(ref ?? fallback!, where, fallback), where);
  const many = <K extends Kind>(
    kind: K,
    refs: readonly ComponentRef[] | undefined,
    fallback: readonly ComponentRef[],
    where: string,
  ): ResolvedRef<K>[] => (refs ?? fallback).map((ref, i) => one(kind, ref, undefined, `${where}[${i}]`));

  const model = start
    ? startModel(registry, raw.model as ComponentRef | undefined, start)
    : one("model", raw.model as ComponentRef | undefined, ofTask.model, "model");
  const defaults = withRecipe(ofTask, model.component.recipe?.(raw.task, spec.data));
  const train = completeTrain(raw.train as JsonObject, defaults);
  const optimizer = one("optimizer", train.optimizer as ComponentRef, undefined, "train.optimizer");
  const schedule = one("schedule", train.schedule as ComponentRef, undefined, "train.schedule");
  const loss = one("loss", raw.loss as ComponentRef | undefined, defaults.loss, "loss");
  const metrics = many("metric", raw.metrics as ComponentRef[] | undefined, defaults.metrics, "metrics");
  const baselines = many(
    "baseline",
    (raw.baselines as ComponentRef[] | undefined) ?? installedOnly(registry, defaults, logger),
    [],
    "baselines",
  );
  const saved = start?.card.preprocess.map((step) => step.ref as ComponentRef);
  const preprocess = many(
    "transform",
    raw.preprocess as ComponentRef[] | undefined,
    saved ?? defaults.preprocess,
    "preprocess",
  );
  const before = saved?.map((ref, i) => one("transform", ref, undefined, `${start!.name}: preprocess[${i}]`));
  const sameSteps =
    before?.length === preprocess.length && before.every((ref, i) => sameRef(ref, preprocess[i]!)) ? before : undefined;
  if (before && !sameSteps)
    logger.warn(
      `The preprocessing differs from that of ${start!.name}: it is learned anew, and the network sees other inputs than it was trained on.`,
    );
  const augment = many("augmentation", raw.augment as ComponentRef[] | undefined, defaults.augment, "augment");
  const split = one("splitter", raw.split as ComponentRef | undefined, suitedSplit(dataset), "split");
  const callbacks = many(
    "callback",
    (raw.callbacks as ComponentRef[] | undefined) ?? defaultCallbacks.filter((name) => registry.has("callback", name)),
    [],
    "callbacks",
  );
  for (const [where, ref] of [
    ["model", model],
    ["loss", loss],
    ...metrics.map((m) => ["metrics", m] as const),
    ...baselines.map((b) => ["baselines", b] as const),
  ] as const)
    checkSuitable(given.raw.task, task, spec, ref, where);
  // Metrics of the user's own choosing need not hold the task's monitor: then it is the first of them.
  const monitor =
    train.monitor ??
    [defaults.monitor, ...metrics.map((m) => m.name)].find((name) => metrics.some((m) => m.name === name)) ??
    "loss";
  if (monitor !== "loss" && !metrics.some((m) => m.name === monitor))
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `train.monitor: "${monitor}" is not measured; add it to metrics, or use one of loss, ${metrics.map((m) => m.name).join(", ")}.`,
    );

  const startConfig: StartConfig | null = raw.start
    ? { ...raw.start, ...(start?.sha256 === undefined ? {} : { sha256: start.sha256 }) }
    : null;
  const numbers: JsonObject = {
    task: raw.task,
    seed: raw.seed,
    data: refToJson(data),
    ...(degrade.length > 0 ? { degrade: degrade.map(refToJson) } : {}),
    split: refToJson(split),
    memory: raw.memory,
    preprocess: preprocess.map(refToJson),
    augment: augment.map(refToJson),
    ...(startConfig ? { start: startConfig as unknown as JsonObject } : {}),
    model: refToJson(model),
    loss: refToJson(loss),
    metrics: metrics.map(refToJson),
    baselines: baselines.map(refToJson),
    train: {
      ...train,
      monitor,
      optimizer: refToJson(optimizer),
      schedule: refToJson(schedule),
    } as unknown as JsonObject,
  };
  const backend = normalizeRef(raw.backend as ComponentRef, "backend");
  const json: JsonObject = {
    plugins: raw.plugins,
    ...numbers,
    backend: { name: backend.name, ...backend.options },
    callbacks: callbacks.map(refToJson),
    output: raw.output,
  };
  const taskJson = { ...defaults, train: defaults.train } as unknown as JsonObject;
  return {
    json: deepFreeze(json),
    provenance: traceProvenance(json, given.file, taskJson, given.flags),
    hash: await hashJson(numbers),
    task: raw.task,
    seed: raw.seed,
    output: raw.output,
    train,
    monitor,
    backend,
    data,
    split,
    degrade,
    memory: raw.memory,
    preprocess,
    learned: sameSteps ? start!.card.preprocess.map((step) => step.state) : null,
    start: startConfig,
    augment,
    model,
    loss,
    metrics,
    baselines,
    optimizer,
    schedule,
    callbacks,
  };
}

/** A component of the recipe takes none of the options that the task has for another. */
const withRecipe = (ofTask: TaskDefaults, recipe: Recipe = {}): TaskDefaults => ({
  ...ofTask,
  ...recipe,
  train: { ...ofTask.train, ...recipe.train },
});

function completeTrain(given: JsonObject, defaults: TaskDefaults): TrainConfig {
  const merged: Record<string, JsonValue> = { ...deepMerge(defaults.train, given) };
  // Who says how many epochs means it: a least number of steps is for recipes that were not given any.
  if (given["epochs"] !== undefined && given["minSteps"] === undefined) merged["minSteps"] = null;
  // A component chosen by the user takes none of the options meant for the default one.
  for (const slot of ["optimizer", "schedule"]) {
    const chosen = given[slot];
    if (chosen === undefined) continue;
    const ref = normalizeRef(chosen as ComponentRef, `train.${slot}`, defaults.train[slot] as ComponentRef | undefined);
    merged[slot] = { name: ref.name, ...ref.options };
  }
  if (isObject(given["earlyStopping"]))
    merged["earlyStopping"] = checkOptions(
      earlyStoppingSchema,
      merged["earlyStopping"],
      "train.earlyStopping",
      "SPECTRAI_CONFIG_INVALID",
    );
  return checkOptions(trainSchema, merged, "train", "SPECTRAI_CONFIG_INVALID");
}

function installedOnly(registry: Registry, defaults: TaskDefaults, logger: Logger): readonly ComponentRef[] {
  const installed = defaults.baselines.filter((ref) => registry.has("baseline", normalizeRef(ref, "baselines").name));
  if (installed.length < defaults.baselines.length)
    logger.warn(
      "Not every baseline of this task is installed; add @spectrai/baselines to the plugins to see what the network has to beat.",
    );
  return installed;
}

function checkSuitable(taskName: string, task: Task, spec: SampleSpec, ref: ResolvedRef, where: string): void {
  const why = explainUnsuitable(
    { name: taskName, task },
    { data: spec.data as DataKind, target: spec.target.kind, component: ref.component },
  );
  if (why !== undefined) throw new SpectraiError("SPECTRAI_TASK_UNSUITABLE", `${where}: ${why}`);
}
