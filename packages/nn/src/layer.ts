import * as tf from "@tensorflow/tfjs-core";
import type { ForwardContext } from "@spectrai/core";
import { add } from "./join.ts";

/**
 * One step of a network: a function from a channels-last tensor `[N, …spatial, C]` to the next. Its parameters were
 * made when it was; what changes from call to call (training or not, the seed) comes in the context.
 */
export type Layer = (x: tf.Tensor, context: ForwardContext) => tf.Tensor;

/**
 * Layers one after another. Each intermediate result is freed as soon as the next layer has used it (what the gradient
 * needs is kept by the tape), so a layer must not hold on to its input.
 */
export const sequential =
  (...layers: readonly Layer[]): Layer =>
  (x, context) => {
    let at = x;
    for (const layer of layers) {
      const next = tf.tidy(() => layer(at, context));
      if (at !== x && next !== at) at.dispose();
      at = next;
    }
    return at;
  };

/** `x + body(x)`. */
export const residual =
  (body: Layer): Layer =>
  (x, context) =>
    tf.tidy(() => add(body(x, context), x));
