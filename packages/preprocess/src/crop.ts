import { type Axis, axisUnits, defineComponent, floatLike, SpectraiError, type Transform } from "@spectrai/core";
import { z } from "zod";
import { span } from "./steps/image.ts";
import { perAxis } from "./steps/memo.ts";
import { pickedTensor } from "./steps/tensors.ts";

export const cropSchema = z.strictObject({
  start: z.number().optional().meta({
    description: "Where the part to keep begins; absent = at the end of the axis with the lower value.",
    group: "range",
  }),
  stop: z.number().optional().meta({
    description:
      "Where the part to keep ends: inclusive in axis units, exclusive in point indices; absent = at the end with the higher value.",
    group: "range",
  }),
  unit: z.enum(axisUnits).optional().meta({
    description:
      "The unit of start and stop: the data's own axis unit, or `index` to count points; absent = the axis's own.",
    group: "range",
  }),
});

/**
 * Keeps the points of `[L]` or `[H, W, L]` between two values of the spectral axis, or between two indices.
 *
 * @throws SPECTRAI_DATA_AXIS when the unit is not the axis's, or nothing would be left
 */
export const crop = defineComponent({
  kind: "transform",
  name: "crop",
  summary: "Keep a part of the spectral axis, stated in axis units or in point indices.",
  schema: cropSchema,
  create: (options): Transform => {
    const range = perAxis((axis) => {
      const { from, to } = cropRange(axis, options);
      const kept: Axis = { ...axis, values: axis.values.slice(from, to) };
      return { from, to, axis: kept };
    });
    return {
      affects: "spectral",
      axis: (axis) => range(axis).axis,
      apply(x) {
        const { from, to, axis } = range(x.axis);
        const length = x.axis.values.length;
        const kept = to - from;
        const data = floatLike(x.data, (x.data.length / length) * kept);
        for (let at = 0, s = from; at < data.length; at += kept, s += length)
          for (let i = 0; i < kept; i++) data[at + i] = x.data[s + i]!;
        return { ...x, data, shape: [...x.shape.slice(0, -1), kept], axis };
      },
      tensor(x, axis) {
        const { from, to } = range(axis);
        return pickedTensor(x, span(from, to - from));
      },
    };
  },
});

/** The indices `from` (inclusive) to `to` (exclusive) that a crop keeps of an axis, whichever way it runs. */
export function cropRange(
  axis: Axis,
  { start = -Infinity, stop = Infinity, unit = axis.unit }: z.output<typeof cropSchema>,
): { readonly from: number; readonly to: number } {
  const { values } = axis;
  if (unit !== "index" && unit !== axis.unit)
    throw new SpectraiError(
      "SPECTRAI_DATA_AXIS",
      `The crop is stated in ${unit}, but the spectral axis is in ${axis.unit}; state it in ${axis.unit} or in index.`,
    );
  const inside = (i: number): boolean =>
    unit === "index" ? i >= start && i < stop : values[i]! >= start && values[i]! <= stop;
  let from = 0;
  let to = values.length;
  while (from < to && !inside(from)) from++;
  while (to > from && !inside(to - 1)) to--;
  if (from < to) return { from, to };
  const [low, high] = unit === "index" ? [0, values.length] : [values[0], values.at(-1)].sort((a, b) => a! - b!);
  throw new SpectraiError(
    "SPECTRAI_DATA_AXIS",
    `A crop from ${start} to ${stop} ${unit} leaves no point of an axis from ${low} to ${high}; choose a range inside it.`,
  );
}
