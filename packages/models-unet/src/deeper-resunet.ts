import * as tf from "@tensorflow/tfjs-core";
import { defineComponent, SpectraiError } from "@spectrai/core";
import { networkModel, parameterScope } from "@spectrai/nn";
import { z } from "zod";
import { deeperNetwork } from "./deeper-network.ts";

export const deeperResunetSchema = z.strictObject({
  width: z.int().min(1).max(1024).default(64).meta({
    description: "Filters of the finest level, doubled at each of the two coarser ones.",
    group: "architecture",
  }),
  convolutions: z.int().min(1).max(16).default(3).meta({
    description: "Convolutions inside each residual connection.",
    group: "architecture",
  }),
  denseLayers: z.int().min(0).max(8).default(3).meta({
    description: "Dense layers over the whole spectrum at the end.",
    group: "architecture",
  }),
  batchNorm: z.boolean().default(false).meta({
    description: "Batch norm after each activation of a convolution.",
    group: "architecture",
  }),
});

/** DeepeR's denoiser, for spectra of one length: 2.08 million parameters at 500 points. */
export const deeperResunet = defineComponent({
  kind: "model",
  name: "deeper-resunet",
  summary: "DeepeR's ResUNet: residual convolutions on three levels, then dense layers over the whole spectrum.",
  reference: "Horgan et al., Anal. Chem. 93, 15850, 2021.",
  supports: { tasks: ["denoising", "calibration"], data: ["spectrum"] },
  schema: deeperResunetSchema,
  create: ({ width, ...options }) => ({
    build(spec, init) {
      const points = spec.input[0]!;
      if (spec.data !== "spectrum" || spec.output.kind !== "spectral" || spec.output.shape[0] !== points || points < 4)
        throw new SpectraiError(
          "SPECTRAI_TASK_UNSUITABLE",
          `model: deeper-resunet maps spectra of at least 4 points to spectra of as many; it was asked for [${spec.input.join(", ")}] → ${
            spec.output.kind === "spectral" ? `[${spec.output.shape.join(", ")}]` : spec.output.kind
          }.`,
        );
      const scope = parameterScope(init);
      const network = deeperNetwork(scope, { ...options, points, filters: [width, 2 * width, 4 * width] });
      return networkModel(scope, (x, context) => tf.squeeze(network(tf.expandDims(x, 2), context), [2]), {
        head: ["linear7"],
      });
    },
  }),
});
