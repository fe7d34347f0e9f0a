import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { backendOn } from "./backend.ts";
import { nodeHost } from "./node-host.ts";

export const cudaBackendSchema = z.strictObject({
  device: z.int().min(0).optional().meta({
    description:
      "Number of the GPU, as nvidia-smi counts; where CUDA_VISIBLE_DEVICES is set, the place in that list. Absent = the first.",
    group: "device",
  }),
  precision: z.enum(["f32", "tf32"]).default("f32").meta({
    description:
      "With tf32, convolutions and matrix products round their factors to 10 bits of mantissa, which GPUs since Ampere do several times faster.",
    group: "device",
  }),
  memoryGrowth: z.boolean().default(true).meta({
    description:
      "Take the GPU's memory as it is needed and keep it; false = take nearly all of it at the start, so that no other program finds any.",
    group: "device",
  }),
  deterministic: z.boolean().default(false).meta({
    description:
      "Only such algorithms as give the same to the last digit from run to run, which may be slower; operations without one fail.",
    group: "device",
  }),
});

/** The options of the CUDA backend, resolved. */
export type CudaOptions = z.output<typeof cudaBackendSchema>;

/**
 * TensorFlow on an NVIDIA GPU, through `@tensorflow/tfjs-node-gpu`, which the user's project must have installed. Its kernels
 * are TensorFlow's; what they lack is made of them (convolutions with zeros of any number around) or done by
 * TensorFlow.js's plain JavaScript, with a copy out of the GPU and back.
 */
export const cudaBackend = defineComponent({
  kind: "backend",
  name: "cuda",
  summary: "TensorFlow on an NVIDIA GPU, by the package @tensorflow/tfjs-node-gpu.",
  reference: "https://github.com/tensorflow/tfjs/tree/master/tfjs-node",
  schema: cudaBackendSchema,
  create: (options) => backendOn(nodeHost(), options),
});
