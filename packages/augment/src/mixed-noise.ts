import {
  defineComponent,
  type JsonObject,
  type SampleAugmentation,
  spectralArray,
  SpectraiError,
  toFloat32,
  toFloat64,
} from "@spectrai/core";
import { z } from "zod";
import { bandNoise, bandNoiseSchema } from "./band-noise.ts";
import { deadlineNoise, deadlineNoiseSchema } from "./deadline-noise.ts";
import { impulseNoise, impulseNoiseSchema } from "./impulse-noise.ts";
import { type DataRange, dataRangeOption } from "./noise.ts";
import { probabilityOption } from "./options.ts";
import { stripeNoise, stripeNoiseSchema } from "./stripe-noise.ts";

const partOption = <S extends z.ZodObject>(schema: S, name: string) =>
  z
    .union([schema, z.literal(false)])
    .optional()
    .meta({
      description: `Options of ${name}, which put it in, or false to leave it out; absent = as the case has it.`,
      group: "parts",
    });

export const mixedNoiseSchema = z.strictObject({
  case: z.int().min(1).max(5).default(5).meta({
    description:
      "The usual cases: 1 noise of another strength in every band, 2 that and stripes, 3 that and dead lines, 4 that and impulses, 5 all of them.",
    group: "parts",
  }),
  band: partOption(bandNoiseSchema, "band-noise"),
  stripe: partOption(stripeNoiseSchema, "stripe-noise"),
  deadline: partOption(deadlineNoiseSchema, "deadline-noise"),
  impulse: partOption(impulseNoiseSchema, "impulse-noise"),
  dataRange: dataRangeOption.meta({
    description:
      "The range of the data that stands for 255 in all parts that state none of their own; auto = that of each sample, which differs from patch to patch.",
    group: "scale",
  }),
  p: probabilityOption(1),
});

/**
 * Noise of several kinds on a cube `[H, W, L]`, one after the other: band, stripe, dead-line and impulse noise, each on
 * bands of its own drawing (the five cases of Wei, Fu and Huang, IEEE TNNLS 32 (2021) 363). Record: that of each part under its
 * name.
 */
export const mixedNoise = defineComponent({
  kind: "augmentation",
  name: "mixed-noise",
  summary: "Add band, stripe, dead-line and impulse noise to the input.",
  supports: { data: ["cube"] },
  schema: mixedNoiseSchema,
  create: ({ case: number, dataRange, p, ...given }): SampleAugmentation => {
    const ranged = <P extends { readonly dataRange: DataRange }>(own: P): P =>
      own.dataRange === "auto" ? { ...own, dataRange } : own;
    const band = given.band ?? bandNoiseSchema.parse({});
    const stripe = given.stripe ?? ([2, 5].includes(number) && stripeNoiseSchema.parse({}));
    const deadline = given.deadline ?? ([3, 5].includes(number) && deadlineNoiseSchema.parse({}));
    const impulse = given.impulse ?? ([4, 5].includes(number) && impulseNoiseSchema.parse({}));
    const parts: [string, SampleAugmentation][] = [];
    if (band) parts.push(["band", bandNoise.create(ranged(band), {}) as SampleAugmentation]);
    if (stripe) parts.push(["stripe", stripeNoise.create(ranged(stripe), {}) as SampleAugmentation]);
    if (deadline) parts.push(["deadline", deadlineNoise.create(deadline, {}) as SampleAugmentation]);
    if (impulse) parts.push(["impulse", impulseNoise.create(ranged(impulse), {}) as SampleAugmentation]);
    if (parts.length === 0)
      throw new SpectraiError(
        "SPECTRAI_COMPONENT_OPTIONS",
        "The augmentation mixed-noise has no part left; leave it out, or one of its parts in.",
      );
    return {
      scope: "sample",
      affects: "value",
      on: "input",
      sample(x, random) {
        if (!random.chance(p)) return null;
        const record: Record<string, JsonObject> = {};
        for (const [name, noise] of parts) {
          const drawn = noise.sample(x, random.child(name, random.integer(2 ** 32)));
          if (drawn) record[name] = drawn;
        }
        return Object.keys(record).length > 0 ? record : null;
      },
      apply(x, params) {
        // In float64 throughout, so that single precision is rounded to once.
        let y = spectralArray(toFloat64(x.data), x.shape, x.axis, x.valid);
        for (const [name, noise] of parts) if (params[name]) y = noise.apply(y, params[name] as JsonObject);
        return x.dtype === "float64" ? y : spectralArray(toFloat32(y.data), x.shape, x.axis, x.valid);
      },
    };
  },
});
