import {
  type Axis,
  axisUnits,
  defineComponent,
  linearAxis,
  makeAxis,
  SpectraiError,
  type Transform,
} from "@spectrai/core";
import { z } from "zod";
import { interpolations, interpolator } from "./kernels/interpolation.ts";
import { perAxis } from "./steps/memo.ts";
import { mapSpectra, spectrumStep } from "./steps/spectra.ts";
import { linearTensor } from "./steps/tensors.ts";

export const resampleSchema = z
  .strictObject({
    start: z.number().optional().meta({
      description: "First value of the new axis, in axis units; absent = that of the data's axis.",
      group: "axis",
    }),
    stop: z.number().optional().meta({
      description: "Last value of the new axis, in axis units; absent = that of the data's axis.",
      group: "axis",
    }),
    points: z.int().min(2).max(1_000_000).optional().meta({
      description: "Evenly spaced points of the new axis; absent = as many as the data have.",
      group: "axis",
      unit: "points",
    }),
    values: z.array(z.number()).min(1).max(1_000_000).optional().meta({
      description: "The new axis itself, rising or falling throughout, in place of start, stop and points.",
      group: "axis",
    }),
    unit: z.enum(axisUnits).optional().meta({
      description: "The unit these values are in, checked against the data's; absent = the data's own.",
      group: "axis",
    }),
    method: z.enum(interpolations).default("linear").meta({
      description:
        "How to interpolate: linear, cubic spline with not-a-knot ends, natural cubic spline, or monotone cubic (pchip), which cannot overshoot.",
      group: "interpolation",
    }),
  })
  .refine(({ values, start, stop, points }) => !values || (start ?? stop ?? points) === undefined, {
    path: ["values"],
    message: "takes the place of start, stop and points; give one or the other",
  });

/**
 * Interpolates every spectrum of `[L]` or `[H, W, L]` at the points of another axis. Without options: at as many evenly
 * spaced points as it has.
 *
 * @throws SPECTRAI_DATA_AXIS when the new axis reaches beyond the data's, or is stated in another unit
 */
export const resample = defineComponent({
  kind: "transform",
  name: "resample",
  summary: "Interpolate spectra at the points of another axis.",
  schema: resampleSchema,
  create: (options): Transform => {
    const plan = perAxis((axis) => {
      const target = targetAxis(axis, options);
      const kernel = interpolator(axis.values, target.values, options.method);
      return { axis: target, step: spectrumStep(kernel, axis.values.length, target.values.length) };
    });
    return {
      affects: "spectral",
      axis: (axis) => plan(axis).axis,
      apply(x) {
        const { axis, step } = plan(x.axis);
        return mapSpectra(x, step, axis);
      },
      // The monotone interpolation goes by cases and is not linear in the values.
      ...(options.method === "pchip"
        ? {}
        : {
            tensor: linearTensor((from) => {
              const { axis, step } = plan(from);
              return { kernel: step.kernel, points: axis.values.length };
            }),
          }),
    };
  },
});

function targetAxis(axis: Axis, { start, stop, points, values, unit }: z.output<typeof resampleSchema>): Axis {
  if (unit && unit !== axis.unit)
    throw new SpectraiError(
      "SPECTRAI_DATA_AXIS",
      `The new axis is stated in ${unit}, but the data's is in ${axis.unit}; state it in ${axis.unit}.`,
    );
  if (values) return makeAxis(Float64Array.from(values), axis.unit, axis.name);
  const n = axis.values.length;
  const even = linearAxis(start ?? axis.values[0]!, stop ?? axis.values[n - 1]!, points ?? n, axis.unit);
  return { ...even, name: axis.name };
}
