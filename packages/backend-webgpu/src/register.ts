import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgpu";
import { backendName } from "./backend.ts";

let done = false;

/** Completes and speeds up the kernels of tfjs-backend-webgpu. Repeating it has no effect. */
export function registerKernels(): void {
  if (done) return;
  done = true;
}

/** Kernels that tfjs-backend-cpu has and this backend lacks. */
export const missingKernels = (): string[] => {
  registerKernels();
  return tf
    .getKernelsForBackend("cpu")
    .map((k) => k.kernelName)
    .filter((name) => !tf.getKernel(name, backendName))
    .sort();
};
