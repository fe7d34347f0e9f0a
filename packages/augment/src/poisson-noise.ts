import { defineComponent, type SampleAugmentation } from "@spectrai/core";
import { z } from "zod";
import { extremes, mapValues, noiseSeed, noiseStream } from "./noise.ts";
import { probabilityOption } from "./options.ts";
import { numberOf } from "./params.ts";
import { draw, rangeSchema } from "./range.ts";

export const poissonNoiseSchema = z.strictObject({
  peak: rangeSchema(1e-3, 1e9).default([100, 1000]).meta({
    description:
      "Counts at the largest value of the sample, the fewer the noisier: a fixed number, or a pair to draw from uniformly.",
    group: "noise",
    unit: "counts",
  }),
  p: probabilityOption(1),
});

/**
 * Shot noise: each value v becomes Poisson(g v) / g, with the gain g that brings the largest value to the drawn number of counts.
 * Values of 0 or below count nothing and stay. Record: `{ seed, gain }`, in counts per unit of the data.
 */
export const poissonNoise = defineComponent({
  kind: "augmentation",
  name: "poisson-noise",
  summary: "Replace the values of the input by Poisson counts around them (shot noise).",
  schema: poissonNoiseSchema,
  create: ({ peak, p }): SampleAugmentation => ({
    scope: "sample",
    affects: "value",
    on: "input",
    sample(x, random) {
      const counts = draw(peak, random);
      const seed = noiseSeed(random);
      const { high } = extremes(x);
      return random.chance(p) && high > 0 ? { seed, gain: counts / high } : null;
    },
    apply(x, params) {
      const random = noiseStream(params);
      const gain = numberOf(params, "gain");
      return mapValues(x, (v) => (v > 0 ? random.poisson(v * gain) / gain : v));
    },
  }),
});
