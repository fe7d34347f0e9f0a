import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { fallback } from "./kernels/fallback.ts";
import { paddingKernels, poolKernels } from "./kernels/padding.ts";

/** The name that tfjs-node registers under in tfjs. */
export const backendName = "tensorflow";

/** Kernels of tfjs-backend-cpu that work on texts or a canvas; nothing here needs them. */
const unsuited = new Set(["Draw", "StringNGrams", "StringSplit", "StringToHashBucketFast"]);

function replace(kernelName: string, kernelFunc: tf.KernelFunc): void {
  const old = tf.getKernel(kernelName, backendName);
  if (old) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ ...old, kernelName, backendName, kernelFunc });
}

/** Completes what tfjs-node has registered. Once after it was loaded. */
export function completeKernels(): void {
  for (const [name, wrapped] of Object.entries(paddingKernels)) {
    const original = tf.getKernel(name, backendName);
    if (original) replace(name, wrapped(original.kernelFunc, name));
  }
  for (const name of poolKernels) {
    const original = tf.getKernel(name, backendName);
    if (!original) continue;
    const plain = fallback(name);
    replace(name, (call) => (typeof call.attrs?.["pad"] === "string" ? original.kernelFunc(call) : plain(call)));
  }
  for (const { kernelName } of tf.getKernelsForBackend("cpu"))
    if (!unsuited.has(kernelName) && !tf.getKernel(kernelName, backendName)) replace(kernelName, fallback(kernelName));
}

/** Kernels that tfjs-backend-cpu has and this backend lacks. */
export const missingKernels = (): string[] =>
  tf
    .getKernelsForBackend("cpu")
    .map((k) => k.kernelName)
    .filter((name) => unsuited.has(name))
    .sort();
