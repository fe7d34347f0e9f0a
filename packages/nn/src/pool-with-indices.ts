import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import { type Dimension, type PerDimension, perDimension } from "./shapes.ts";
import { fromWindowPoints, windowCounts, windowPoints } from "./windows.ts";

export interface IndexedPoolOptions {
  readonly dimension: Dimension;
  /** Points of a window in each spatial dimension, and from one window to the next. Default 2. */
  readonly size?: PerDimension;
}

/** What max pooling gives, and where it was found. */
export interface IndexedPool {
  /** The largest value of each window: `[N, …windows, C]`. */
  readonly values: tf.Tensor;
  /**
   * Where in its window that value stood, int32 `[N, …windows, C]`: 0 for the window's first point, then in row-major order.
   * No gradient goes through it.
   */
  readonly indices: tf.Tensor;
}

/**
 * Max pooling over `[N, …spatial, C]` that remembers its choices, for {@link maxUnpool}. As PyTorch's `max_pool` with
 * `return_indices`: of equal values the first in row-major order is chosen, and points that fill no window are left out.
 *
 * @throws SPECTRAI_TENSOR_SHAPE where no window fits
 */
export function maxPoolWithIndices(x: tf.Tensor, { dimension, size = 2 }: IndexedPoolOptions): IndexedPool {
  const sizes = perDimension(size, dimension, "Pooling");
  if (x.rank !== dimension + 2 || windowCounts(x.shape, sizes).includes(0))
    throw new SpectraiError(
      "SPECTRAI_TENSOR_SHAPE",
      `A pooling window of [${sizes.join(", ")}] points does not fit in a tensor [${x.shape.join(", ")}].`,
    );
  return tf.tidy(() => {
    let chosen: tf.Tensor | undefined;
    const pool = tf.customGrad((input, save) => {
      const { values, indices } = largest(windowPoints(input as tf.Tensor, sizes));
      (save as tf.GradSaveFunc)([indices]);
      // What the operation computes besides its value would be freed with its scope.
      chosen = tf.keep(tf.clone(indices));
      return {
        value: values,
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => place(dy, saved[0]!, sizes, x.shape)),
      };
    });
    const values = pool(x);
    const indices = tf.clone(chosen!);
    chosen!.dispose();
    return { values, indices };
  });
}

/**
 * The reverse: each value at the place in its window that the indices name, and 0 elsewhere.
 *
 * @param values - `[N, …windows, C]`
 * @param indices - from {@link maxPoolWithIndices}, of the same shape
 * @param spatial - points of the result in each spatial dimension, as many as were pooled: what no window covers is 0
 * @throws SPECTRAI_TENSOR_SHAPE where the shapes do not fit together
 */
export function maxUnpool(
  values: tf.Tensor,
  indices: tf.Tensor,
  spatial: readonly number[],
  { dimension, size = 2 }: IndexedPoolOptions,
): tf.Tensor {
  const sizes = perDimension(size, dimension, "Un-pooling");
  const shape = [values.shape[0]!, ...spatial, values.shape.at(-1)!];
  const windows = [shape[0]!, ...windowCounts(shape, sizes), shape.at(-1)!];
  if (!tf.util.arraysEqual(values.shape, windows) || !tf.util.arraysEqual(indices.shape, windows))
    throw new SpectraiError(
      "SPECTRAI_TENSOR_SHAPE",
      `Un-pooling to [${spatial.join(", ")}] points by windows of [${sizes.join(", ")}] needs values and indices [${windows.join(", ")}], and got values [${values.shape.join(", ")}] and indices [${indices.shape.join(", ")}].`,
    );
  const unpool = tf.customGrad((input, save) => {
    (save as tf.GradSaveFunc)([indices]);
    return {
      value: place(input as tf.Tensor, indices, sizes, shape),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => pick(dy, saved[0]!, sizes)),
    };
  });
  return unpool(values);
}

const index = (k: number): tf.Scalar => tf.scalar(k, "int32");

/** The largest of several tensors at each place, and the number of the first that has it. */
function largest(points: readonly tf.Tensor[]): IndexedPool {
  let values = points[0]!;
  let indices: tf.Tensor = tf.zeros(values.shape, "int32");
  for (const [k, next] of points.entries()) {
    if (k === 0) continue;
    indices = tf.where(tf.greater(next, values), tf.fill(next.shape, k, "int32"), indices);
    values = tf.maximum(values, next);
  }
  return { values, indices };
}

/** Each value at its index in its window, 0 elsewhere. */
function place(values: tf.Tensor, indices: tf.Tensor, sizes: readonly number[], shape: readonly number[]): tf.Tensor {
  const nothing = tf.zerosLike(values);
  const points = Array.from({ length: sizes.reduce((n, s) => n * s, 1) }, (_, k) =>
    tf.where(tf.equal(indices, index(k)), values, nothing),
  );
  return fromWindowPoints(points, sizes, shape);
}

/** The value at the index of each window, the adjoint of {@link place}. */
function pick(x: tf.Tensor, indices: tf.Tensor, sizes: readonly number[]): tf.Tensor {
  const [first, ...others] = windowPoints(x, sizes);
  return others.reduce((at, next, k) => tf.where(tf.equal(indices, index(k + 1)), next, at), first!);
}
