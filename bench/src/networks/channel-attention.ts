import * as tf from "@tensorflow/tfjs-core";
import type { ForwardContext } from "@spectrai/core";
import { add, dense, globalAveragePool, type ParameterScope, sequential } from "@spectrai/nn";

export interface ChannelAttentionOptions {
  readonly channels: number;
  /** Channels in for each channel of the squeezed layer. */
  readonly reduction: number;
}

/**
 * `x + y · σ(W₂ relu(W₁ mean(y)))`, the mean over all pixels: RCAN's channel attention with the residual connection around it
 * (Zhang et al., "Image super-resolution using very deep residual channel attention networks", ECCV 2018).
 */
export function channelAttention(
  scope: ParameterScope,
  { channels, reduction }: ChannelAttentionOptions,
): (x: tf.Tensor, y: tf.Tensor, context: ForwardContext) => tf.Tensor {
  const squeezed = Math.floor(channels / reduction);
  const weights = sequential(
    globalAveragePool(),
    dense(scope.at("down"), { in: channels, out: squeezed, activation: "relu" }),
    dense(scope.at("up"), { in: squeezed, out: channels, activation: "sigmoid" }),
  );
  return (x, y, context) =>
    tf.tidy(() => add(x, tf.mul(y, tf.reshape(weights(y, context), [y.shape[0]!, 1, 1, channels]))));
}
