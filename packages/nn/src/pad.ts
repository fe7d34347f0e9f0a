import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import type { Layer } from "./layer.ts";

/** Points to add before and after each spatial dimension. */
export type Margins = readonly (readonly [number, number])[];

/** Adds zeros around `[N, …spatial, C]`; negative margins cut points off. */
export function zeroPad(x: tf.Tensor, by: Margins): tf.Tensor {
  return tf.tidy(() => {
    let at = x;
    if (by.some(([a, b]) => a < 0 || b < 0)) {
      const begin = [0, ...by.map(([a]) => Math.max(-a, 0)), 0];
      const size = x.shape.map((d, i) =>
        i === 0 || i === x.rank - 1 ? d : d + Math.min(by[i - 1]![0], 0) + Math.min(by[i - 1]![1], 0),
      );
      at = tf.slice(x, begin, size);
    }
    if (!by.some(([a, b]) => a > 0 || b > 0)) return at;
    return tf.pad(at, [[0, 0], ...by.map(([a, b]): [number, number] => [Math.max(a, 0), Math.max(b, 0)]), [0, 0]]);
  });
}

/**
 * Mirrors `[N, …spatial, C]` at its edges, without repeating the edge point.
 *
 * @throws SPECTRAI_TENSOR_SHAPE where a margin is not smaller than its dimension
 */
export function reflectPad(x: tf.Tensor, by: Margins): tf.Tensor {
  return tf.tidy(() => by.reduce((at, margin, i) => reflectAxis(at, i + 1, margin), x));
}

function reflectAxis(x: tf.Tensor, axis: number, [before, after]: readonly [number, number]): tf.Tensor {
  const length = x.shape[axis]!;
  if (before >= length || after >= length || before < 0 || after < 0)
    throw new SpectraiError(
      "SPECTRAI_TENSOR_SHAPE",
      `${length} points cannot be reflected by ${before} and ${after}; fewer than ${length} can.`,
    );
  // From slices, since tfjs's own gradient of a mirrored margin leaves the margin out.
  const mirrored = (start: number, count: number): tf.Tensor[] => {
    if (count === 0) return [];
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    const size = x.shape.map((d, i) => (i === axis ? count : d));
    return [tf.reverse(tf.slice(x, begin, size), axis)];
  };
  const parts = [...mirrored(1, before), x, ...mirrored(length - 1 - after, after)];
  return parts.length === 1 ? x : tf.concat(parts, axis);
}

/** Layers of the above, with one margin on every side of every spatial dimension. */
const everySide = (x: tf.Tensor, margin: number): Margins =>
  Array.from({ length: x.rank - 2 }, () => [margin, margin] as const);
export const zeroPadding =
  (margin: number): Layer =>
  (x) =>
    zeroPad(x, everySide(x, margin));
export const reflectPadding =
  (margin: number): Layer =>
  (x) =>
    reflectPad(x, everySide(x, margin));
