import * as tf from "@tensorflow/tfjs-core";
import type { FusedKernel } from "@spectrai/core";

/**
 * Gives a fused kernel its gradient. Done on first use, not on import, so that importing this package has no effect; what is
 * registered already stays.
 */
export function fusedGradient(kernelName: FusedKernel, config: Omit<tf.GradConfig, "kernelName">): void {
  if (!tf.getGradient(kernelName)) tf.registerGradient({ kernelName, ...config });
}

/** Runs a fused kernel with one output. */
export const runFused = (name: FusedKernel, inputs: Record<string, tf.Tensor>, attributes: object): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap);

/** Runs a fused kernel with several outputs. */
export const runFusedList = (name: FusedKernel, inputs: Record<string, tf.Tensor>, attributes: object): tf.Tensor[] =>
  tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap);
