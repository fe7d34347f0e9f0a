import * as tf from "@tensorflow/tfjs-core";
import { defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { describeAdapter, findAdapter, isSoftware, limitsOf } from "./adapter.ts";
import type { WebGpu } from "./backend.ts";

export const webgpuBackendSchema = z.strictObject({
  adapter: z.string().min(1).optional().meta({
    description: "Node.js only: part of the name of the graphics adapter to take; absent = the one that Dawn prefers.",
    group: "device",
  }),
  power: z.enum(["high-performance", "low-power"]).default("high-performance").meta({
    description: "Which adapter to prefer where there are several.",
    group: "device",
  }),
  cache: z.int().min(0).default(1024).meta({
    description: "Memory of the graphics card that may be kept for the next tensors without being in use.",
    group: "device",
    unit: "MB",
  }),
});

let current: WebGpu | undefined;
let missingKernels: readonly string[] = [];

/**
 * TensorFlow.js on the graphics card: `navigator.gpu` in a browser, Dawn (the package `webgpu`) in Node.js. Kernels that
 * tfjs lacks there are WGSL of our own. Values are read asynchronously only.
 */
export const webgpuBackend = defineComponent({
  kind: "backend",
  name: "webgpu",
  summary: "Graphics cards by WebGPU, in browsers and in Node.js.",
  reference: "W3C, WebGPU, https://www.w3.org/TR/webgpu; Dawn, https://dawn.googlesource.com/dawn",
  schema: webgpuBackendSchema,
  create: ({ adapter: name, power, cache }) => ({
    name: "webgpu",
    probe: async () => {
      const found = await findAdapter({ adapter: name, power });
      if ("reason" in found) return { available: false, reason: found.reason };
      const { adapter } = found;
      const software = isSoftware(adapter.info);
      return {
        available: true,
        device: `${describeAdapter(adapter)}${software ? " (software)" : ""}`,
        software,
        limits: limitsOf(adapter),
      };
    },
    init: async () => {
      if (current && current.health.lost === undefined) {
        await tf.setBackend("webgpu");
        return;
      }
      const found = await findAdapter({ adapter: name, power });
      if ("reason" in found)
        throw new SpectraiError("SPECTRAI_BACKEND_UNAVAILABLE", `The webgpu backend cannot run: ${found.reason}.`);
      // tfjs and the kernels are loaded only now: to look at the adapter takes neither.
      const { start } = await import("./start.ts");
      ({ backend: current, missingKernels } = await start(found.adapter, cache * 1e6));
    },
    capabilities: () => ({ missingKernels, bf16: false, threads: 1 }),
    lost: () => current?.health.lost,
    dispose: () => {
      if (!current) return;
      current = undefined;
      tf.removeBackend("webgpu");
    },
  }),
});
