import { defineComponent, SpectraiError, type SpectralArray } from "@spectrai/core";
import { z } from "zod";
import { linearMap, mapOption } from "./steps/linear-map.ts";
import { forEachSpectrum } from "./steps/training-spectra.ts";

export const standardizeSchema = z.strictObject({ per: mapOption("band") });

/**
 * `y = (x − mean) / sd` with the mean and standard deviation (divided by n) of each band, or of all values, over the training
 * part. A band that never changes there is divided by 1.
 */
export const standardize = defineComponent({
  kind: "transform",
  name: "standardize",
  summary: "Bring the training data to mean 0 and standard deviation 1, band by band or as a whole.",
  schema: standardizeSchema,
  create: ({ per }) => linearMap("standardize", (train) => (per === "band" ? perBand(train) : asWhole(train))),
});

/** Sums over the training spectra of each band's difference from the first spectrum, which keeps the digits of small spreads. */
interface Sums {
  readonly origin: Float64Array;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  readonly count: number;
}

function sumsOf(train: Iterable<SpectralArray>): Sums {
  let origin = new Float64Array(0);
  let sum = origin;
  let squares = origin;
  const count = forEachSpectrum(train, "take the mean of", (row, index) => {
    if (index === 0) {
      origin = row.slice();
      sum = new Float64Array(row.length);
      squares = new Float64Array(row.length);
    }
    for (let i = 0; i < row.length; i++) {
      const d = row[i]! - origin[i]!;
      sum[i] = sum[i]! + d;
      squares[i] = squares[i]! + d * d;
    }
  });
  return { origin, sum, squares, count };
}

/** Spreads below this share of the values are what rounding leaves of a constant. */
const negligible = 1e-14;

function perBand(train: Iterable<SpectralArray>) {
  const { origin, sum, squares, count } = sumsOf(train);
  const offset = origin.map((o, i) => o + sum[i]! / count);
  const divisor = offset.map((mean, i) => {
    const deviation = Math.sqrt(Math.max(0, squares[i]! / count - (sum[i]! / count) ** 2));
    return deviation > negligible * Math.abs(mean) ? deviation : 1;
  });
  return { offset, divisor };
}

function asWhole(train: Iterable<SpectralArray>) {
  const { origin, sum, squares, count } = sumsOf(train);
  const bands = origin.length;
  const means = origin.map((o, i) => o + sum[i]! / count);
  const mean = means.reduce((a, b) => a + b, 0) / bands;
  // Variance within the bands and between them.
  let variance = 0;
  for (let i = 0; i < bands; i++)
    variance += (squares[i]! / count - (sum[i]! / count) ** 2 + (means[i]! - mean) ** 2) / bands;
  const deviation = Math.sqrt(Math.max(0, variance));
  if (!(deviation > negligible * Math.abs(mean)))
    throw new SpectraiError(
      "SPECTRAI_DATA_VALUE",
      `All training values are ${mean}, so they have no standard deviation to divide by; leave standardize out.`,
    );
  return { offset: Float64Array.of(mean), divisor: Float64Array.of(deviation) };
}
