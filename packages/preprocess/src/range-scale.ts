import { defineComponent, rng, SpectraiError, type SpectralArray } from "@spectrai/core";
import { z } from "zod";
import { percentile } from "./kernels/percentile.ts";
import { linearMap, mapOption } from "./steps/linear-map.ts";
import { forEachSpectrum, SpectrumSample } from "./steps/training-spectra.ts";

const percent = (end: string) => ({
  description: `Percentile of the training values that becomes ${end}.`,
  group: "range",
  unit: "%",
});

export const rangeScaleSchema = z
  .strictObject({
    low: z.number().min(0).max(100).default(0).meta(percent("0")),
    high: z.number().min(0).max(100).default(99.9).meta(percent("1")),
    per: mapOption("cube"),
  })
  .refine(({ low, high }) => low < high, { path: ["high"], message: "must be above low" });

/** Spectra that percentiles are taken of; 10,000 place the percentile 99.9 to 0.03. */
const mostSpectra = 10_000;

/**
 * One linear map for all samples that brings the range of the training part, between two percentiles, to 0…1: `y = (x − p_low) /
 * (p_high − p_low)`. Nothing is clipped. Percentiles as NumPy's (linear); 0 and 100 are the extremes of all training values,
 * others are taken of all spectra (pixels) up to 10,000 and of a random 10,000 of more. A band without a range (`per: band`)
 * becomes 0 where it is as in training.
 */
export const rangeScale = defineComponent({
  kind: "transform",
  name: "range-scale",
  summary: "Bring the range of the training data to 0…1 by one linear map for all samples.",
  schema: rangeScaleSchema,
  create: ({ low, high, per }) =>
    linearMap("range-scale", (train) => (per === "band" ? bandRanges(train, low, high) : wholeRange(train, low, high))),
});

interface Measured {
  /** Of each band, over all training spectra. */
  readonly least: Float64Array;
  readonly largest: Float64Array;
  readonly sample: SpectrumSample;
}

function measure(train: Iterable<SpectralArray>): Measured {
  let found: Measured | undefined;
  forEachSpectrum(train, "take the range of", (row) => {
    found ??= {
      least: new Float64Array(row.length).fill(Infinity),
      largest: new Float64Array(row.length).fill(-Infinity),
      sample: new SpectrumSample(row.length, mostSpectra, rng("range-scale")),
    };
    const { least, largest, sample } = found;
    for (let i = 0; i < row.length; i++) {
      if (row[i]! < least[i]!) least[i] = row[i]!;
      if (row[i]! > largest[i]!) largest[i] = row[i]!;
    }
    sample.offer(row);
  });
  return found!;
}

function wholeRange(train: Iterable<SpectralArray>, low: number, high: number) {
  const { least, largest, sample } = measure(train);
  const sorted = sample.spectra.data.slice().sort();
  const at = (p: number): number =>
    p === 0
      ? least.reduce((a, b) => Math.min(a, b))
      : p === 100
        ? largest.reduce((a, b) => Math.max(a, b))
        : percentile(sorted, p);
  const [from, to] = [at(low), at(high)];
  if (!(to > from))
    throw new SpectraiError(
      "SPECTRAI_DATA_VALUE",
      `The training values have no range: their percentiles ${low} and ${high} are both ${from}; leave range-scale out, or move the percentiles apart.`,
    );
  return { offset: Float64Array.of(from), divisor: Float64Array.of(to - from) };
}

function bandRanges(train: Iterable<SpectralArray>, low: number, high: number) {
  const { least, largest, sample } = measure(train);
  const { spectra } = sample;
  const offset = new Float64Array(least.length);
  const divisor = new Float64Array(least.length);
  const sorted = new Float64Array(spectra.rows);
  for (let b = 0; b < offset.length; b++) {
    for (let r = 0; r < spectra.rows; r++) sorted[r] = spectra.data[r * spectra.columns + b]!;
    sorted.sort();
    const at = (p: number): number => (p === 0 ? least[b]! : p === 100 ? largest[b]! : percentile(sorted, p));
    offset[b] = at(low);
    divisor[b] = at(high) - offset[b]! || 1;
  }
  return { offset, divisor };
}
