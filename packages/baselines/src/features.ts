import { type BaselineData, type Sample, SpectraiError, type SpectralArray } from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";
import { countValid } from "./valid.ts";

/**
 * What is learnt from a sample as a whole: a spectrum itself, or the mean spectrum of a cube over the pixels that count (zeros
 * where none does).
 */
export function featuresOf({ data, shape, valid }: SpectralArray): Float64Array {
  const points = shape.at(-1)!;
  const rows = data.length / points;
  const mean = new Float64Array(points);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    if (valid && !valid[i]) continue;
    count++;
    for (let j = 0, at = i * points; j < points; j++, at++) mean[j] = mean[j]! + data[at]!;
  }
  return count < 2 ? mean : mean.map((v) => v / count);
}

/** The samples of training and validation together, one after the other. */
export const allSamples = (...parts: readonly BaselineData[]): Sample[] =>
  parts.flatMap((part) => Array.from({ length: part.size }, (_, i) => part.sample(i)));

/**
 * One row for every sample.
 *
 * @throws SPECTRAI_DATA_EMPTY, SPECTRAI_DATA_LENGTH, SPECTRAI_DATA_VALUE
 */
export function featureMatrix(samples: readonly Sample[], baseline: string): Matrix {
  if (samples.length === 0)
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `The baseline "${baseline}" has no samples to learn from; enlarge the training part of the split.`,
    );
  const points = samples[0]!.input.shape.at(-1)!;
  const out = matrix(samples.length, points);
  samples.forEach(({ id, input }, i) => {
    const here = input.shape.at(-1)!;
    if (here !== points)
      throw new SpectraiError(
        "SPECTRAI_DATA_LENGTH",
        `Sample "${id}" has a spectrum of ${here} points, the first sample ${points}; resample them to one axis.`,
      );
    if (countValid(input.valid, input.data.length / points) === 0)
      throw new SpectraiError(
        "SPECTRAI_DATA_EMPTY",
        `No pixel of sample "${id}" has data, so the baseline "${baseline}" cannot learn from it; leave it out.`,
      );
    const features = featuresOf(input);
    requireFinite(features, id);
    out.data.set(features, i * points);
  });
  return out;
}

/** @throws SPECTRAI_DATA_VALUE */
export function requireFinite(values: ArrayLike<number>, id: string): void {
  for (let j = 0; j < values.length; j++)
    if (!Number.isFinite(values[j]!))
      throw new SpectraiError(
        "SPECTRAI_DATA_VALUE",
        `Sample "${id}" is ${values[j]} at point ${j}; leave it out or mend it before fitting.`,
      );
}

/** Whether the targets are numbers, not spectra. */
export const predictsNumbers = (train: BaselineData): boolean =>
  train.size > 0 && train.sample(0).target.kind === "numbers";
