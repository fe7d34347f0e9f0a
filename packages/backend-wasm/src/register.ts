import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { replace } from "./heap.ts";
import { batchMatMul, fusedMatMul } from "./kernels/batch-mat-mul.ts";
import {
  conv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  conv3D,
  conv3DBackpropFilter,
  conv3DBackpropInput,
  fusedConv2D,
} from "./kernels/conv.ts";
import { registerElementwise } from "./kernels/elementwise.ts";
import { fallback } from "./kernels/fallback.ts";
import { registerMoves } from "./kernels/move.ts";
import { registerPooling } from "./kernels/pool.ts";
import { registerReductions } from "./kernels/reduce.ts";
import { registerSpaceToBatch } from "./kernels/space-to-batch.ts";

/** Kernels of tfjs-backend-cpu that need complex numbers, strings or a canvas; wasm has none of these. */
const unsuited = new Set(["Complex", "ComplexAbs", "Real", "Imag", "FFT", "IFFT", "StaticRegexReplace", "Draw"]);

let done = false;

/** Completes and speeds up the kernels of tfjs-backend-wasm. Must run before the backend is made; once is enough. */
export function registerKernels(): void {
  if (done) return;
  done = true;
  replace("BatchMatMul", batchMatMul);
  replace("_FusedMatMul", fusedMatMul);
  replace("Conv2D", conv2D);
  replace("FusedConv2D", fusedConv2D);
  replace("Conv2DBackpropInput", conv2DBackpropInput);
  replace("Conv2DBackpropFilter", conv2DBackpropFilter);
  replace("Conv3D", conv3D);
  replace("Conv3DBackpropInputV2", conv3DBackpropInput);
  replace("Conv3DBackpropFilterV2", conv3DBackpropFilter);
  registerElementwise();
  registerReductions();
  registerMoves();
  registerPooling();
  registerSpaceToBatch();
  for (const { kernelName } of tf.getKernelsForBackend("cpu"))
    if (!unsuited.has(kernelName) && !tf.getKernel(kernelName, "wasm")) replace(kernelName, fallback(kernelName));
}

/** Kernels that tfjs-backend-cpu has and this backend lacks. */
export const missingKernels = (): string[] => {
  registerKernels();
  return tf
    .getKernelsForBackend("cpu")
    .map((k) => k.kernelName)
    .filter((name) => !tf.getKernel(name, "wasm"))
    .sort();
};
