import * as tf from "@tensorflow/tfjs-core";
import type { FusedKernel } from "../fused-kernels.ts";

/**
 * Gives a variable memory of its own where it shares some, so that a kernel may write to it and nothing else changes:
 * clones, tensors that were assigned to it and variables made from one tensor all look at the same memory.
 */
function unshare(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) === 1) return;
  const copy = tf.mul(variable, 1);
  variable.assign(copy);
  copy.dispose();
}

/**
 * Runs a kernel that changes variables in place and has no outputs.
 *
 * @param inputs - all that the kernel takes, in its order
 * @param changed - those of the inputs that it writes to
 */
export function runInPlace(
  kernel: FusedKernel,
  inputs: readonly tf.Tensor[],
  changed: readonly tf.Variable[],
  attributes: Readonly<Record<string, unknown>>,
): void {
  for (const variable of changed) unshare(variable);
  tf.engine().runKernel(kernel, inputs as unknown as tf.NamedTensorMap, attributes as unknown as tf.NamedAttrMap);
}
