import { type Axis, defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { savitzkyGolayFilter } from "./kernels/savitzky-golay.ts";
import { linearTransform } from "./steps/value.ts";

export const savitzkyGolaySchema = z
  .strictObject({
    window: z
      .int()
      .min(1)
      .max(10_001)
      .default(9)
      .refine((n) => n % 2 === 1, "must be odd")
      .meta({ description: "Points of the moving window; odd.", group: "window", unit: "points" }),
    order: z.int().min(0).max(12).default(2).meta({
      description: "Order of the polynomial fitted to each window; below the number of its points.",
      group: "window",
    }),
    derivative: z.int().min(0).max(12).default(0).meta({
      description: "Which derivative to give; 0 smooths.",
      group: "derivative",
    }),
    per: z.enum(["point", "axis"]).default("point").meta({
      description: "Whether a derivative is per point or per unit of an evenly spaced axis.",
      group: "derivative",
    }),
  })
  .refine(({ order, window }) => order < window, {
    path: ["order"],
    message: "must be below the number of points of the window",
  });

/**
 * Savitzky-Golay smoothing or differentiation of every spectrum of `[L]` or `[H, W, L]`; edges from the polynomial of the
 * first and last whole window.
 *
 * @throws SPECTRAI_DATA_LENGTH when spectra are shorter than the window
 * @throws SPECTRAI_DATA_AXIS when a derivative per axis unit is asked for and the axis is not evenly spaced (to 1 %)
 */
export const savitzkyGolay = defineComponent({
  kind: "transform",
  name: "savitzky-golay",
  summary: "Smooth or differentiate spectra by polynomials fitted to a moving window.",
  reference: "A. Savitzky and M. Golay, Anal. Chem. 36 (1964) 1627",
  schema: savitzkyGolaySchema,
  create: (options) =>
    linearTransform((axis) =>
      savitzkyGolayFilter(
        axis.values.length,
        options,
        options.per === "axis" && options.derivative > 0 ? spacing(axis) : 1,
      ),
    ),
});

/** Points of an axis may stray by this share of their distance before it is no longer even. */
const unevenness = 0.01;

function spacing({ values, unit }: Axis): number {
  const step = (values.at(-1)! - values[0]!) / (values.length - 1);
  for (let i = 1; i < values.length; i++)
    if (Math.abs(values[i]! - values[i - 1]! - step) > unevenness * Math.abs(step))
      throw new SpectraiError(
        "SPECTRAI_DATA_AXIS",
        `A derivative per ${unit} needs an evenly spaced axis, but the step at point ${i} is ${values[i]! - values[i - 1]!} where ${step} is the mean; resample first.`,
      );
  return step;
}
