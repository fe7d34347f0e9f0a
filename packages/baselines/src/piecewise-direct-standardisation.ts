import { type Axis, type Baseline, defineComponent, floatLike } from "@spectrai/core";
import { columnMeans, matrix, type Matrix, multiplyTransposed, principalComponents } from "@spectrai/linalg";
import { z } from "zod";
import { requirePoints } from "./filter.ts";
import { foldPairs, type TransferPairs, transferPairs } from "./transfer/read.ts";

/** Options of `piecewise-direct-standardisation`. */
export const piecewiseDirectStandardisationSchema = z.strictObject({
  windows: z
    .array(
      z
        .int()
        .min(1)
        .max(1001)
        .refine((n) => n % 2 === 1, "A window must have an odd number of points."),
    )
    .min(1)
    .max(100)
    .default([1, 3, 5, 9, 15, 21, 31])
    .meta({ description: "Windows to choose from.", group: "choice", unit: "points" }),
  maxComponents: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .meta({ description: "Most principal components of a window to choose from.", group: "choice" }),
});

/**
 * Piecewise direct standardisation: every point of one instrument's spectrum from a window of the other's around the same place,
 * by principal component regression with an offset. Window and number of components, the same for all points, are chosen by
 * five-fold cross-validation over training and validation; the fit is on both. Windows are cut off at the ends of the axis. On
 * different axes of one unit the place is the nearest value, on others the same share of the length.
 */
export const piecewiseDirectStandardisation = defineComponent({
  kind: "baseline",
  name: "piecewise-direct-standardisation",
  summary: "Map each point of an instrument's spectrum from a window of the other's, chosen by cross-validation.",
  reference: "Wang, Veltkamp, Kowalski, Anal. Chem. 63 (1991) 2750",
  supports: { tasks: ["calibration"], data: ["spectrum"] },
  schema: piecewiseDirectStandardisationSchema,
  create: ({ windows, maxComponents }): Baseline => ({
    fit(train, validation) {
      const name = "piecewise-direct-standardisation";
      const pairs = transferPairs(train, validation, name);
      const places = matchingPlaces(pairs.inputAxis, pairs.targetAxis);
      const { window, components, error } = choose(pairs, places, windows, maxComponents);
      const inputMean = columnMeans(pairs.inputs);
      const targetMean = columnMeans(pairs.targets);
      const maps = places.map((place, j) => {
        const { from, points } = windowAround(place, window, inputMean.length);
        const map = localPath(cut(pairs.inputs, from, points), column(pairs.targets, j), components);
        return { from, weights: map.data.subarray(components * points) };
      });
      return {
        chosen: { window, components, rmsecv: Math.sqrt(error / pairs.targets.data.length) },
        predict(input) {
          requirePoints(input, inputMean.length, name);
          const data = floatLike(input.data, maps.length);
          maps.forEach(({ from, weights }, j) => {
            let sum = targetMean[j]!;
            weights.forEach((w, k) => (sum += w * (input.data[from + k]! - inputMean[from + k]!)));
            data[j] = sum;
          });
          return { data, shape: [maps.length] };
        },
      };
    },
  }),
});

/** For every target point the input point it is made from the surroundings of. */
function matchingPlaces(input: Axis, target: Axis): number[] {
  const values = input.values;
  return Array.from(target.values, (value, j) => {
    if (input.unit !== target.unit)
      return Math.round((j * (values.length - 1)) / Math.max(1, target.values.length - 1));
    let nearest = 0;
    values.forEach((v, k) => {
      if (Math.abs(v - value) < Math.abs(values[nearest]! - value)) nearest = k;
    });
    return nearest;
  });
}

function windowAround(
  place: number,
  window: number,
  length: number,
): { readonly from: number; readonly points: number } {
  const half = (window - 1) / 2;
  const from = Math.max(0, place - half);
  return { from, points: Math.min(length, place + half + 1) - from };
}

interface Choice {
  readonly window: number;
  readonly components: number;
  /** Sum of squared errors over the folds. */
  readonly error: number;
}

function choose(
  pairs: TransferPairs,
  places: readonly number[],
  windows: readonly number[],
  maxComponents: number,
): Choice {
  const folds = Array.from({ length: pairs.folds.count }, (_, f) => foldPairs(pairs, f));
  let best: Choice | undefined;
  for (const window of windows.toSorted((a, b) => a - b)) {
    const most = Math.min(window, maxComponents);
    const errors = new Float64Array(most + 1);
    for (const { train, held } of folds) {
      const inputMean = columnMeans(train.inputs);
      const targetMean = columnMeans(train.targets);
      places.forEach((place, j) => {
        const { from, points } = windowAround(place, window, inputMean.length);
        const path = localPath(cut(train.inputs, from, points), column(train.targets, j), most);
        const rows = cut(held.inputs, from, points);
        for (let at = 0; at < rows.data.length; at++) rows.data[at] = rows.data[at]! - inputMean[from + (at % points)]!;
        const predicted = multiplyTransposed(rows, path);
        for (let i = 0; i < rows.rows; i++) {
          const truth = held.targets.data[i * held.targets.columns + j]! - targetMean[j]!;
          for (let a = 0; a <= most; a++) errors[a] = errors[a]! + (predicted.data[i * (most + 1) + a]! - truth) ** 2;
        }
      });
    }
    errors.forEach((error, components) => {
      if (!best || error < best.error) best = { window, components, error };
    });
  }
  return best!;
}

/** Weights `[most + 1, points]` of principal component regression after 0, 1, … components; where there are no more, the last again. */
function localPath(x: Matrix, y: Float64Array, most: number): Matrix {
  const { centred, variances, axes } = principalComponents(x);
  const mean = y.reduce((a, b) => a + b, 0) / y.length;
  const out = matrix(most + 1, x.columns);
  const scores = multiplyTransposed(centred, axes);
  for (let a = 1; a <= most; a++) {
    let product = 0;
    if (a <= axes.rows)
      for (let i = 0; i < y.length; i++) product += scores.data[i * axes.rows + a - 1]! * (y[i]! - mean);
    for (let k = 0; k < x.columns; k++) {
      const step = a <= axes.rows ? (product / variances[a - 1]!) * axes.data[(a - 1) * x.columns + k]! : 0;
      out.data[a * x.columns + k] = out.data[(a - 1) * x.columns + k]! + step;
    }
  }
  return out;
}

/** Columns `from` … `from + points − 1`. */
function cut(a: Matrix, from: number, points: number): Matrix {
  const out = matrix(a.rows, points);
  for (let i = 0; i < a.rows; i++)
    out.data.set(a.data.subarray(i * a.columns + from, i * a.columns + from + points), i * points);
  return out;
}

const column = (a: Matrix, j: number): Float64Array =>
  Float64Array.from({ length: a.rows }, (_, i) => a.data[i * a.columns + j]!);
