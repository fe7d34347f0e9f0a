import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, sumPositions } from "@spectrai/core";
import { fusedGradient, runFused } from "./fused-gradient.ts";
import type { Layer } from "./layer.ts";
import { flatSizes } from "./shapes.ts";

/** Mean over all positions: `[N, …spatial, C]` → `[N, C]`. */
export const globalAveragePool = (): Layer => (x) => {
  if (!hasKernel("PositionMean")) return tf.tidy(() => tf.div(sumPositions(x), flatSizes(x.shape).positions));
  fusedGradient("PositionMean", {
    gradFunc: (dy, _, attributes) => ({
      x: () => runFused("PositionMeanGradient", { dy: dy as tf.Tensor }, attributes),
    }),
  });
  return runFused("PositionMean", { x }, { shape: x.shape });
};

/** Maximum over all positions: `[N, …spatial, C]` → `[N, C]`. */
export const globalMaxPool = (): Layer => (x) =>
  tf.tidy(() => {
    const { batch, positions, channels } = flatSizes(x.shape);
    return tf.max(tf.reshape(x, [batch, positions, channels]), 1);
  });
