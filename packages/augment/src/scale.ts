import { defineComponent, type SampleAugmentation } from "@spectrai/core";
import { z } from "zod";
import { mapValues } from "./noise.ts";
import { probabilityOption } from "./options.ts";
import { numberOf } from "./params.ts";
import { draw, rangeSchema } from "./range.ts";

export const scaleSchema = z.strictObject({
  factor: rangeSchema(1e-6, 1e6).default([0.8, 1.25]).meta({
    description: "What to multiply the sample by: a fixed factor, or a pair to draw from.",
    group: "intensity",
  }),
  p: probabilityOption(1),
});

/**
 * Multiplies a spectrum `[L]` or a whole cube `[H, W, L]`, and a spectral target alike, by one factor, drawn uniformly in
 * its logarithm, so that halving is as likely as doubling. Record: `{ factor }`.
 */
export const scale = defineComponent({
  kind: "augmentation",
  name: "scale",
  summary: "Multiply a sample by a random factor.",
  schema: scaleSchema,
  create: ({ factor, p }): SampleAugmentation => {
    const logarithm =
      typeof factor === "number" ? Math.log(factor) : ([Math.log(factor[0]), Math.log(factor[1])] as const);
    return {
      scope: "sample",
      affects: "value",
      on: "both",
      sample(_, random) {
        const drawn = Math.exp(draw(logarithm, random));
        return random.chance(p) ? { factor: typeof factor === "number" ? factor : drawn } : null;
      },
      apply(x, params) {
        const by = numberOf(params, "factor");
        return mapValues(x, (v) => v * by);
      },
    };
  },
});
