import * as tf from "@tensorflow/tfjs-core";
import type { FusedKernel } from "@spectrai/core";
import { activationAndBiasGradient, type FusedActivation } from "./fused-activation.ts";

export type Pads = "same" | "valid" | tf.backend_util.ExplicitPadding;
interface Attributes {
  readonly strides: readonly number[];
  readonly pad: Pads;
  readonly dataFormat: "NHWC" | "NDHWC";
  readonly dilations: readonly number[];
  readonly dimRoundingMode?: undefined;
  readonly activation: FusedActivation["kind"];
  readonly leakyreluAlpha?: number;
  /** Whether there is a bias; tfjs's gradient functions are not told which inputs there were. */
  readonly bias: boolean;
}

const registered = new Set<string>();

/**
 * tfjs has no gradient for its fused kernel: `tf.fused.conv2d` falls back to three kernels while it records a gradient, and
 * keeps the output of each. Registered on first use, not on import, so that importing this package has no effect.
 */
function registerGradient(kernelName: string, toInput: string, toFilter: string): void {
  if (registered.has(kernelName)) return;
  registered.add(kernelName);
  if (tf.getGradient(kernelName)) return;
  tf.registerGradient({
    kernelName,
    inputsToSave: ["x", "filter"],
    outputsToSave: [true],
    gradFunc: (dys, saved, attributes) => {
      const dy = dys as tf.Tensor;
      const [x, filter, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const { strides, pad, dataFormat, activation, leakyreluAlpha, bias } = attributes as unknown as Attributes;
      const { d, bias: sums } = activationAndBiasGradient(dy, y, { kind: activation, slope: leakyreluAlpha }, bias);
      const common = { strides, pad, dataFormat };
      return {
        x: () => tf.engine().runKernel(toInput, { dy: d, filter }, { ...common, inputShape: x.shape } as never),
        filter: () => tf.engine().runKernel(toFilter, { x, dy: d }, { ...common, filterShape: filter.shape } as never),
        bias: () => sums!,
      };
    },
  });
}

/**
 * Convolution, bias and activation in one kernel, in training as in evaluation. `x` `[N, H, W, in]`, `filter`
 * `[kh, kw, in, out]`, `bias` `[out]`.
 */
export function fusedConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D | undefined,
  strides: [number, number],
  pad: Pads,
  activation: FusedActivation,
): tf.Tensor4D {
  registerGradient(tf.FusedConv2D, tf.Conv2DBackpropInput, tf.Conv2DBackpropFilter);
  const attributes = attributesOf(strides, pad, "NHWC", bias, activation);
  return tf.engine().runKernel(tf.FusedConv2D, bias ? { x, filter, bias } : { x, filter }, attributes as never);
}

/** The same in volumes, on backends that have a kernel for it. `x` `[N, D, H, W, in]`, `filter` `[kd, kh, kw, in, out]`. */
export function fusedConv3d(
  x: tf.Tensor5D,
  filter: tf.Tensor5D,
  bias: tf.Tensor1D | undefined,
  strides: [number, number, number],
  pad: "same" | "valid",
  activation: FusedActivation,
): tf.Tensor5D {
  const kernelName: FusedKernel = "FusedConv3D";
  registerGradient(kernelName, tf.Conv3DBackpropInputV2, tf.Conv3DBackpropFilterV2);
  const attributes = attributesOf(strides, pad, "NDHWC", bias, activation);
  return tf.engine().runKernel(kernelName, bias ? { x, filter, bias } : { x, filter }, attributes as never);
}

const attributesOf = (
  strides: readonly number[],
  pad: Pads,
  dataFormat: Attributes["dataFormat"],
  bias: tf.Tensor | undefined,
  activation: FusedActivation,
): Attributes => ({
  strides,
  pad,
  dataFormat,
  dilations: strides.map(() => 1),
  activation: activation.kind,
  bias: bias !== undefined,
  ...(activation.kind === "leakyrelu" ? { leakyreluAlpha: activation.slope } : {}),
});
