import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  batchNorm,
  conv,
  dense,
  globalAveragePool,
  type Layer,
  type ParameterScope,
  scaleChannels,
  sequential,
  silu,
  stochasticDepth,
} from "@spectrai/nn";

/** What all convolutions share. */
export interface Surroundings {
  /** Weight of the newest batch in the running statistics of the norms. */
  readonly momentum: number;
}

export const norm = (scope: ParameterScope, channels: number, { momentum }: Surroundings): Layer =>
  batchNorm(scope, { channels, eps: 1e-3, momentum });

export interface BlockOptions {
  readonly in: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
  /** Probability that a sample goes around the block, in training. */
  readonly dropConnect: number;
}

/**
 * The inverted bottleneck (Sandler et al., MobileNetV2, CVPR 2018) with squeeze and excitation (Hu et al., CVPR 2018): widen,
 * convolve each channel by itself, weigh the channels, narrow; around it goes a residual connection, where shapes allow.
 */
export function block(scope: ParameterScope, around: Surroundings, options: BlockOptions): Layer {
  const { in: from, out, kernel, stride, expansion, dropConnect } = options;
  const middle = from * expansion;
  const pointwise = (name: string, a: number, b: number): Layer =>
    conv(scope.at(name), { dimension: 2, in: a, out: b, kernel: 1, bias: false });

  const widen =
    expansion === 1 ? [] : [pointwise("_expand_conv", from, middle), norm(scope.at("_bn0"), middle, around), silu()];
  const body = sequential(
    ...widen,
    conv(scope.at("_depthwise_conv"), {
      dimension: 2,
      in: middle,
      out: middle,
      groups: middle,
      kernel,
      stride,
      bias: false,
    }),
    norm(scope.at("_bn1"), middle, around),
    silu(),
    squeezeAndExcite(scope, middle, Math.max(1, Math.floor(from / 4))),
    pointwise("_project_conv", middle, out),
    norm(scope.at("_bn2"), out, around),
  );
  if (stride !== 1 || from !== out) return body;
  const drop = stochasticDepth(scope.at("drop_connect"), { rate: dropConnect });
  return (x, context) => tf.tidy(() => add(drop(body(x, context), context), x));
}

/** Each channel of each sample times a factor in (0, 1) that follows from the means of all channels. */
function squeezeAndExcite(scope: ParameterScope, channels: number, squeezed: number): Layer {
  const factors = sequential(
    globalAveragePool(),
    dense(scope.at("_se_reduce"), { in: channels, out: squeezed }),
    silu(),
    dense(scope.at("_se_expand"), { in: squeezed, out: channels, activation: "sigmoid" }),
  );
  return (x, context) => tf.tidy(() => scaleChannels(x, factors(x, context)));
}
