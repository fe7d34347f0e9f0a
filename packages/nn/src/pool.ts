import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import type { Layer } from "./layer.ts";
import { type Dimension, type PerDimension, perDimension } from "./shapes.ts";

export interface PoolOptions {
  readonly dimension: Dimension;
  /** Points of a window in each spatial dimension. Default 2. */
  readonly size?: PerDimension;
  /** Default: the size, so that windows do not overlap. */
  readonly stride?: PerDimension;
  /** Points added on both sides of each dimension: never a maximum, zeros in an average (as PyTorch). Default 0. */
  readonly padding?: PerDimension;
}

/** Largest value of each window, channel by channel. Points that fill no window are left out. */
export const maxPool = (options: PoolOptions): Layer => pool(options, "max");

/** Mean of each window, channel by channel. Points that fill no window are left out. */
export const averagePool = (options: PoolOptions): Layer => pool(options, "average");

/** Below every float32 that a network computes, and finite, so that a backend's arithmetic on it stays finite. */
const lowest = -3.4e38;

function pool(options: PoolOptions, kind: "max" | "average"): Layer {
  const { dimension, size = 2, stride = size, padding = 0 } = options;
  const sizes = perDimension(size, dimension, "Pooling");
  const strides = perDimension(stride, dimension, "Pooling");
  const margins = perDimension(padding, dimension, "Pooling");
  return (x) => {
    if (x.rank !== dimension + 2 || sizes.some((s, i) => x.shape[i + 1]! + 2 * margins[i]! < s))
      throw new SpectraiError(
        "SPECTRAI_TENSOR_SHAPE",
        `A pooling window of [${sizes.join(", ")}] points does not fit in a tensor [${x.shape.join(", ")}].`,
      );
    return tf.tidy(() => {
      const padded = margins.every((m) => m === 0)
        ? x
        : tf.pad(x, [[0, 0], ...margins.map((m): [number, number] => [m, m]), [0, 0]], kind === "max" ? lowest : 0);
      if (dimension === 3) {
        const [volume, window, step] = [
          padded as tf.Tensor5D,
          sizes as [number, number, number],
          strides as [number, number, number],
        ];
        return kind === "max"
          ? tf.maxPool3d(volume, window, step, "valid")
          : tf.avgPool3d(volume, window, step, "valid");
      }
      const image = (dimension === 1 ? tf.expandDims(padded, 1) : padded) as tf.Tensor4D;
      const pair = (values: readonly number[]): [number, number] =>
        dimension === 1 ? [1, values[0]!] : [values[0]!, values[1]!];
      const y =
        kind === "max"
          ? tf.maxPool(image, pair(sizes), pair(strides), "valid")
          : tf.avgPool(image, pair(sizes), pair(strides), "valid");
      return dimension === 1 ? tf.squeeze(y, [1]) : y;
    });
  };
}
