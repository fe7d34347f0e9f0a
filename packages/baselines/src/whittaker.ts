import { type Baseline, defineComponent } from "@spectrai/core";
import { penalizedSolver } from "@spectrai/preprocess";
import { z } from "zod";
import { smoothingBaseline } from "./filter.ts";

/** Options of `whittaker`. */
export const whittakerBaselineSchema = z.strictObject({
  lambdas: z
    .array(z.number().positive().max(1e15))
    .min(1)
    .max(100)
    .default([0.1, 0.3, 1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 3e4, 1e5, 1e6])
    .meta({ description: "Penalties on roughness to choose from.", group: "choice" }),
  order: z
    .int()
    .min(1)
    .max(3)
    .default(2)
    .meta({ description: "Order of the differences that are penalized.", group: "choice" }),
});

/** Whittaker's smoother, min Σ (y − z)² + λ Σ (Δᵏ z)², with the λ that serves the training part best. */
export const whittakerBaseline = defineComponent({
  kind: "baseline",
  name: "whittaker",
  summary: "Smooth by penalized least squares with the penalty that is best on the training part.",
  reference: "Eilers, Anal. Chem. 75 (2003) 3631",
  supports: { tasks: ["denoising", "calibration"] },
  schema: whittakerBaselineSchema,
  create: ({ lambdas, order }): Baseline =>
    smoothingBaseline(
      "whittaker",
      (points) => (points > order ? lambdas.map((lambda) => ({ lambda })) : []),
      (points, { lambda }) => {
        const solver = penalizedSolver(points, order);
        const weights = new Float64Array(points).fill(1);
        return (y, out) => solver.solve(y, weights, lambda, out);
      },
    ),
});
