import { defineComponent, type SampleAugmentation } from "@spectrai/core";
import { z } from "zod";
import { dataRangeOption, levelUnit, mapValues, noiseSeed, noiseStream } from "./noise.ts";
import { probabilityOption } from "./options.ts";
import { numbersOf } from "./params.ts";

export const bandNoiseSchema = z.strictObject({
  sigmas: z.array(z.number().min(0).max(1e6)).min(1).max(1000).default([10, 30, 50, 70]).meta({
    description: "Standard deviations that every band draws one of, on a scale where the data range is 255.",
    group: "noise",
  }),
  dataRange: dataRangeOption,
  p: probabilityOption(1),
});

/**
 * Adds normal noise whose standard deviation differs from band to band, drawn for each from a list (the non-iid case of
 * Wei, Fu and Huang, IEEE TNNLS 32 (2021) 363). Record: `{ seed, sigmas }`, in units of the data.
 */
export const bandNoise = defineComponent({
  kind: "augmentation",
  name: "band-noise",
  summary: "Add normal noise of another strength to every band of the input.",
  schema: bandNoiseSchema,
  create: ({ sigmas, dataRange, p }): SampleAugmentation => ({
    scope: "sample",
    affects: "value",
    on: "input",
    sample(x, random) {
      const seed = noiseSeed(random);
      if (!random.chance(p)) return null;
      const unit = levelUnit(x, dataRange);
      return { seed, sigmas: sigmas.map((sigma) => sigma * unit) };
    },
    apply(x, params) {
      const random = noiseStream(params);
      const choice = numbersOf(params, "sigmas");
      const bands = x.shape.at(-1)!;
      const deviation = Float64Array.from({ length: bands }, () => choice[random.integer(choice.length)]!);
      return mapValues(x, (v, i) => v + deviation[i % bands]! * random.normal());
    },
  }),
});
