import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, SpectraiError } from "@spectrai/core";
import { fusedGradient, runFused } from "./fused-gradient.ts";
import { interpolate } from "./interpolate.ts";
import type { Layer } from "./layer.ts";
import { type Dimension, type PerDimension, perDimension } from "./shapes.ts";

export interface UpsampleOptions {
  readonly dimension: Dimension;
  /** Points out for each point in, a whole number for `nearest`. Default 2. */
  readonly factor?: PerDimension;
  /** `linear` is bilinear on images and trilinear in volumes. Default `nearest`. */
  readonly mode?: "nearest" | "linear";
  /** `linear` only: the first and last points stay in place (PyTorch's `align_corners`). Default false. */
  readonly alignCorners?: boolean;
}

/** More points in every spatial dimension: `[N, …spatial, C]` → `[N, …spatial · factor, C]`, as PyTorch's `interpolate`. */
export function upsample({ dimension, factor = 2, mode = "nearest", alignCorners = false }: UpsampleOptions): Layer {
  const factors = perDimension(factor, dimension, "Up-sampling");
  if (mode === "nearest" && factors.some((f) => !Number.isInteger(f) || f < 1))
    throw new SpectraiError(
      "SPECTRAI_INTERNAL",
      `Nearest up-sampling needs whole factors and got [${factors.join(", ")}].`,
    );
  return (x) =>
    tf.tidy(() => {
      if (mode === "nearest") return repeat(x, factors);
      return interpolate(
        x,
        x.shape.slice(1, -1).map((n, i) => Math.floor(n * factors[i]!)),
        alignCorners,
      );
    });
}

/** Each point so many times in a row, along each spatial dimension. */
function repeat(x: tf.Tensor, factors: readonly number[]): tf.Tensor {
  if (!hasKernel("RepeatPoints")) return factors.reduce((at, f, i) => repeatPoints(at, i + 1, f), x);
  fusedGradient("RepeatPoints", {
    gradFunc: (dy, _, attributes) => ({
      x: () => runFused("RepeatPointsGradient", { dy: dy as tf.Tensor }, attributes),
    }),
  });
  return runFused("RepeatPoints", { x }, { factors });
}

/** Each point of an axis, so many times in a row. */
function repeatPoints(x: tf.Tensor, axis: number, times: number): tf.Tensor {
  if (times === 1) return x;
  const before = x.shape.slice(0, axis + 1).reduce((n, d) => n * d, 1);
  const after = x.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const shape = x.shape.map((d, i) => (i === axis ? d * times : d));
  const op = tf.customGrad((input) => {
    const rows = tf.reshape(input as tf.Tensor, [before, after]);
    return {
      value: tf.reshape(
        tf.concat(
          Array.from({ length: times }, () => rows),
          1,
        ),
        shape,
      ),
      gradFunc: (dy: tf.Tensor) =>
        tf.tidy(() => tf.reshape(tf.addN(tf.split(tf.reshape(dy, [before, times * after]), times, 1)), x.shape)),
    };
  });
  return op(x);
}
