import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  addScaled,
  batchNorm,
  channelWeights,
  conv,
  type Layer,
  type ParameterScope,
  pixelShuffle,
  residual,
  sequential,
} from "@spectrai/nn";

export interface RcanOptions {
  readonly channels: number;
  readonly doublings: number;
  readonly groups: number;
  readonly blocks: number;
  readonly reduction: number;
}

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/**
 * The reference's hyperspectral RCAN: `[N, H, W, C]` → `[N, H · 2^doublings, W · 2^doublings, C]`. The resolution is raised
 * first; groups of residual channel-attention blocks follow at half the channels, inside a residual connection.
 */
export function rcanNetwork(root: ParameterScope, options: RcanOptions): Layer {
  const { channels, doublings, groups, blocks, reduction } = options;
  const half = Math.floor(channels / 2);
  const image = (scope: ParameterScope, from: number, to: number, activation: "linear" | "relu" = "linear"): Layer =>
    conv(scope, { dimension: 2, in: from, out: to, activation });

  const raise = sequential(
    ...times(doublings, (i) => [
      image(root.at("raise", i, "conv"), channels, 4 * channels),
      pixelShuffle({ dimension: 2 }),
      batchNorm(root.at("raise", i, "norm"), { channels }),
    ]).flat(),
    image(root.at("raise", doublings), channels, channels),
  );
  const narrow = image(root.at("narrow"), channels, half);
  const block = (scope: ParameterScope): Layer => {
    const first = image(scope.at(0), half, half, "relu");
    const second = image(scope.at(1), half, half);
    const weights = channelWeights(scope.at("attention"), { channels: half, reduction });
    return (x, context) =>
      tf.tidy(() => {
        const y = second(first(x, context), context);
        return addScaled(x, y, weights(y, context));
      });
  };
  const group = (scope: ParameterScope): Layer =>
    residual(sequential(...times(blocks, (i) => block(scope.at(i))), image(scope.at(blocks), half, half)));
  const body = residual(
    sequential(...times(groups, (i) => group(root.at("groups", i))), image(root.at("body"), half, half)),
  );
  const tail = sequential(image(root.at("tail", 0), half, half), image(root.at("tail", 1), half, channels));

  return (input, context) =>
    tf.tidy(() => {
      const x = raise(input, context);
      return add(sequential(narrow, body, tail)(x, context), x);
    });
}
