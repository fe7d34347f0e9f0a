import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";

export const cpuBackendSchema = z.strictObject({});

/** TensorFlow.js in plain JavaScript: runs wherever JavaScript runs, one thread, the reference for other backends. */
export const cpuBackend = defineComponent({
  kind: "backend",
  name: "cpu",
  summary: "Plain JavaScript: runs everywhere, slow.",
  schema: cpuBackendSchema,
  create: () => ({
    name: "cpu",
    probe: () => Promise.resolve({ available: true, device: "JavaScript, 1 thread" }),
    init: async () => {
      if (!(await tf.setBackend("cpu")))
        throw new SpectraiError(
          "SPECTRAI_BACKEND_UNAVAILABLE",
          "The cpu backend of TensorFlow.js could not be started.",
        );
      await tf.ready();
      // On its first use in Node.js it would print an advertisement.
      (tf.backend() as { firstUse?: boolean }).firstUse = false;
    },
    // Kernels are missing in comparison with this backend, so none are.
    capabilities: () => ({ missingKernels: [], bf16: false, threads: 1 }),
  }),
});
