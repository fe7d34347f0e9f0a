import {
  defineComponent,
  floatLike,
  type JsonObject,
  type Rng,
  type SampleAugmentation,
  type SpectralArray,
} from "@spectrai/core";
import { z } from "zod";
import { extremes } from "./noise.ts";
import { probabilityOption } from "./options.ts";
import { numberOf, numbersOf, stringOf } from "./params.ts";
import { draw, rangeSchema } from "./range.ts";

export const backgroundShapes = ["polynomial", "exponential", "gaussian"] as const;

export const addBackgroundSchema = z.strictObject({
  shapes: z
    .array(z.enum(backgroundShapes))
    .min(1)
    .max(3)
    .default([...backgroundShapes])
    .meta({
      description:
        "Kinds of smooth background to choose from: a cubic polynomial, an exponential decay or rise, a sum of up to three broad Gaussians.",
      group: "shape",
    }),
  spectra: z.array(z.array(z.number()).min(2).max(1_000_000)).max(10_000).default([]).meta({
    description:
      "Measured backgrounds to choose from in place of the made-up ones; stretched to the length of the data.",
    group: "shape",
  }),
  strength: rangeSchema(0, 1e6).default([0, 0.5]).meta({
    description:
      "Largest value of the background as a multiple of the sample's largest magnitude: fixed, or a pair to draw from uniformly.",
    group: "strength",
  }),
  on: z.enum(["input", "both"]).default("input").meta({
    description:
      "Whether only the input gets the background, so that the network learns to take it off, or a spectral target too.",
    group: "target",
  }),
  p: probabilityOption(1),
});

/**
 * Adds a smooth background, never below 0, to a spectrum `[L]` or alike to all pixels of a cube `[H, W, L]`. Record:
 * `{ shape, coefficients, height }`, with the height in units of the data; of a measured background, its number in the list.
 */
export const addBackground = defineComponent({
  kind: "augmentation",
  name: "add-background",
  summary: "Add a random smooth background to spectra.",
  schema: addBackgroundSchema,
  create: ({ shapes, spectra, strength, on, p }): SampleAugmentation => ({
    scope: "sample",
    affects: "value",
    on,
    sample(x, random) {
      if (!random.chance(p)) return null;
      const { low, high } = extremes(x);
      const height = draw(strength, random) * Math.max(Math.abs(low), Math.abs(high));
      if (spectra.length > 0) return { shape: "measured", coefficients: [random.integer(spectra.length)], height };
      const shape = shapes[random.integer(shapes.length)]!;
      return { shape, coefficients: drawCoefficients(shape, random), height };
    },
    apply: (x, params) => addAlike(x, background(params, x.shape.at(-1)!, spectra)),
  }),
});

function drawCoefficients(shape: (typeof backgroundShapes)[number], random: Rng): number[] {
  if (shape === "polynomial") return Array.from({ length: 4 }, () => random.normal());
  if (shape === "exponential") return [(random.chance(0.5) ? 1 : -1) * random.uniform(0.5, 6)];
  const peaks = 1 + random.integer(3);
  return Array.from({ length: peaks }, () => [
    random.uniform(0.2, 1),
    random.uniform(-0.2, 1.2),
    random.uniform(0.1, 0.5),
  ]).flat();
}

/** The background a record describes, at `length` points, from 0 to its height. */
export function background(
  params: JsonObject,
  length: number,
  spectra: readonly (readonly number[])[] = [],
): Float64Array {
  const shape = stringOf(params, "shape");
  const c = numbersOf(params, "coefficients");
  const height = numberOf(params, "height");
  const curve = shape === "measured" ? stretch(spectra[c[0]!]!) : smooth(shape, c);
  const out = Float64Array.from({ length }, (_, i) => curve(length > 1 ? i / (length - 1) : 0));
  let low = Infinity;
  let high = -Infinity;
  for (const v of out) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  // A curve without relief is all background.
  for (let i = 0; i < length; i++) out[i] = high > low ? (height * (out[i]! - low)) / (high - low) : height;
  return out;
}

/** A curve over the axis, which runs from 0 to 1. */
function smooth(shape: string, c: readonly number[]): (t: number) => number {
  if (shape === "exponential") return (t) => Math.exp(-c[0]! * t);
  if (shape === "polynomial")
    return (t) => {
      // Chebyshev polynomials: each has the same weight over the whole axis.
      const s = 2 * t - 1;
      return c[0]! + c[1]! * s + c[2]! * (2 * s * s - 1) + c[3]! * (4 * s * s * s - 3 * s);
    };
  return (t) => {
    let sum = 0;
    for (let k = 0; k < c.length; k += 3) sum += c[k]! * Math.exp(-(((t - c[k + 1]!) / c[k + 2]!) ** 2) / 2);
    return sum;
  };
}

/** Linear interpolation of a measured background over 0 to 1. */
const stretch = (values: readonly number[]) => (t: number) => {
  const at = t * (values.length - 1);
  const low = Math.min(values.length - 2, Math.floor(at));
  return values[low]! + (at - low) * (values[low + 1]! - values[low]!);
};

function addAlike(x: SpectralArray, curve: Float64Array): SpectralArray {
  const data = floatLike(x.data, x.data.length);
  for (let at = 0; at < data.length; at += curve.length)
    for (let i = 0; i < curve.length; i++) data[at + i] = x.data[at + i]! + curve[i]!;
  return { ...x, data };
}
