import * as tf from "@tensorflow/tfjs-core";
import { activationGradient, type FusedActivation } from "./fused-activation.ts";
import { sumToChannels } from "@spectrai/core";

export type Pads = "same" | "valid" | tf.backend_util.ExplicitPadding;
interface Attributes {
  readonly strides: [number, number];
  readonly pad: Pads;
  readonly dataFormat: "NHWC";
  readonly dilations: [number, number];
  readonly dimRoundingMode?: undefined;
  readonly activation: FusedActivation["kind"];
  readonly leakyreluAlpha?: number;
}

/**
 * tfjs has no gradient for its fused kernel: `tf.fused.conv2d` falls back to three kernels while it records a gradient, and
 * keeps the output of each. Registered on first use, not on import, so that importing this package has no effect.
 */
function registerGradient(): void {
  if (tf.getGradient(tf.FusedConv2D)) return;
  tf.registerGradient({
    kernelName: tf.FusedConv2D,
    inputsToSave: ["x", "filter"],
    outputsToSave: [true],
    gradFunc: (dys, saved, attributes) => {
      const dy = dys as tf.Tensor;
      const [x, filter, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
      const { strides, pad, dataFormat, activation, leakyreluAlpha } = attributes as unknown as Attributes;
      const d = activationGradient(dy, y, activation, leakyreluAlpha);
      const common = { strides, pad, dataFormat };
      return {
        x: () => tf.engine().runKernel(tf.Conv2DBackpropInput, { dy: d, filter }, { ...common, inputShape: x.shape }),
        filter: () =>
          tf.engine().runKernel(tf.Conv2DBackpropFilter, { x, dy: d }, { ...common, filterShape: filter.shape }),
        // Asked for last: the masked gradient need not wait for the end of the whole backward pass to be freed.
        bias: () => {
          const sum = sumToChannels(d);
          if (d !== dy) d.dispose();
          return sum;
        },
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
  registerGradient();
  const attributes: Attributes = {
    strides,
    pad,
    dataFormat: "NHWC",
    dilations: [1, 1],
    activation: activation.kind,
    ...(activation.kind === "leakyrelu" ? { leakyreluAlpha: activation.slope } : {}),
  };
  return tf.engine().runKernel(tf.FusedConv2D, bias ? { x, filter, bias } : { x, filter }, attributes as never);
}
