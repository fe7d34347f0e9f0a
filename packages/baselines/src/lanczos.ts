import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fitInterpolation } from "./images/enlarge.ts";
import { lanczosKernel } from "./images/interpolate.ts";

/** Options of `lanczos`. */
export const lanczosSchema = z.strictObject({
  lobes: z
    .array(z.int().min(1).max(10))
    .min(1)
    .max(10)
    .default([3])
    .meta({ description: "Numbers of lobes of the kernel to choose from.", group: "choice" }),
});

/**
 * Lanczos interpolation of each band to the grid of the targets; beyond the border the image's last pixels are repeated. The
 * scale is that of the training samples; whether a coarse pixel stands for the centre of a block of fine ones or for its first
 * is chosen by the squared error on the training part.
 */
export const lanczos = defineComponent({
  kind: "baseline",
  name: "lanczos",
  summary: "Enlarge each band by Lanczos' windowed sinc.",
  reference: "Duchon, J. Appl. Meteorol. 18 (1979) 1016",
  supports: { tasks: ["super-resolution"], data: ["cube"] },
  schema: lanczosSchema,
  create: ({ lobes }): Baseline => {
    const settings = lobes.map((value) => ({ lobes: value }));
    return { fit: (train) => fitInterpolation("lanczos", settings, (s) => lanczosKernel(s.lobes), train) };
  },
});
