import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { registerChannels } from "./kernels/channels.ts";
import { registerConvolutions } from "./kernels/conv.ts";
import { registerElementwise } from "./kernels/elementwise.ts";
import { fallback } from "./kernels/fallback.ts";
import { backendName, register } from "./kernels/kernel.ts";
import { registerLosses } from "./kernels/loss.ts";
import { registerMatMul } from "./kernels/mat-mul.ts";
import { registerMoves } from "./kernels/moves.ts";
import { registerNorms } from "./kernels/normalize.ts";
import { registerPooling } from "./kernels/pool.ts";
import { registerReductions } from "./kernels/reduce.ts";
import { registerResampling } from "./kernels/resample.ts";
import { registerShuffles } from "./kernels/shuffle.ts";
import { registerUpdates } from "./kernels/update.ts";

/** Kernels of tfjs-backend-cpu that need complex numbers or a canvas. */
const unsuited = new Set(["Complex", "ComplexAbs", "Real", "Imag", "FFT", "IFFT", "Draw"]);

/** Registers the native kernels, and tfjs's own CPU code for the rest. Repeating it has no effect. */
export function registerKernels(): void {
  registerMoves();
  registerElementwise();
  registerReductions();
  registerConvolutions();
  registerMatMul();
  registerUpdates();
  registerLosses();
  registerPooling();
  registerResampling();
  registerNorms();
  registerChannels();
  registerShuffles();
  for (const { kernelName } of tf.getKernelsForBackend("cpu"))
    if (!unsuited.has(kernelName)) register(kernelName, fallback(kernelName));
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
