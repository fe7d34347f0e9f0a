import { groupNorm } from "./group-norm.ts";
import type { Layer } from "./layer.ts";
import type { ParameterScope } from "./parameter-scope.ts";

export interface InstanceNormOptions {
  readonly channels: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** A learned scale and offset a channel. Default false, as in PyTorch. */
  readonly affine?: boolean;
}

/**
 * Instance norm (Ulyanov et al., 2016): each channel of each sample is normalized over its positions. No running statistics
 * (PyTorch's default). Parameters `weight` and `bias` `[C]` where affine.
 */
export const instanceNorm = (
  scope: ParameterScope,
  { channels, eps = 1e-5, affine = false }: InstanceNormOptions,
): Layer => groupNorm(scope, { channels, groups: channels, eps, affine });
