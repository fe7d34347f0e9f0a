import type { Dataset } from "../contracts/dataset.ts";
import type { Sample, SampleSpec, Target } from "../contracts/sample.ts";
import type { Split } from "../contracts/splitter.ts";
import type { SpectralArray } from "../axes.ts";
import type { Task } from "../contracts/task.ts";
import { SpectraiError } from "../errors.ts";
import { createComponent, type ResolvedRef } from "../options.ts";
import { rng } from "../rng.ts";
import { leakOfSamples } from "../splitters/leak.ts";
import type { Part } from "./batches.ts";
import type { RunConfig } from "./config.ts";
import { Pipeline } from "./pipeline.ts";
import type { Workbench } from "./workbench.ts";

export const partNames = ["train", "validation", "test"] as const;
export type PartName = (typeof partNames)[number];

/** A part of the split: its samples after preprocessing, and their inputs before. */
export interface PreparedPart extends Part {
  readonly name: PartName;
  /** How many classes the data set has; absent for other targets. */
  readonly classes?: number;
  original(index: number): SpectralArray;
  /** Position in the data set. */
  position(index: number): number;
}

export interface PreparedData {
  readonly dataset: Dataset;
  /** As the data set gives them. */
  readonly rawSpec: SampleSpec;
  /** After preprocessing: what the model sees. */
  readonly spec: SampleSpec;
  readonly pipeline: Pipeline;
  readonly split: Split;
  readonly leak: number;
  readonly parts: Readonly<Record<PartName, PreparedPart>>;
}

export async function openDataset(
  bench: Workbench,
  ref: ResolvedRef<"dataset">,
  task?: { readonly name: string; readonly task: Task },
): Promise<Dataset> {
  const dataset = await createComponent(ref, bench.services);
  if (dataset.dispose) bench.services.own(() => dataset.dispose!());
  if (dataset.samples.length === 0)
    throw new SpectraiError("SPECTRAI_DATA_EMPTY", `data: ${dataset.source} holds no samples.`);
  const { target } = dataset.spec;
  if (task && !task.task.targets.includes(target.kind)) {
    const need = task.task.targets.join(" or ");
    const hint = target.kind === "none" ? "; give the data set a target" : "";
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `data: ${task.name} needs a ${need} target, but ${dataset.source} has ${target.kind === "none" ? "none" : `a ${target.kind} target`}${hint}.`,
    );
  }
  return dataset;
}

/**
 * Reads every sample of the split once, checks it, learns the preprocessing on the training part and applies it to all.
 *
 * @param learned - preprocessing that was learned before, with a model that is now to be evaluated
 */
export async function prepareData(
  bench: Workbench,
  config: RunConfig,
  dataset: Dataset,
  learned?: Pipeline,
): Promise<PreparedData> {
  const splitter = await createComponent(config.split, bench.services);
  const split = splitter.split(dataset.samples, rng(config.seed, "split"));
  const order = partNames.flatMap((name) => split[name].map((index) => ({ name, index })));
  const samples: Sample[] = [];
  for (const { index } of order) samples.push(checkSample(await dataset.read(index)));
  const originals = samples.map((s) => s.input);
  const trainSize = split.train.length;
  const pipeline = learned ?? (await Pipeline.create(config.preprocess, bench.services, config.learned ?? []));
  pipeline.applyToAll(samples, learned || config.learned ? undefined : (i) => i < trainSize);
  for (const sample of samples) checkSample(sample, "after preprocessing");
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
        sample: (i) => samples[offset + i]!,
        original: (i) => originals[offset + i]!,
        position: (i) => indices[i]!,
      };
      return [name, part];
    }),
  ) as unknown as Record<PartName, PreparedPart>;
  return {
    dataset,
    rawSpec: dataset.spec,
    spec: pipeline.spec(dataset.spec, samples[0]!),
    pipeline,
    split,
    leak: leakOfSamples(dataset.samples, split),
    parts,
  };
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
