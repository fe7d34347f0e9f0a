import * as tf from "@tensorflow/tfjs-core";

/**
 * Kernels beyond tfjs's own that a backend may register, to do in one pass over memory what tensor operations do in
 * several. Whoever has a use for one asks {@link hasKernel}, and goes the way of tensor operations where it is missing.
 * Tensors are channels last; `[rows, C]` stands for any number of leading dimensions.
 *
 * | kernel | inputs | attributes | outputs |
 * | --- | --- | --- | --- |
 * | `ActivationGradient` | `dy` `[rows, C]`, `y` likewise (absent: the activation is linear) | `activation`, `slope`, `wantsInput`, `wantsBias` | `dy · f′` as it follows from `y = f(x)`, and its sum over rows `[C]`: those that are wanted, in this order |
 * | `FusedConv3D` | `x` `[N, D, H, W, in]`, `filter` `[kd, kh, kw, in, out]`, `bias` `[out]` or absent | as `Conv3D`, `activation`, `leakyreluAlpha` | the convolution through bias and activation |
 */
export type FusedKernel = "ActivationGradient" | "FusedConv3D";

/** Whether tfjs's current backend has a kernel. */
export const hasKernel = (name: FusedKernel): boolean => tf.getKernel(name, tf.getBackend()) !== undefined;
