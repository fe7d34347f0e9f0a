import * as tf from "@tensorflow/tfjs-core";
import { defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { describeAdapter, findAdapter, isSoftware, limitsOf } from "./adapter.ts";
import { backendName, WebGpu } from "./backend.ts";
import { openDevice } from "./device.ts";
import { missingKernels, registerKernels } from "./register.ts";

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

/**
 * TensorFlow.js on the graphics card: `navigator.gpu` in a browser, Dawn (the package `webgpu`) in Node.js. Kernels that
 * tfjs lacks there are WGSL of our own. Values are read asynchronously only.
 */
export const webgpuBackend = defineComponent({
  kind: "backend",
  name: backendName,
  summary: "Graphics cards by WebGPU, in browsers and in Node.js.",
  reference: "W3C, WebGPU, https://www.w3.org/TR/webgpu; Dawn, https://dawn.googlesource.com/dawn",
  schema: webgpuBackendSchema,
  create: ({ adapter: name, power, cache }) => ({
    name: backendName,
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
        await tf.setBackend(backendName);
        return;
      }
      const found = await findAdapter({ adapter: name, power });
      if ("reason" in found)
        throw new SpectraiError("SPECTRAI_BACKEND_UNAVAILABLE", `The webgpu backend cannot run: ${found.reason}.`);
      const device = await openDevice(found.adapter);
      registerKernels();
      const backend = withNavigator(() => new WebGpu(device, found.adapter.info, cache * 1e6));
      current = backend;
      // In a browser tfjs has registered its own when it was imported; a device that was lost is given up.
      if (tf.findBackendFactory(backendName)) tf.removeBackend(backendName);
      tf.registerBackend(backendName, () => backend, 3);
      await tf.setBackend(backendName);
    },
    capabilities: () => ({ missingKernels: missingKernels(), bf16: false, threads: 1 }),
    lost: () => current?.health.lost,
    dispose: () => {
      if (!current) return;
      current = undefined;
      tf.removeBackend(backendName);
    },
  }),
});

/** tfjs makes its backend only where a global `navigator` has WebGPU, which it has in browsers alone. */
function withNavigator<T>(make: () => T): T {
  if ("navigator" in globalThis && "gpu" in navigator) return make();
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { gpu: true }, configurable: true });
  try {
    return make();
  } finally {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
}
