import { defineComponent, floatLike, type SampleAugmentation, type SpectralArray } from "@spectrai/core";
import { z } from "zod";
import { probabilityOption } from "./options.ts";
import { numberOf } from "./params.ts";
import { draw, rangeSchema } from "./range.ts";

export const spectralShiftSchema = z.strictObject({
  shift: rangeSchema(-1e9, 1e9).default([-0.1, 0.1]).meta({
    description:
      "How far to move the spectrum towards its first point: a fixed amount, or a pair to draw from uniformly.",
    group: "shift",
  }),
  unit: z.enum(["fraction", "points", "axis"]).default("fraction").meta({
    description: "Whether the shift counts in fractions of the length, in points, or in units of the spectral axis.",
    group: "shift",
  }),
  p: probabilityOption(1),
});

/**
 * Moves spectra `[L]`, or all pixels of a cube `[H, W, L]` alike, by a whole number of points along the axis; what comes in at the
 * end is the spectrum reflected there. Record: `{ points, of }`, the shift of a spectrum of `of` points; a target of
 * another length is shifted in proportion.
 */
export const spectralShift = defineComponent({
  kind: "augmentation",
  name: "spectral-shift",
  summary: "Shift spectra along the axis by a random amount and reflect them at the end.",
  schema: spectralShiftSchema,
  create: ({ shift, unit, p }): SampleAugmentation => ({
    scope: "sample",
    affects: "spectral",
    on: "both",
    sample({ axis: { values } }, random) {
      const of = values.length;
      const amount = draw(shift, random);
      if (!random.chance(p)) return null;
      const step =
        unit === "axis" ? Math.abs(values[of - 1]! - values[0]!) / (of - 1) : unit === "fraction" ? 1 / of : 1;
      // Adding 0 turns −0, which JSON does not keep, into 0.
      const points = Math.max(1 - of, Math.min(of - 1, Math.round(amount / step))) + 0;
      return { points, of };
    },
    apply: (x, params) =>
      shiftSpectra(x, Math.round((numberOf(params, "points") * x.shape.at(-1)!) / numberOf(params, "of"))),
  }),
});

/** Every spectrum moved by `points` towards its first point (a negative number: towards its last), reflected at the end. */
export function shiftSpectra(x: SpectralArray, points: number): SpectralArray {
  const n = x.shape.at(-1)!;
  const by = Math.max(1 - n, Math.min(n - 1, points));
  const data = floatLike(x.data, x.data.length);
  for (let at = 0; at < data.length; at += n) {
    data.set(x.data.subarray(at + Math.max(0, by), at + Math.min(n, n + by)), at + Math.max(0, -by));
    for (let i = n - by; i < n; i++) data[at + i] = x.data[at + 2 * (n - 1) - i - by]!;
    for (let i = 0; i < -by; i++) data[at + i] = x.data[at - i - by]!;
  }
  return { ...x, data };
}
