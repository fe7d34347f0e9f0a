import * as tf from "@tensorflow/tfjs-core";
import { backendName, WebGpu } from "./backend.ts";
import { openDevice } from "./device.ts";
import { missingKernels, registerKernels } from "./register.ts";

export interface Started {
  readonly backend: WebGpu;
  /** Kernels that tfjs-backend-cpu has and this backend lacks. */
  readonly missingKernels: readonly string[];
}

/**
 * Opens an adapter's device and makes it tfjs's current backend.
 *
 * @param kept - bytes of free buffers that may be kept
 */
export async function start(adapter: GPUAdapter, kept: number): Promise<Started> {
  const device = await openDevice(adapter);
  registerKernels();
  const backend = withNavigator(() => new WebGpu(device, adapter.info, kept));
  // In a browser tfjs has registered its own when it was imported; a device that was lost is given up.
  if (tf.findBackendFactory(backendName)) tf.removeBackend(backendName);
  tf.registerBackend(backendName, () => backend, 3);
  await tf.setBackend(backendName);
  return { backend, missingKernels: missingKernels() };
}

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
