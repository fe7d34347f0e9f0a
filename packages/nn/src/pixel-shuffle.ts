import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, SpectraiError } from "@spectrai/core";
import { fusedGradient, runFused } from "./fused-gradient.ts";
import type { Layer } from "./layer.ts";
import type { Dimension } from "./shapes.ts";

export interface PixelShuffleOptions {
  readonly dimension: Dimension;
  /** Points out for each point in, in every spatial dimension. Default 2. */
  readonly factor?: number;
}

/**
 * Channels become points: `[N, …spatial, C · factorᵈ]` → `[N, …spatial · factor, C]` (Shi et al., "Real-time single image
 * and video super-resolution", CVPR 2016). The channel order is PyTorch's `PixelShuffle`: the output's channel runs slowest,
 * the offset within the new points fastest, its last dimension first.
 *
 * @throws SPECTRAI_TENSOR_SHAPE (when applied) where the channels cannot be dealt out
 */
export function pixelShuffle({ dimension, factor = 2 }: PixelShuffleOptions): Layer {
  const offsets = factor ** dimension;
  return (x) => {
    const channels = x.shape.at(-1)! / offsets;
    if (x.rank !== dimension + 2 || !Number.isInteger(channels))
      throw new SpectraiError(
        "SPECTRAI_TENSOR_SHAPE",
        `A pixel shuffle by ${factor} needs ${dimension} spatial dimensions and a multiple of ${offsets} channels, and got a tensor [${x.shape.join(", ")}].`,
      );
    if (hasKernel("PixelShuffle")) return fusedShuffle(x, factor);
    return tf.tidy(() => {
      const spatial = x.shape.slice(1, -1);
      const cells = x.shape[0]! * spatial.reduce((n, d) => n * d, 1);
      // [cell, channel, offset] → [cell, offset, channel]; then the offset along each dimension moves in behind its points.
      let at: tf.Tensor = tf.transpose(tf.reshape(x, [cells, channels, offsets]), [0, 2, 1]);
      let before = x.shape[0]!;
      for (let d = 0; d < dimension; d++) {
        before *= spatial[d]!;
        const later = spatial.slice(d + 1).reduce((n, s) => n * s, 1);
        const inner = factor ** (dimension - 1 - d) * channels;
        if (later > 1) at = tf.transpose(tf.reshape(at, [before, later, factor, inner]), [0, 2, 1, 3]);
        before *= factor;
      }
      return tf.reshape(at, [x.shape[0]!, ...spatial.map((s) => s * factor), channels]);
    });
  };
}

function fusedShuffle(x: tf.Tensor, factor: number): tf.Tensor {
  fusedGradient("PixelShuffle", {
    gradFunc: (dy, _, attributes) => ({ x: () => runFused("PixelUnshuffle", { x: dy as tf.Tensor }, attributes) }),
  });
  return runFused("PixelShuffle", { x }, { factor });
}
