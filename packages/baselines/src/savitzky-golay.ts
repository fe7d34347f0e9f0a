import { type Baseline, defineComponent } from "@spectrai/core";
import { savitzkyGolayFilter } from "@spectrai/preprocess";
import { z } from "zod";
import { smoothingBaseline } from "./filter.ts";

const odd = z
  .int()
  .min(3)
  .max(1001)
  .refine((n) => n % 2 === 1, "A window must have an odd number of points.");

/** Options of `savitzky-golay`. */
export const savitzkyGolayBaselineSchema = z.strictObject({
  windows: z
    .array(odd)
    .min(1)
    .max(100)
    .default([5, 7, 9, 11, 13, 15, 17, 21, 25, 29, 33, 37, 43, 49, 55, 61])
    .meta({ description: "Windows to choose from.", group: "choice", unit: "points" }),
  orders: z.array(z.int().min(0).max(10)).min(1).max(11).default([1, 2, 3, 4]).meta({
    description: "Polynomial orders to choose from; those not below the window are left out.",
    group: "choice",
  }),
});

/** Savitzky-Golay smoothing with the window and order that serve the training part best. */
export const savitzkyGolayBaseline = defineComponent({
  kind: "baseline",
  name: "savitzky-golay",
  summary: "Smooth with the Savitzky-Golay window and order that are best on the training part.",
  reference: "Savitzky, Golay, Anal. Chem. 36 (1964) 1627",
  supports: { tasks: ["denoising", "calibration"] },
  schema: savitzkyGolayBaselineSchema,
  create: ({ windows, orders }): Baseline =>
    smoothingBaseline(
      "savitzky-golay",
      (points) =>
        windows.flatMap((window) =>
          orders.filter((order) => order < window && window <= points).map((order) => ({ window, order })),
        ),
      (points, { window, order }) => savitzkyGolayFilter(points, { window, order, derivative: 0 }),
    ),
});
