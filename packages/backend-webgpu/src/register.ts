import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgpu";
import { backendName } from "./backend.ts";
import { registerHighRanks } from "./kernels/high-rank.ts";
import { registerActivationGradient } from "./kernels/activation.ts";
import { registerCast } from "./kernels/cast.ts";
import { registerChannels } from "./kernels/channels.ts";
import { registerElementwise } from "./kernels/elementwise.ts";
import { registerConvolutions } from "./kernels/conv.ts";
import { registerDepthwise } from "./kernels/conv-depthwise.ts";
import { registerLosses } from "./kernels/loss.ts";
import { registerMatMul } from "./kernels/mat-mul.ts";
import { registerPad } from "./kernels/pad.ts";
import { registerReductions } from "./kernels/reduce.ts";
import { registerUpdates } from "./kernels/update.ts";
import { registerNorms } from "./kernels/normalize.ts";
import { registerPooling } from "./kernels/pool.ts";
import { registerResampling } from "./kernels/resample.ts";
import { registerShuffles } from "./kernels/shuffle.ts";

let done = false;

/** Completes and speeds up the kernels of tfjs-backend-webgpu. Repeating it has no effect. */
export function registerKernels(): void {
  if (done) return;
  done = true;
  registerActivationGradient();
  registerCast();
  registerChannels();
  registerElementwise();
  registerConvolutions();
  registerDepthwise();
  registerLosses();
  registerMatMul();
  registerPad();
  registerReductions();
  registerUpdates();
  registerNorms();
  registerPooling();
  registerResampling();
  registerShuffles();
  registerHighRanks();
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
