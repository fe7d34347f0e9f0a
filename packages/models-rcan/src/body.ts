import * as tf from "@tensorflow/tfjs-core";
import { addScaled, channelWeights, conv, type Layer, type ParameterScope, residual, sequential } from "@spectrai/nn";

export interface BodyOptions {
  /** Channels throughout. */
  readonly width: number;
  /** Groups of blocks, each within a residual connection. */
  readonly groups: number;
  /** Blocks in a group. */
  readonly blocks: number;
  /** Channels for each one of the attention's squeezed layer. */
  readonly reduction: number;
  /** What the attention's parameters are under. */
  readonly attention: "conv_du" | "chan_attn";
}

/** Convolution of 3 × 3 points. */
export const convolution = (scope: ParameterScope, from: number, to: number, activation?: "relu"): Layer =>
  conv(scope, { dimension: 2, in: from, out: to, activation: activation ?? "linear" });

const times = (count: number, make: (i: number) => Layer): Layer[] => Array.from({ length: count }, (_, i) => make(i));

/** Groups of residual channel-attention blocks, with a residual connection around each block, each group and all of them. */
export function body(scope: ParameterScope, options: BodyOptions): Layer {
  const { width, groups, blocks } = options;
  const group = (at: ParameterScope): Layer =>
    residual(
      sequential(...times(blocks, (i) => block(at.at(i, "body"), options)), convolution(at.at(blocks), width, width)),
    );
  return residual(
    sequential(...times(groups, (i) => group(scope.at(i, "body"))), convolution(scope.at(groups), width, width)),
  );
}

/** Two convolutions, whose channels are weighed by what all of them show on average. */
function block(scope: ParameterScope, { width, reduction, attention }: BodyOptions): Layer {
  const convolutions = sequential(
    convolution(scope.at(0), width, width, "relu"),
    convolution(scope.at(2), width, width),
  );
  const weights = channelWeights(scope.at(3), { channels: width, reduction, name: attention });
  return (x, context) =>
    tf.tidy(() => {
      const y = convolutions(x, context);
      return addScaled(x, y, weights(y, context));
    });
}
