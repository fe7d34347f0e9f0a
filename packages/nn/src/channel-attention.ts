import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, SpectraiError } from "@spectrai/core";
import { dense } from "./dense.ts";
import { fusedGradient, runFused, runFusedList } from "./fused-gradient.ts";
import { globalAveragePool } from "./global-pool.ts";
import { type Layer, sequential } from "./layer.ts";
import type { ParameterScope } from "./parameter-scope.ts";

export interface ChannelAttentionOptions {
  readonly channels: number;
  /** Channels for each channel of the squeezed layer, which has at least one. Default 16. */
  readonly reduction?: number;
  /** What the two layers' parameters are under. Default `conv_du`, as in the published code of Zhang et al. */
  readonly name?: string;
}

/**
 * A factor in (0, 1) for each sample and channel: `[N, …spatial, C]` → `[N, C]`. The mean over positions goes through a dense
 * layer to C / reduction channels with ReLU, and another back to C with a sigmoid. Parameters `conv_du.0` and `conv_du.2`
 * (1×1 convolutions in published code).
 */
export function channelWeights(
  scope: ParameterScope,
  { channels, reduction = 16, name = "conv_du" }: ChannelAttentionOptions,
): Layer {
  const squeezed = Math.max(1, Math.floor(channels / reduction));
  return sequential(
    globalAveragePool(),
    dense(scope.at(name, 0), { in: channels, out: squeezed, activation: "relu" }),
    dense(scope.at(name, 2), { in: squeezed, out: channels, activation: "sigmoid" }),
  );
}

/**
 * Channel attention: each channel of each sample times its {@link channelWeights} (Zhang et al., "Image super-resolution using
 * very deep residual channel attention networks", ECCV 2018; before them Hu et al., "Squeeze-and-excitation networks", CVPR
 * 2018). In a residual block, {@link addScaled} with the weights does the addition in the same pass.
 */
export function channelAttention(scope: ParameterScope, options: ChannelAttentionOptions): Layer {
  const weights = channelWeights(scope, options);
  return (x, context) => tf.tidy(() => scaleChannels(x, weights(x, context)));
}

/**
 * `x · scale`: `x` `[N, …spatial, C]`, `scale` `[N, C]`.
 *
 * @throws SPECTRAI_TENSOR_SHAPE where the shapes do not fit
 */
export const scaleChannels = (x: tf.Tensor, scale: tf.Tensor): tf.Tensor => scaled(undefined, x, scale);

/**
 * `x + y · scale`, in one pass where the backend can: `x` and `y` `[N, …spatial, C]`, `scale` `[N, C]`.
 *
 * @throws SPECTRAI_TENSOR_SHAPE where the shapes do not fit
 */
export const addScaled = (x: tf.Tensor, y: tf.Tensor, scale: tf.Tensor): tf.Tensor => scaled(x, y, scale);

function scaled(x: tf.Tensor | undefined, y: tf.Tensor, scale: tf.Tensor): tf.Tensor {
  const [samples, channels] = [y.shape[0]!, y.shape.at(-1)!];
  const fits = scale.rank === 2 && scale.shape[0] === samples && scale.shape[1] === channels;
  if (y.rank < 2 || !fits || (x && !tf.util.arraysEqual(x.shape, y.shape)))
    throw new SpectraiError(
      "SPECTRAI_TENSOR_SHAPE",
      `Scaling the channels of a tensor [${y.shape.join(", ")}] needs factors [${samples}, ${channels}]${x ? " and a summand of the tensor's shape" : ""}, and got factors [${scale.shape.join(", ")}]${x ? ` and a summand [${x.shape.join(", ")}]` : ""}.`,
    );
  if (!hasKernel("AddScaled"))
    return tf.tidy(() => {
      const wide = tf.reshape(scale, [samples, ...y.shape.slice(1, -1).map(() => 1), channels]);
      const product = tf.mul(y, wide);
      return x ? tf.add(x, product) : product;
    });
  fusedGradient("AddScaled", {
    inputsToSave: ["y", "scale"],
    gradFunc: (dyAny, saved) => {
      const dy = dyAny as tf.Tensor;
      const [at, factors] = saved as [tf.Tensor, tf.Tensor];
      const [dAt, dFactors] = runFusedList("AddScaledGradient", { dy, y: at, scale: factors }, {});
      // A handle of its own, as every gradient: tfjs disposes one when it adds another to it.
      return { x: () => tf.clone(dy), y: () => dAt!, scale: () => dFactors! };
    },
  });
  return runFused("AddScaled", x ? { x, y, scale } : { y, scale }, {});
}
