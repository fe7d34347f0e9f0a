import * as tf from "@tensorflow/tfjs-core";
import { constant } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import type { ParameterScope } from "./parameter-scope.ts";

/** `max(x, 0)`. */
export const relu = (): Layer => (x) => tf.relu(x);

/** `x` where positive, `slope · x` elsewhere (slope > 0). */
export const leakyRelu =
  (slope = 0.01): Layer =>
  (x) =>
    tf.leakyRelu(x, slope);

/** `1 / (1 + e^−x)`. */
export const sigmoid = (): Layer => (x) => tf.sigmoid(x);

/**
 * `x` where positive, `a · x` elsewhere, with a learned slope `a`: one for all, or one a channel. Parameter `weight`
 * `[channels]`, 0.25 at first (He et al., "Delving deep into rectifiers", ICCV 2015). Layers that share a slope share the
 * layer: make one and use it in several places.
 */
export function prelu(
  scope: ParameterScope,
  { channels = 1, slope = 0.25 }: { readonly channels?: number; readonly slope?: number } = {},
): Layer {
  const weight = scope.parameter("weight", [channels], constant(slope), { decay: false });
  return (x) => tf.prelu(x, weight);
}

const sqrt2 = Math.SQRT2;
const normalDensity = 1 / Math.sqrt(2 * Math.PI);

/** `x · Φ(x)` with the exact normal distribution function, not its tanh approximation (Hendrycks and Gimpel, 2016). */
export const gelu = (): Layer => (x) => geluOp(x);

const distribution = (x: tf.Tensor): tf.Tensor => tf.mul(0.5, tf.add(1, tf.erf(tf.div(x, sqrt2))));

const geluOp = tf.customGrad((x, save) => {
  const input = x as tf.Tensor;
  (save as tf.GradSaveFunc)([input]);
  return {
    value: tf.mul(input, distribution(input)),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
      tf.tidy(() => {
        const at = saved[0]!;
        const density = tf.mul(normalDensity, tf.exp(tf.mul(-0.5, tf.square(at))));
        return tf.mul(dy, tf.add(distribution(at), tf.mul(at, density)));
      }),
  };
});

/** `x / (1 + e^−x)`, also called swish (Elfwing et al., 2018). */
export const silu = (): Layer => (x) => siluOp(x);

const siluOp = tf.customGrad((x, save) => {
  const input = x as tf.Tensor;
  (save as tf.GradSaveFunc)([input]);
  return {
    value: tf.mul(input, tf.sigmoid(input)),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
      tf.tidy(() => {
        const at = saved[0]!;
        const s = tf.sigmoid(at);
        return tf.mul(dy, tf.mul(s, tf.add(1, tf.mul(at, tf.sub(1, s)))));
      }),
  };
});
