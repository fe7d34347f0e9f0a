import * as tf from "@tensorflow/tfjs-core";
import { rng, SpectraiError } from "@spectrai/core";
import type { Layer } from "./layer.ts";
import type { ParameterScope } from "./parameter-scope.ts";

export interface StochasticDepthOptions {
  /** Probability that a sample is set to 0, in [0, 1). The others are divided by 1 − rate. */
  readonly rate: number;
}

/**
 * Stochastic depth (Huang et al., ECCV 2016), also called drop-connect or drop-path: at the end of a residual connection's
 * body, it leaves the body out for whole samples, in training only. Which ones follows from the context's seed and the scope's
 * path, and so is the same on every backend.
 */
export function stochasticDepth(scope: ParameterScope, { rate }: StochasticDepthOptions): Layer {
  if (!(rate >= 0 && rate < 1))
    throw new SpectraiError(
      "SPECTRAI_INTERNAL",
      `The stochastic depth "${scope.path}" needs a rate in [0, 1) and got ${rate}.`,
    );
  return (x, context) => {
    if (!context.training || rate === 0) return x;
    return tf.tidy(() => {
      const stream = rng(context.seed, "stochastic-depth", scope.path);
      const factors = Array.from({ length: x.shape[0]! }, () => (stream.next() < rate ? 0 : 1 / (1 - rate)));
      return tf.mul(x, tf.tensor(factors, [x.shape[0]!, ...x.shape.slice(1).map(() => 1)]));
    });
  };
}
