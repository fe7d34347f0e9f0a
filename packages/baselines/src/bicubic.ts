import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fitInterpolation } from "./images/enlarge.ts";
import { cubicKernel } from "./images/interpolate.ts";

/** Options of `bicubic`. */
export const bicubicSchema = z.strictObject({
  a: z.array(z.number().min(-3).max(0)).min(1).max(20).default([-0.5, -0.75]).meta({
    description:
      "Parameters of the cubic to choose from: -0.5 as in MATLAB and Pillow, -0.75 as in OpenCV and PyTorch.",
    group: "choice",
  }),
});

/**
 * Bicubic interpolation of each band to the grid of the targets; beyond the border the image's last pixels are repeated. The
 * scale is that of the training samples. The cubic's parameter, and whether a coarse pixel stands for the centre of a block of
 * fine ones or for its first, are those with the least squared error on the training part.
 */
export const bicubic = defineComponent({
  kind: "baseline",
  name: "bicubic",
  summary: "Enlarge each band by cubic convolution.",
  reference: "Keys, IEEE Trans. Acoust. Speech Signal Process. 29 (1981) 1153",
  supports: { tasks: ["super-resolution"], data: ["cube"] },
  schema: bicubicSchema,
  create: ({ a }): Baseline => {
    const settings = a.map((value) => ({ a: value }));
    return { fit: (train) => fitInterpolation("bicubic", settings, (s) => cubicKernel(s.a), train) };
  },
});
