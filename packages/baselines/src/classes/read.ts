import { type BaselineData, rng, type Sample, SpectraiError } from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";
import { allSamples, featureMatrix, requireFinite } from "../features.ts";

/** Spectra with their classes, a row each. */
export interface LabelledRows {
  readonly x: Matrix;
  readonly labels: Int32Array;
  readonly groups: readonly string[];
  /** Classes are 0 … `classes` − 1; some may have no row. */
  readonly classes: number;
  /** How many samples, or labelled pixels that count, each class has; all of them, not only those with a row. */
  readonly counts: ReadonlyMap<number, number>;
  /** Whether rows are the pixels of cubes under a mask. */
  readonly pixels: boolean;
}

/** More labelled pixels than this are drawn from: the settings and weights of a linear map need no more. */
const MOST_PIXELS = 2000;

/** What a rare class keeps of its pixels, where it has them. */
const LEAST_OF_A_CLASS = 50;

/**
 * The spectra of training and validation: a row for every sample, or for labelled pixels that count where targets are masks. Of
 * more than `mostPixels` pixels each class gives its share, though 50 or all that it has where that is more; they are drawn
 * without replacement, the same in every run.
 *
 * Where all samples are of one group, each is a group of its own.
 *
 * @throws SPECTRAI_TASK_UNSUITABLE where a target is neither class nor mask, SPECTRAI_DATA_EMPTY, SPECTRAI_DATA_LENGTH,
 * SPECTRAI_DATA_VALUE, SPECTRAI_DATA_LABEL
 */
export function labelledRows(
  train: BaselineData,
  validation: BaselineData,
  baseline: string,
  mostPixels = MOST_PIXELS,
): LabelledRows {
  const samples = allSamples(train, validation);
  const pixels = samples[0]?.target.kind === "mask";
  const counts = pixels ? countPixels(samples, baseline) : countSamples(samples, baseline);
  let classes = train.classes ?? validation.classes ?? 0;
  for (const label of counts.keys()) {
    if (!Number.isInteger(label) || label < 0)
      throw new SpectraiError(
        "SPECTRAI_DATA_LABEL",
        `The baseline "${baseline}" met the label ${label}; classes are counted from 0.`,
      );
    classes = Math.max(classes, label + 1);
  }
  const rows = pixels ? labelledPixels(samples, counts, mostPixels, baseline) : labelledSamples(samples, baseline);
  return { ...rows, classes, counts, pixels };
}

type Rows = Pick<LabelledRows, "x" | "labels" | "groups">;

function countSamples(samples: readonly Sample[], baseline: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { id, target } of samples) {
    if (target.kind !== "class") throw notLabelled(baseline, id, target.kind);
    counts.set(target.value, (counts.get(target.value) ?? 0) + 1);
  }
  return counts;
}

function labelledSamples(samples: readonly Sample[], baseline: string): Rows {
  const x = featureMatrix(samples, baseline);
  const labels = Int32Array.from(samples, ({ target }) => (target.kind === "class" ? target.value : 0));
  return { x, labels, groups: samples.map((s) => s.group) };
}

function countPixels(samples: readonly Sample[], baseline: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const sample of samples) {
    if (sample.target.kind !== "mask") throw notLabelled(baseline, sample.id, sample.target.kind);
    forEachPixel(sample, (label) => counts.set(label, (counts.get(label) ?? 0) + 1));
  }
  return counts;
}

/** Every labelled pixel that counts. */
function forEachPixel({ input, target }: Sample, visit: (label: number, pixel: number) => void): void {
  if (target.kind !== "mask") return;
  const { data, ignored } = target.value;
  for (let i = 0; i < data.length; i++) if (data[i] !== ignored && (!input.valid || input.valid[i])) visit(data[i]!, i);
}

function labelledPixels(
  samples: readonly Sample[],
  counts: ReadonlyMap<number, number>,
  most: number,
  baseline: string,
): Rows {
  const quotas = pixelQuotas(counts, most);
  const rows = Array.from(quotas.values()).reduce((a, b) => a + b, 0);
  if (rows === 0)
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `The baseline "${baseline}" has no labelled pixels to learn from; enlarge the training part of the split.`,
    );
  const points = samples[0]!.input.shape.at(-1)!;
  const x = matrix(rows, points);
  const labels = new Int32Array(rows);
  const groups: string[] = [];
  const manyGroups = samples.some((s) => s.group !== samples[0]!.group);
  const left = new Map(counts);
  const random = rng(0, "labelled pixels");
  for (const sample of samples) {
    const here = sample.input.shape.at(-1)!;
    if (here !== points)
      throw new SpectraiError(
        "SPECTRAI_DATA_LENGTH",
        `Sample "${sample.id}" has spectra of ${here} points, the first sample ${points}; resample them to one axis.`,
      );
    forEachPixel(sample, (label, pixel) => {
      // Selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S).
      const remaining = left.get(label)!;
      const wanted = quotas.get(label)!;
      left.set(label, remaining - 1);
      if (random.next() * remaining >= wanted) return;
      quotas.set(label, wanted - 1);
      const spectrum = sample.input.data.subarray(pixel * points, (pixel + 1) * points);
      requireFinite(spectrum, sample.id);
      x.data.set(spectrum, groups.length * points);
      labels[groups.length] = label;
      groups.push(manyGroups ? sample.group : sample.id);
    });
  }
  return { x, labels, groups };
}

/** How many pixels of each class are taken. */
function pixelQuotas(counts: ReadonlyMap<number, number>, most: number): Map<number, number> {
  const total = Array.from(counts.values()).reduce((a, b) => a + b, 0);
  const share = (count: number): number => Math.max(LEAST_OF_A_CLASS, Math.round((most * count) / total));
  return new Map(Array.from(counts, ([label, n]) => [label, total > most ? Math.min(n, share(n)) : n]));
}

const notLabelled = (baseline: string, id: string, kind: string): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_TASK_UNSUITABLE",
    `The baseline "${baseline}" predicts classes, but the target of sample "${id}" is of kind "${kind}"; choose a baseline for that task.`,
  );
