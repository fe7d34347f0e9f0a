import type { Dataset, ImageSet } from "../contracts/dataset.ts";
import type { Sample, SampleSpec, Target } from "../contracts/sample.ts";
import type { Split } from "../contracts/splitter.ts";
import type { SpectralArray } from "../axes.ts";
import type { Task } from "../contracts/task.ts";
import { SpectraiError } from "../errors.ts";
import { createComponent, type ResolvedRef } from "../options.ts";
import { rng } from "../rng.ts";
import type { Part } from "./batches.ts";
import type { RunConfig } from "./config.ts";
import { Pipeline } from "./pipeline.ts";
import { bytesOf, readSome } from "./some-samples.ts";
import { type DividedImage, leakOfSplit, splitDataset } from "./split-data.ts";
import type { Workbench } from "./workbench.ts";

export const partNames = ["train", "validation", "test"] as const;
export type PartName = (typeof partNames)[number];

/** A part of the split: its samples after preprocessing, and their inputs before. */
export interface PreparedPart extends Part {
  readonly name: PartName;
  /** How many classes the data set has; absent for other targets. */
  readonly classes?: number;
  original(index: number): Promise<SpectralArray>;
  /** Position in the data set. */
  position(index: number): number;
}

export interface PreparedData {
  /** Of windows, where images were cut. */
  readonly dataset: Dataset;
  /** As the data set gives them. */
  readonly rawSpec: SampleSpec;
  /** After preprocessing: what the model sees. */
  readonly spec: SampleSpec;
  readonly pipeline: Pipeline;
  readonly split: Split;
  /** The images that windows were cut from, and how they are parted; absent for other data. */
  readonly images?: readonly DividedImage[];
  /** The same images uncut, for other windows and for their labels. */
  readonly imageSet?: ImageSet;
  /** The leak of the split for a model's receptive field; absent = for a model that looks at all it is given. */
  leak(receptiveField?: readonly number[]): number;
  readonly parts: Readonly<Record<PartName, PreparedPart>>;
}

/** @param task - whose targets the data must have */
export async function openDataset(
  bench: Workbench,
  ref: ResolvedRef<"dataset">,
  prepare: (dataset: Dataset) => Promise<Dataset> = (dataset) => Promise.resolve(dataset),
  task?: { readonly name: string; readonly task: Task },
): Promise<Dataset> {
  const opened = await createComponent(ref, bench.services);
  if (opened.dispose) bench.services.own(() => opened.dispose!());
  if (opened.samples.length === 0)
    throw new SpectraiError("SPECTRAI_DATA_EMPTY", `data: ${opened.source} holds no samples.`);
  const dataset = await prepare(opened);
  const { target } = dataset.spec;
  if (task && !task.task.targets.includes(target.kind)) {
    const need = task.task.targets.join(" or ");
    const hint =
      target.kind !== "none"
        ? ""
        : need === "spectral"
          ? "; give the data set a target, or make inputs from clean data with degrade"
          : "; give the data set a target";
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `data: ${task.name} needs a ${need} target, but ${dataset.source.replace(/\.$/, "")} has ${target.kind === "none" ? "none" : `a ${target.kind} target`}${hint}.`,
    );
  }
  return dataset;
}

/**
 * Splits a data set, learns the preprocessing on the training part and applies it to all. Samples are read once and kept where
 * the config's `memory` allows it; a larger set is read and preprocessed anew whenever a sample is asked for, and the
 * preprocessing learns from as many training samples as fit, evenly spaced.
 *
 * @param learned - preprocessing that was learned before, with a model that is now to be evaluated
 */
