import { type Axis, axisUnits, defineComponent, SpectraiError, type Transform } from "@spectrai/core";
import { z } from "zod";
import { cropRange } from "./crop.ts";
import { perAxis } from "./steps/memo.ts";
import { pickedTensor } from "./steps/tensors.ts";
import { pickPoints } from "./steps/window.ts";

export const pickBandsSchema = z.strictObject({
  bands: z.array(z.int().min(0)).max(1_000_000).default([]).meta({
    description: "Bands by their index, from 0, in any order.",
    group: "bands",
  }),
  ranges: z
    .array(z.tuple([z.number(), z.number()]).refine(([from, to]) => from <= to, "the lower end of a range comes first"))
    .max(10_000)
    .default([])
    .meta({
      description: "Bands by pairs [from, to]: both inclusive in axis units, the second exclusive in band indices.",
      group: "bands",
    }),
  unit: z.enum(axisUnits).optional().meta({
    description:
      "The unit of the ranges: the data's own axis unit, or `index` to count bands; absent = the axis's own.",
    group: "bands",
  }),
  mode: z.enum(["keep", "drop"]).default("keep").meta({
    description: "Whether to keep the named bands alone, or all others; where none are named all stay.",
    group: "bands",
  }),
});

/**
 * Keeps some bands of `[L]` or `[H, W, L]`, named by index and by ranges of the axis, in the order of the axis; or drops those,
 * such as the bands of water.
 *
 * @throws SPECTRAI_DATA_AXIS when a band does not exist, a range holds none or is in another unit, or no band would be left
 */
export const pickBands = defineComponent({
  kind: "transform",
  name: "pick-bands",
  summary: "Keep or drop bands, by a list of indices or by ranges of the spectral axis.",
  schema: pickBandsSchema,
  create: (options): Transform => {
    const plan = perAxis((axis) => {
      const source = pickedBands(axis, options);
      const kept: Axis = { ...axis, values: Float64Array.from(source, (i) => axis.values[i]!) };
      return { source, axis: kept };
    });
    return {
      affects: "spectral",
      axis: (axis) => plan(axis).axis,
      apply(x) {
        const { source, axis } = plan(x.axis);
        return pickPoints(x, source, axis);
      },
      tensor: (x, axis) => pickedTensor(x, plan(axis).source),
    };
  },
});

function pickedBands(axis: Axis, { bands, ranges, unit, mode }: z.output<typeof pickBandsSchema>): Int32Array {
  const n = axis.values.length;
  const all = Int32Array.from({ length: n }, (_, i) => i);
  if (bands.length === 0 && ranges.length === 0) return all;
  const named = new Uint8Array(n);
  for (const band of bands) {
    if (band >= n)
      throw new SpectraiError(
        "SPECTRAI_DATA_AXIS",
        `There is no band ${band} among the ${n} of these data (0 to ${n - 1}); name bands that exist.`,
      );
    named[band] = 1;
  }
  for (const [start, stop] of ranges) {
    const { from, to } = cropRange(axis, { start, stop, unit });
    named.fill(1, from, to);
  }
  const picked = all.filter((i) => (named[i] === 1) === (mode === "keep"));
  if (picked.length === 0)
    throw new SpectraiError("SPECTRAI_DATA_AXIS", `All ${n} bands are named to be dropped; leave some.`);
  return picked;
}
