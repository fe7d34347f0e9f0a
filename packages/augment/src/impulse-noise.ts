import { defineComponent, type SampleAugmentation } from "@spectrai/core";
import { z } from "zod";
import { bandShareOption, drawSome } from "./lines.ts";
import { dataRangeOption, extremes, mapValues, noiseSeed, noiseStream } from "./noise.ts";
import { probabilityOption } from "./options.ts";
import { numberOf, numbersOf } from "./params.ts";

export const impulseNoiseSchema = z.strictObject({
  bands: bandShareOption,
  amounts: z.array(z.number().min(0).max(1)).min(1).max(1000).default([0.1, 0.3, 0.5, 0.7]).meta({
    description: "Shares of changed values, of which every band that is hit draws one.",
    group: "noise",
  }),
  salt: z.number().min(0).max(1).default(0.5).meta({
    description: "Share of the changed values that become the highest; the others become the lowest.",
    group: "noise",
  }),
  dataRange: dataRangeOption.meta({
    description: "The highest value, with 0 as the lowest; auto = largest and smallest value of the sample.",
    group: "scale",
  }),
  p: probabilityOption(1),
});

/**
 * Replaces values of some bands by the highest or the lowest (salt and pepper). Record: `{ seed, bands, amounts, salt, low,
 * high }`, in units of the data.
 */
export const impulseNoise = defineComponent({
  kind: "augmentation",
  name: "impulse-noise",
  summary: "Replace values of some bands of the input by the highest or lowest value (salt and pepper).",
  schema: impulseNoiseSchema,
  create: ({ bands, amounts, salt, dataRange, p }): SampleAugmentation => ({
    scope: "sample",
    affects: "value",
    on: "input",
    sample(x, random) {
      const seed = noiseSeed(random);
      if (!random.chance(p)) return null;
      const { low, high } = dataRange === "auto" ? extremes(x) : { low: 0, high: dataRange };
      return { seed, bands, amounts, salt, low, high };
    },
    apply(x, params) {
      const random = noiseStream(params);
      const choice = numbersOf(params, "amounts");
      const share = numberOf(params, "salt");
      const low = numberOf(params, "low");
      const high = numberOf(params, "high");
      const length = x.shape.at(-1)!;
      const amount = new Float64Array(length);
      for (const band of drawSome(length, numberOf(params, "bands"), random))
        amount[band] = choice[random.integer(choice.length)]!;
      return mapValues(x, (v, i) => {
        const hit = amount[i % length]!;
        if (hit === 0 || !random.chance(hit)) return v;
        return random.chance(share) ? high : low;
      });
    },
  }),
});
