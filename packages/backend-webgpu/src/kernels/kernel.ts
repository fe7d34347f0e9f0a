import * as tf from "@tensorflow/tfjs-core";
import { backendName, type WebGpu } from "../backend.ts";

/** What tfjs calls a kernel with. Kernels of several tensors get a list in place of the record. */
export interface Call {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly backend: WebGpu;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Registers a kernel in place of tfjs's own, where that has one of the name. */
export function replace(kernelName: string, kernel: (call: Call) => tf.TensorInfo | tf.TensorInfo[]): void {
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ kernelName, backendName, kernelFunc: kernel as unknown as tf.KernelFunc });
}
