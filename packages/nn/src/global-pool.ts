import * as tf from "@tensorflow/tfjs-core";
import type { Layer } from "./layer.ts";
import { flatSizes } from "./shapes.ts";
import { sumPositions } from "@spectrai/core";

/** Mean over all positions: `[N, …spatial, C]` → `[N, C]`. */
export const globalAveragePool = (): Layer => (x) =>
  tf.tidy(() => tf.div(sumPositions(x), flatSizes(x.shape).positions));

/** Maximum over all positions: `[N, …spatial, C]` → `[N, C]`. */
export const globalMaxPool = (): Layer => (x) =>
  tf.tidy(() => {
    const { batch, positions, channels } = flatSizes(x.shape);
    return tf.max(tf.reshape(x, [batch, positions, channels]), 1);
  });
