import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, sumPositions } from "@spectrai/core";
import { fusedGradient, runFusedList } from "./fused-gradient.ts";
import { flatSizes } from "./shapes.ts";

/** Which values share a mean and a variance. */
export interface NormalizeSet {
  /** Samples of a batch are pooled (batch norm), or each stands by itself. */
  readonly acrossBatch: boolean;
  /** Channels are pooled in this many equal groups; as many as there are channels = each by itself. */
  readonly groups: number;
  readonly eps: number;
}

/** Mean and biased variance, `[N or 1, groups]`, and how many values each is taken over. */
export interface Moments {
  readonly mean: tf.Tensor2D;
  readonly variance: tf.Tensor2D;
  readonly count: number;
}

/** `[N, C]` sums over positions → sums over the sets, `[N or 1, groups]`. */
function pool(sums: tf.Tensor2D, { acrossBatch, groups }: NormalizeSet): tf.Tensor2D {
  const perSample = acrossBatch ? (tf.sum(sums, 0, true) as tf.Tensor2D) : sums;
  const channels = sums.shape[1];
  if (groups === channels) return perSample;
  return tf.sum(tf.reshape(perSample, [-1, groups, channels / groups]), 2) as tf.Tensor2D;
}

/** `[N or 1, groups]` → `[N or 1, 1, C]`, to be broadcast over `[N, positions, C]`. */
function spread(perSet: tf.Tensor2D, channels: number): tf.Tensor3D {
  const [rows, groups] = perSet.shape;
  if (groups === channels) return tf.reshape(perSet, [rows, 1, channels]);
  return tf.reshape(tf.tile(tf.reshape(perSet, [rows, groups, 1]), [1, 1, channels / groups]), [rows, 1, channels]);
}

/**
 * `(x − mean) / √(variance + eps) · scale + offset`, with mean and variance taken from `x` itself, and the gradient going
 * through both. `x` `[N, …spatial, C]`, `scale` and `offset` `[C]`.
 *
 * With g = dy · scale, x̂ the normalized input and ⟨·⟩ the mean over a set, the input's gradient is
 * (g − ⟨g⟩ − x̂ ⟨g x̂⟩) / √(variance + eps) (Ioffe and Szegedy, ICML 2015, eqs. of section 3, gathered). Kept for it: `x` and
 * the two moments.
 *
 * @param observe - receives the moments; they are freed when it returns
 */
export function normalize(
  x: tf.Tensor,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  set: NormalizeSet,
  observe?: (moments: Moments) => void,
): tf.Tensor {
  const { batch, positions, channels } = flatSizes(x.shape);
  const count = ((set.acrossBatch ? batch : 1) * positions * channels) / set.groups;
  if (hasKernel("Normalize")) return fusedNormalize(x, scale, offset, set, count, observe);

  const op = tf.customGrad((input, gamma, beta, save) => {
    const flat = tf.reshape(input as tf.Tensor, [batch, positions, channels]);
    const mean = tf.div(pool(sumPositions(flat), set), count) as tf.Tensor2D;
    const centred = tf.sub(flat, spread(mean, channels));
    const variance = tf.div(pool(sumPositions(tf.square(centred)), set), count) as tf.Tensor2D;
    const inverse = tf.rsqrt(tf.add(variance, set.eps)) as tf.Tensor2D;
    observe?.({ mean, variance, count });
    const value = tf.reshape(
      tf.add(tf.mul(centred, tf.mul(spread(inverse, channels), gamma as tf.Tensor)), beta as tf.Tensor),
      x.shape,
    );
    (save as tf.GradSaveFunc)([flat, gamma as tf.Tensor, mean, inverse]);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => backward(dy, saved, set, count) };
  });
  return op(x, scale, offset);
}

/** The same in one kernel, whose gradient needs the input and the moments too. */
function fusedNormalize(
  x: tf.Tensor,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  { acrossBatch, groups, eps }: NormalizeSet,
  count: number,
  observe?: (moments: Moments) => void,
): tf.Tensor {
  fusedGradient("Normalize", {
    inputsToSave: ["x", "scale"],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attributes) => {
      const [at, gamma, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const dy = (dys as tf.Tensor[])[0]!;
      const inputs = { dy, x: at, scale: gamma, mean, variance };
      const [dx, dscale, doffset] = runFusedList("NormalizeGradient", inputs, attributes);
      return { x: () => dx!, scale: () => dscale!, offset: () => doffset! };
    },
  });
  const outputs = runFusedList("Normalize", { x, scale, offset }, { acrossBatch, groups, eps });
  const [y, mean, variance] = outputs as [tf.Tensor, tf.Tensor2D, tf.Tensor2D];
  observe?.({ mean, variance, count });
  tf.dispose([mean, variance]);
  return y;
}

function backward(dyAny: tf.Tensor, saved: tf.Tensor[], set: NormalizeSet, count: number): tf.Tensor[] {
  return tf.tidy(() => {
    const [flat, gamma, mean, inverse] = saved as [tf.Tensor3D, tf.Tensor1D, tf.Tensor2D, tf.Tensor2D];
    const channels = flat.shape[2];
    const dy = tf.reshape(dyAny, flat.shape);
    const inverseWide = spread(inverse, channels);
    const centred = tf.sub(flat, spread(mean, channels));
    // Σ dy and Σ dy · x̂ over positions, per sample and channel: all sums below are sums of these.
    const sumDy = sumPositions(dy);
    const sumDyXhat = tf.mul(sumPositions(tf.mul(dy, centred)), tf.squeeze(inverseWide, [1])) as tf.Tensor2D;
    const meanG = spread(tf.div(pool(tf.mul(sumDy, gamma), set), count), channels);
    const meanGXhat = spread(tf.div(pool(tf.mul(sumDyXhat, gamma), set), count), channels);
    const slope = tf.mul(tf.square(inverseWide), meanGXhat);
    const projected = tf.add(tf.mul(centred, slope), tf.mul(inverseWide, meanG));
    const dx = tf.sub(tf.mul(dy, tf.mul(inverseWide, gamma)), projected);
    return [tf.reshape(dx, dyAny.shape), tf.sum(sumDyXhat, 0), tf.sum(sumDy, 0)];
  });
}
