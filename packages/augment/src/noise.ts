import { floatLike, type JsonObject, rng, type Rng, type SpectralArray } from "@spectrai/core";
import { z } from "zod";
import { stringOf } from "./params.ts";

/** Noise levels are stated as in the literature on images, where values run from 0 to 255. */
const levels = 255;

export const dataRangeOption = z
  .union([z.literal("auto"), z.number().positive()])
  .default("auto")
  .meta({
    description:
      "The range of the data that stands for 255 in noise levels; auto = largest minus smallest value of the sample.",
    group: "scale",
  });
export type DataRange = z.output<typeof dataRangeOption>;

/** Smallest and largest value of a sample's pixels that count; 0 and 0 where none does. */
export function extremes({ data, shape, valid }: SpectralArray): { readonly low: number; readonly high: number } {
  let low = Infinity;
  let high = -Infinity;
  const bands = shape.at(-1)!;
  for (let at = 0, s = 0; at < data.length; at += bands, s++) {
    if (valid && valid[s] === 0) continue;
    for (let i = at; i < at + bands; i++) {
      const v = data[i]!;
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** The width of the data's range. */
export function rangeOf(x: SpectralArray, dataRange: DataRange): number {
  if (dataRange !== "auto") return dataRange;
  const { low, high } = extremes(x);
  return high - low;
}

/** The factor from a noise level on the scale of 0–255 to the data's own. */
export const levelUnit = (x: SpectralArray, dataRange: DataRange): number => rangeOf(x, dataRange) / levels;

/** The key of a stream of noise: recorded in place of the noise itself, from which it can be made again. */
export const noiseSeed = (random: Rng): string =>
  Array.from({ length: 3 }, () =>
    random
      .integer(2 ** 32)
      .toString(16)
      .padStart(8, "0"),
  ).join("");

/** The stream of noise that a record names. */
export const noiseStream = (params: JsonObject): Rng => rng("noise", stringOf(params, "seed"));

/**
 * A copy of `x` whose values `change` makes from the old ones, in order. Pixels that do not count stay as they are, so that no
 * random number is drawn for them either.
 */
export function mapValues(x: SpectralArray, change: (value: number, i: number) => number): SpectralArray {
  const data = floatLike(x.data, x.data.length);
  const { valid } = x;
  const bands = x.shape.at(-1)!;
  for (let at = 0, s = 0; at < data.length; at += bands, s++) {
    const keep = valid !== undefined && valid[s] === 0;
    for (let i = at; i < at + bands; i++) data[i] = keep ? x.data[i]! : change(x.data[i]!, i);
  }
  return { ...x, data };
}
