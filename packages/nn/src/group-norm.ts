import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import { affineOf } from "./affine.ts";
import type { Layer } from "./layer.ts";
import { normalize } from "./normalize.ts";
import type { ParameterScope } from "./parameter-scope.ts";

export interface GroupNormOptions {
  readonly channels: number;
  /** Channels that are normalized together: this many equal groups. One group: the whole sample together. */
  readonly groups: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** A learned scale and offset a channel. Default true. */
  readonly affine?: boolean;
}

/**
 * Group norm (Wu and He, ECCV 2018): each sample's groups of channels are normalized over all positions. Parameters
 * `weight` and `bias` `[C]`. The same in training and evaluation.
 */
export function groupNorm(
  scope: ParameterScope,
  { channels, groups, eps = 1e-5, affine = true }: GroupNormOptions,
): Layer {
  if (channels % groups !== 0)
    throw new SpectraiError(
      "SPECTRAI_INTERNAL",
      `The group norm "${scope.path}" cannot deal ${channels} channels into ${groups} groups.`,
    );
  const parameters = affineOf(scope, channels, affine);
  return (x) =>
    tf.tidy(() => {
      const { scale, offset } = parameters();
      return normalize(x, scale, offset, { acrossBatch: false, groups, eps });
    });
}
