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
import { probabilityOption } from "./options.ts";
import { stripeNoise, stripeNoiseSchema } from "./stripe-noise.ts";

const part = (name: string) => ({ description: `Options of ${name}, or false to leave it out.`, group: "parts" });

export const mixedNoiseSchema = z.strictObject({
  band: z
    .union([bandNoiseSchema, z.literal(false)])
    .prefault({})
    .meta(part("band-noise")),
  stripe: z
    .union([stripeNoiseSchema, z.literal(false)])
    .prefault({})
    .meta(part("stripe-noise")),
  deadline: z
    .union([deadlineNoiseSchema, z.literal(false)])
    .prefault({})
    .meta(part("deadline-noise")),
  impulse: z
    .union([impulseNoiseSchema, z.literal(false)])
    .prefault({})
    .meta(part("impulse-noise")),
  p: probabilityOption(1),
});

/**
 * Noise of several kinds on a cube `[H, W, L]`, one after the other: band, stripe, dead-line and impulse noise, each on
 * bands of its own drawing (the mixture of Wei, Fu and Huang, IEEE TNNLS 32 (2021) 363). Record: that of each part under its name.
 */
export const mixedNoise = defineComponent({
  kind: "augmentation",
  name: "mixed-noise",
  summary: "Add band, stripe, dead-line and impulse noise to the input.",
  supports: { data: ["cube"] },
  schema: mixedNoiseSchema,
  create: ({ band, stripe, deadline, impulse, p }): SampleAugmentation => {
    const parts: [string, SampleAugmentation][] = [];
    if (band) parts.push(["band", bandNoise.create(band, {}) as SampleAugmentation]);
    if (stripe) parts.push(["stripe", stripeNoise.create(stripe, {}) as SampleAugmentation]);
    if (deadline) parts.push(["deadline", deadlineNoise.create(deadline, {}) as SampleAugmentation]);
    if (impulse) parts.push(["impulse", impulseNoise.create(impulse, {}) as SampleAugmentation]);
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
        let y = spectralArray(toFloat64(x.data), x.shape, x.axis);
        for (const [name, noise] of parts) if (params[name]) y = noise.apply(y, params[name] as JsonObject);
        return x.dtype === "float64" ? y : spectralArray(toFloat32(y.data), x.shape, x.axis);
      },
    };
  },
});
