import { defineComponent, type SampleAugmentation } from "@spectrai/core";
import { z } from "zod";
import { dataRangeOption, levelUnit, mapValues, noiseSeed, noiseStream } from "./noise.ts";
import { probabilityOption } from "./options.ts";
import { numberOf } from "./params.ts";
import { draw, rangeSchema } from "./range.ts";

export const gaussianNoiseSchema = z.strictObject({
  sigma: rangeSchema(0, 1e6).default([0, 10]).meta({
    description:
      "Standard deviation, on a scale where the data range is 255: a fixed one, or a pair to draw from uniformly.",
    group: "noise",
  }),
  dataRange: dataRangeOption,
  p: probabilityOption(1),
});

/** Adds independent normal noise of one standard deviation to every value of the input. Record: `{ seed, sigma }`, in units of the data. */
export const gaussianNoise = defineComponent({
  kind: "augmentation",
  name: "gaussian-noise",
  summary: "Add normal noise of one strength to all values of the input.",
  schema: gaussianNoiseSchema,
  create: ({ sigma, dataRange, p }): SampleAugmentation => ({
    scope: "sample",
    affects: "value",
    on: "input",
    sample(x, random) {
      const level = draw(sigma, random);
      const seed = noiseSeed(random);
      return random.chance(p) ? { seed, sigma: level * levelUnit(x, dataRange) } : null;
    },
    apply(x, params) {
      const random = noiseStream(params);
      const deviation = numberOf(params, "sigma");
      return mapValues(x, (v) => v + deviation * random.normal());
    },
  }),
});
