import * as tf from "@tensorflow/tfjs-core";
import { type BackendCase, forward, smooth } from "./case.ts";

type T4 = tf.Tensor4D;
type T5 = tf.Tensor5D;
type Size = number | [number, number];

const windows: readonly (readonly [Size, Size, "same" | "valid"])[] = [
  [2, 2, "valid"],
  [3, 1, "valid"],
  [[1, 2], [1, 2], "valid"],
  [2, 2, "same"],
  [3, 2, "same"],
  [3, 1, "same"],
];
const cubicWindows = [
  [2, 2, "valid"],
  [3, 2, "same"],
] as const;

/** Rows and columns before and after. */
const sizes = [
  [4, 5, 8, 10],
  [4, 5, 9, 7],
  [8, 9, 4, 3],
  [1, 6, 1, 13],
] as const;

/** Which points of the two grids coincide. */
const alignments = [
  [false, false, ""],
  [true, false, ", corners aligned"],
  [false, true, ", half-pixel centers"],
] as const;

/**
 * Pooling and resizing. Not compared are gradients that tfjs's own kernels have wrong: of padded means (they divide by
 * whole windows) and of resizing (batches beyond the first; half-pixel centers). Core and nn make theirs otherwise.
 */
export const poolingCases = (): BackendCase[] => [
  ...(["maxPool", "avgPool"] as const).flatMap((op) =>
    windows.map(([size, stride, pad]) =>
      (op === "avgPool" && pad === "same" ? forward : smooth)(
        `${op} ${size}, stride ${stride}, ${pad}`,
        [[2, 7, 8, 3]],
        (x) => tf[op](x as T4, size, stride, pad),
      ),
    ),
  ),
  ...(["maxPool3d", "avgPool3d"] as const).flatMap((op) =>
    cubicWindows.map(([size, stride, pad]) =>
      (op === "avgPool3d" && pad === "same" ? forward : smooth)(
        `${op} ${size}, stride ${stride}, ${pad}`,
        [[2, 5, 6, 7, 3]],
        (x) => tf[op](x as T5, size, stride, pad),
      ),
    ),
  ),
  // A kernel that starts its maximum at 0, or at the smallest positive number, finds none here.
  smooth("maxPool 2 of negative values", [{ shape: [2, 4, 5, 3], low: -3, high: -1 }], (x) =>
    tf.maxPool(x as T4, 2, 2, "valid"),
  ),
  smooth("maxPool3d 2 of negative values", [{ shape: [1, 4, 4, 5, 3], low: -3, high: -1 }], (x) =>
    tf.maxPool3d(x as T5, 2, 2, "valid"),
  ),
  ...(["resizeBilinear", "resizeNearestNeighbor"] as const).flatMap((op) =>
    sizes.flatMap(([h, w, toH, toW]) =>
      alignments.map(([corners, centers, said]) =>
        forward(`${op} [${h},${w}] to [${toH},${toW}]${said}`, [[2, h, w, 3]], (x) =>
          tf.image[op](x as T4, [toH, toW], corners, centers),
        ),
      ),
    ),
  ),
];
