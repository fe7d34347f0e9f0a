import { availableParallelism, totalmem } from "node:os";
import * as tf from "@tensorflow/tfjs-core";
import { defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { OnednnBackend } from "./backend.ts";
import { rememberChoices } from "./choices.ts";
import { backendName } from "./kernels/kernel.ts";
import { loadNative, type Native } from "./native.ts";
import { missingKernels, registerKernels } from "./register.ts";

export const onednnBackendSchema = z.strictObject({
  threads: z.int().min(1).max(1024).optional().meta({
    description: "Threads to compute on; absent = one for every core that the process may use.",
    group: "device",
  }),
  precision: z.enum(["f32", "bf16"]).default("f32").meta({
    description:
      "bf16: convolutions and matrix products multiply in bfloat16 and add in float32, where the processor has it; weights stay float32.",
    group: "device",
  }),
  cache: z.int().min(0).optional().meta({
    description:
      "Memory that may be kept for the next tensors without being in use; absent = a quarter of the machine's.",
    group: "device",
    unit: "MB",
  }),
});

const threadsOf = (threads: number | undefined): number => threads ?? availableParallelism();

/** The addon and whether it can do what is asked for. */
function find(precision: "f32" | "bf16"): { readonly native: Native } | { readonly reason: string } {
  const found = loadNative();
  if ("reason" in found) return found;
  if (precision === "bf16" && !found.native.describe().bf16)
    return { reason: "this processor does not compute in bf16; set precision: f32" };
  return found;
}

let current: OnednnBackend | undefined;

/**
 * TensorFlow.js on the processor's own instructions: convolutions and matrix products by oneDNN, the rest in C++ loops,
 * on several threads. Tensors lie in native memory, channels last, and are seen from JavaScript without a copy.
 */
export const onednnBackend = defineComponent({
  kind: "backend",
  name: backendName,
  summary: "Native CPU: oneDNN and C++ on all cores.",
  reference: "oneAPI Deep Neural Network Library (oneDNN), https://github.com/oneapi-src/oneDNN",
  schema: onednnBackendSchema,
  create: ({ threads, precision, cache }) => ({
    name: backendName,
    probe: () => {
      const found = find(precision);
      if ("reason" in found) return Promise.resolve({ available: false, reason: found.reason });
      const { version, loops } = found.native.describe();
      const count = threadsOf(threads);
      return Promise.resolve({
        available: true,
        device: `oneDNN ${version}, ${loops === "base" ? "baseline" : loops}, ${precision}, ${count} thread${count > 1 ? "s" : ""}`,
      });
    },
    init: async () => {
      const found = find(precision);
      if ("reason" in found)
        throw new SpectraiError("SPECTRAI_BACKEND_UNAVAILABLE", `The onednn backend cannot run: ${found.reason}.`);
      registerKernels();
      const { native } = found;
      native.configure(threadsOf(threads), precision === "bf16" ? 1 : 0);
      native.limits(totalmem(), cache === undefined ? totalmem() / 4 : cache * 2 ** 20);
      await rememberChoices(native);
      current ??= new OnednnBackend(native);
      current.bf16 = precision === "bf16";
      const backend = current;
      if (!tf.findBackend(backendName)) tf.registerBackend(backendName, () => backend, 4);
      await tf.setBackend(backendName);
    },
    capabilities: () => ({
      missingKernels: missingKernels(),
      bf16: "native" in find("bf16"),
      threads: threadsOf(threads),
    }),
  }),
});
