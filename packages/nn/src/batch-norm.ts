import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, SpectraiError } from "@spectrai/core";
import { affineOf } from "./affine.ts";
import { runFusedList } from "./fused-gradient.ts";
import { ones, zeros } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { type Moments, normalize } from "./normalize.ts";
import type { ParameterScope } from "./parameter-scope.ts";
import { flatSizes } from "./shapes.ts";

export interface BatchNormOptions {
  readonly channels: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Weight of the newest batch in the running statistics. Default 0.1. */
  readonly momentum?: number;
  /** A learned scale and offset a channel. Default true. */
  readonly affine?: boolean;
}

/**
 * Batch norm (Ioffe and Szegedy, ICML 2015) over all but the last dimension, as PyTorch's: in training by the batch's mean
 * and biased variance, while the running statistics (buffers `running_mean`, `running_var`, the latter of the unbiased
 * variance) are handed to the context; in evaluation, and where the context says that they are frozen, by the running
 * statistics. Parameters `weight` and `bias`.
 *
 * @throws SPECTRAI_TENSOR_SHAPE (when applied in training) where there is only one value a channel
 */
export function batchNorm(
  scope: ParameterScope,
  { channels, eps = 1e-5, momentum = 0.1, affine = true }: BatchNormOptions,
): Layer {
  const parameters = affineOf(scope, channels, affine);
  const mean = scope.buffer("running_mean", [channels], zeros);
  const variance = scope.buffer("running_var", [channels], ones);
  const set = { acrossBatch: true, groups: channels, eps };

  return (x, context) =>
    tf.tidy(() => {
      const { scale, offset } = parameters();
      if (!context.training || context.frozen?.has(mean)) {
        const flat = tf.reshape(x, [1, 1, -1, channels]) as tf.Tensor4D;
        return tf.reshape(
          tf.batchNorm(
            flat,
            mean as tf.Tensor as tf.Tensor1D,
            variance as tf.Tensor as tf.Tensor1D,
            offset,
            scale,
            eps,
          ),
          x.shape,
        );
      }
      const { batch, positions } = flatSizes(x.shape);
      if (batch * positions < 2)
        throw new SpectraiError(
          "SPECTRAI_TENSOR_SHAPE",
          `The batch norm "${scope.path}" needs more than one value a channel in training and got a tensor [${x.shape.join(", ")}]; use larger batches or another norm.`,
        );
      const observe = (moments: Moments): void => {
        const factor = moments.count / (moments.count - 1);
        if (hasKernel("BlendStatistics")) {
          const newest = { newestMean: moments.mean, newestVariance: moments.variance };
          const [nextMean, nextVariance] = runFusedList(
            "BlendStatistics",
            { mean, variance, ...newest },
            { momentum, factor },
          );
          context.update(mean, nextMean!);
          context.update(variance, nextVariance!);
          return;
        }
        const blend = (running: tf.Tensor, now: tf.Tensor): tf.Tensor =>
          tf.add(tf.mul(running, 1 - momentum), tf.mul(tf.reshape(now, [channels]), momentum));
        context.update(mean, blend(mean, moments.mean));
        context.update(variance, blend(variance, tf.mul(moments.variance, factor)));
      };
      return normalize(x, scale, offset, set, observe);
    });
}
