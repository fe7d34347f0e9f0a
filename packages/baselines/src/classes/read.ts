import { type BaselineData, type Sample, SpectraiError } from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";
import { allSamples, featureMatrix, requireFinite } from "../features.ts";

/** Spectra with their classes, a row each. */
export interface LabelledRows {
  readonly x: Matrix;
  readonly labels: Int32Array;
  readonly groups: readonly string[];
  /** Classes are 0 … `classes` − 1; some may have no row. */
  readonly classes: number;
  /** Whether rows are the pixels of cubes under a mask. */
  readonly pixels: boolean;
}

/** More labelled pixels than this are thinned out evenly: the settings and weights of a linear map need no more. */
const MOST_PIXELS = 2000;

/**
 * The spectra of training and validation: a row for every sample, or for every labelled pixel where targets are masks.
 *
 * @throws SPECTRAI_TASK_UNSUITABLE where a target is neither class nor mask, SPECTRAI_DATA_EMPTY, SPECTRAI_DATA_LENGTH,
 * SPECTRAI_DATA_VALUE, SPECTRAI_DATA_LABEL
 */
export function labelledRows(train: BaselineData, validation: BaselineData, baseline: string): LabelledRows {
  const samples = allSamples(train, validation);
  const rows =
    samples[0]?.target.kind === "mask" ? labelledPixels(samples, baseline) : labelledSamples(samples, baseline);
  let classes = train.classes ?? validation.classes ?? 0;
  for (const label of rows.labels) {
    if (!Number.isInteger(label) || label < 0)
      throw new SpectraiError(
        "SPECTRAI_DATA_LABEL",
        `The baseline "${baseline}" met the label ${label}; classes are counted from 0.`,
      );
    classes = Math.max(classes, label + 1);
  }
  return { ...rows, classes };
}

function labelledSamples(samples: readonly Sample[], baseline: string): Omit<LabelledRows, "classes"> {
  const x = featureMatrix(samples, baseline);
  const labels = Int32Array.from(samples, ({ id, target }) => {
    if (target.kind !== "class") throw notLabelled(baseline, id, target.kind);
    return target.value;
  });
  return { x, labels, groups: samples.map((s) => s.group), pixels: false };
}

function labelledPixels(samples: readonly Sample[], baseline: string): Omit<LabelledRows, "classes"> {
  const places: { readonly sample: Sample; readonly pixel: number; readonly label: number }[] = [];
  let total = 0;
  for (const sample of samples) total += countLabelled(sample, baseline);
  const stride = Math.max(1, Math.ceil(total / MOST_PIXELS));
  let seen = 0;
  for (const sample of samples) {
    if (sample.target.kind !== "mask") continue;
    const { data, ignored } = sample.target.value;
    for (let pixel = 0; pixel < data.length; pixel++)
      if (data[pixel] !== ignored && seen++ % stride === 0) places.push({ sample, pixel, label: data[pixel]! });
  }
  if (places.length === 0)
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `The baseline "${baseline}" has no labelled pixels to learn from; enlarge the training part of the split.`,
    );
  const points = places[0]!.sample.input.shape.at(-1)!;
  const x = matrix(places.length, points);
  places.forEach(({ sample, pixel }, i) => {
    const here = sample.input.shape.at(-1)!;
    if (here !== points)
      throw new SpectraiError(
        "SPECTRAI_DATA_LENGTH",
        `Sample "${sample.id}" has spectra of ${here} points, the first sample ${points}; resample them to one axis.`,
      );
    const spectrum = sample.input.data.subarray(pixel * points, (pixel + 1) * points);
    requireFinite(spectrum, sample.id);
    x.data.set(spectrum, i * points);
  });
  return {
    x,
    labels: Int32Array.from(places, (p) => p.label),
    groups: places.map((p) => p.sample.group),
    pixels: true,
  };
}

function countLabelled({ id, target }: Sample, baseline: string): number {
  if (target.kind !== "mask") throw notLabelled(baseline, id, target.kind);
  const { data, ignored } = target.value;
  let count = 0;
  for (const label of data) if (label !== ignored) count++;
  return count;
}

const notLabelled = (baseline: string, id: string, kind: string): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_TASK_UNSUITABLE",
    `The baseline "${baseline}" predicts classes, but the target of sample "${id}" is of kind "${kind}"; choose a baseline for that task.`,
  );