export async function prepareData(
  bench: Workbench,
  config: RunConfig,
  opened: Dataset,
  learned?: Pipeline,
): Promise<PreparedData> {
  const splitter = await createComponent(config.split, bench.services);
  const cut = await splitDataset(opened, splitter, config.split.name, rng(config.seed, "split"));
  const { dataset, split } = cut;
  const pipeline = learned ?? (await Pipeline.create(config.preprocess, bench.services, config.learned ?? []));
  const learns = !learned && !config.learned;
  const read = async (index: number, epoch?: number): Promise<Sample> => checkSample(await dataset.read(index, epoch));
  const order = partNames.flatMap((name) => split[name]);
  const first = await read(order[0]!);
  const most = config.memory * 2 ** 20;
  const fits = 2 * order.length * bytesOf(first) <= most;
  const kept = fits ? await keepAll(order, read, pipeline, learns ? split.train.length : 0) : undefined;
  if (!fits && learns) {
    const training: Part = { size: split.train.length, read: (i) => read(split.train[i]!) };
    const seen = await readSome(training, most / 4);
    pipeline.applyToAll(seen, () => true);
  }
  if (kept) mustCount(kept.samples, split, learned ? ["test"] : partNames);
  const { target } = dataset.spec;
  const classes = target.kind === "class" || target.kind === "mask" ? target.classes.length : undefined;
  let start = 0;
  const parts = Object.fromEntries(
    partNames.map((name) => {
      const offset = start;
      const indices = split[name];
      start += indices.length;
      const part: PreparedPart = {
        name,
        size: indices.length,
        ...(classes === undefined ? {} : { classes }),
        async read(i, epoch = 0) {
          if (kept && !(dataset.redrawn && epoch > 0)) return kept.samples[offset + i]!;
          return checkSample(pipeline.applyToSample(await read(indices[i]!, epoch)), "after preprocessing");
        },
        original: async (i) => kept?.originals[offset + i] ?? (await read(indices[i]!)).input,
        position: (i) => indices[i]!,
      };
      return [name, part];
    }),
  ) as unknown as Record<PartName, PreparedPart>;
  return {
    dataset,
    rawSpec: dataset.spec,
    spec: pipeline.spec(dataset.spec, kept?.samples[0] ?? pipeline.applyToSample(first)),
    pipeline,
    split,
    ...(cut.images ? { images: cut.images } : {}),
    ...(opened.images ? { imageSet: opened.images } : {}),
    leak: (field) => leakOfSplit(cut, field && field.length >= 2 ? [field[0]!, field[1]!] : undefined),
    parts,
  };
}

/** All samples after preprocessing, which learns from the first `training` of them, and their inputs before. */
async function keepAll(
  order: readonly number[],
  read: (index: number) => Promise<Sample>,
  pipeline: Pipeline,
  training: number,
): Promise<{ readonly samples: readonly Sample[]; readonly originals: readonly SpectralArray[] }> {
  const samples: Sample[] = [];
  for (const index of order) samples.push(await read(index));
  const originals = samples.map((s) => s.input);
  pipeline.applyToAll(samples, training > 0 ? (i) => i < training : undefined);
  for (const sample of samples) checkSample(sample, "after preprocessing");
  return { samples, originals };
}

/** Every part needs something to learn from or to measure on. @param samples - of all parts, in their order */
function mustCount(samples: readonly Sample[], split: Split, parts: readonly PartName[]): void {
  let start = 0;
  for (const name of partNames) {
    const own = samples.slice(start, (start += split[name].length));
    if (own.length === 0 || own.some(({ target }) => counts(target)) || !parts.includes(name)) continue;
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `The ${name === "train" ? "training" : name} part holds no pixel with ${own[0]!.target.kind === "mask" ? "a label and " : ""}data; choose other parts with the split, or check noData, firstClass and ignore.`,
    );
  }
}

function counts(target: Target): boolean {
  if (target.kind === "mask") return target.value.data.some((label) => label !== target.value.ignored);
  return target.kind !== "spectral" || target.value.valid?.includes(1) !== false;
}

function checkSample(sample: Sample, when = "in the data"): Sample {
  checkFinite(sample.input.data, sample.id, "input", when);
  checkTarget(sample.target, sample.id, when);
  return sample;
}

function checkTarget(target: Target, id: string, when: string): void {
  if (target.kind === "spectral") checkFinite(target.value.data, id, "target", when);
  if (target.kind === "numbers") checkFinite(target.value, id, "target", when);
}

function checkFinite(data: Float32Array | Float64Array, id: string, what: string, when: string): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]!)) {
      throw new SpectraiError(
        "SPECTRAI_DATA_VALUE",
        `Sample ${id}: the ${what} is ${data[i]} at point ${i} ${when}; remove the sample or mend the value.`,
        { details: { sample: id, point: i } },
      );
    }
}

export const sizesOf = ({ split }: PreparedData): { train: number; validation: number; test: number } => ({
  train: split.train.length,
  validation: split.validation.length,
  test: split.test.length,
});
