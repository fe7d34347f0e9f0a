import { type BaselineData, type Sample, SpectraiError, type SpectralArray } from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";

/** What is learnt from a sample as a whole: a spectrum itself, or the mean spectrum of a cube. */
export function featuresOf(input: SpectralArray): Float64Array {
  const points = input.shape.at(-1)!;
  const rows = input.data.length / points;
  const mean = new Float64Array(points);
  for (let at = 0; at < input.data.length; at++) mean[at % points] = mean[at % points]! + input.data[at]!;
  return rows === 1 ? mean : mean.map((v) => v / rows);
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
