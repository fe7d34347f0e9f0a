import type { Tensor1D } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import { convolve, type Convolution } from "./convolve.ts";
import { type ActivationOption, fusedActivation } from "./fused-activation.ts";
import { type Initializer, kaimingUniform, torchBias } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import type { ParameterScope } from "./parameter-scope.ts";
import { checkChannelsLast, type Dimension, type PerDimension, perDimension } from "./shapes.ts";

export interface ConvOptions {
  readonly dimension: Dimension;
  /** Channels of the input. */
  readonly in: number;
  /** Channels of the output: the number of filters. */
  readonly out: number;
  /** Points of the kernel in each spatial dimension. Default 3. */
  readonly kernel?: PerDimension;
  /** Default 1. */
  readonly stride?: PerDimension;
  /** `same` (the default), `valid`, or zeros on both sides of each dimension as PyTorch's `padding`. */
  readonly padding?: "same" | "valid" | PerDimension;
  /** Points between neighbouring kernel points, plus one. Default 1. */
  readonly dilation?: PerDimension;
  /** Channels are dealt into this many groups that do not mix; `groups: in` is a depthwise convolution. Default 1. */
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Applied in the same pass, where the backend can. Default `linear`. */
  readonly activation?: ActivationOption;
  /** Default PyTorch's: uniform in ±1/√fan-in, the bias too. */
  readonly init?: Initializer;
  readonly biasInit?: Initializer;
}

/**
 * Convolution over `[N, …spatial, in]` → `[N, …spatial′, out]`. Parameters `weight` `[…kernel, in / groups, out]` and
 * `bias` `[out]`.
 *
 * @throws SPECTRAI_TENSOR_SHAPE (when applied) where the input has other dimensions or channels
 */
export function conv(scope: ParameterScope, options: ConvOptions): Layer {
  const {
    dimension,
    in: channels,
    out,
    kernel = 3,
    stride = 1,
    padding = "same",
    dilation = 1,
    groups = 1,
    bias = true,
  } = options;
  if (channels % groups !== 0 || out % groups !== 0)
    throw new SpectraiError(
      "SPECTRAI_INTERNAL",
      `The convolution "${scope.path}" cannot deal ${channels} and ${out} channels into ${groups} groups.`,
    );
  const what = `The convolution "${scope.path}"`;
  const shape = [...perDimension(kernel, dimension, what), channels / groups, out];
  const weight = scope.parameter("weight", shape, options.init ?? kaimingUniform());
  const offset = bias
    ? scope.parameter("bias", [out], options.biasInit ?? torchBias(shape), { decay: false })
    : undefined;
  const how: Convolution = {
    dimension,
    groups,
    strides: perDimension(stride, dimension, what),
    dilations: perDimension(dilation, dimension, what),
    padding: typeof padding === "string" ? padding : perDimension(padding, dimension, what),
    activation: fusedActivation(options.activation),
  };
  return (x) => {
    checkChannelsLast(x, dimension, channels, what);
    return tf.tidy(() => convolve(x, weight, offset as Tensor1D | undefined, how));
  };
}
