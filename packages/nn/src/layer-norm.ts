import * as tf from "@tensorflow/tfjs-core";
import { affineOf } from "./affine.ts";
import type { Layer } from "./layer.ts";
import { normalize } from "./normalize.ts";
import type { ParameterScope } from "./parameter-scope.ts";

export interface LayerNormOptions {
  readonly channels: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** A learned scale and offset a channel. Default true. */
  readonly affine?: boolean;
}

/**
 * Layer norm (Ba, Kiros and Hinton, 2016) over the last dimension, position by position: PyTorch's `LayerNorm(channels)` on
 * channels-last data. For one mean over channels *and* positions use `groupNorm` with one group. Parameters `weight`, `bias`.
 */
export function layerNorm(scope: ParameterScope, { channels, eps = 1e-5, affine = true }: LayerNormOptions): Layer {
  const parameters = affineOf(scope, channels, affine);
  return (x) =>
    tf.tidy(() => {
      const { scale, offset } = parameters();
      const rows = tf.reshape(x, [-1, channels]);
      return tf.reshape(normalize(rows, scale, offset, { acrossBatch: false, groups: 1, eps }), x.shape);
    });
}
