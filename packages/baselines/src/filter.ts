import {
  type Baseline,
  type BaselineData,
  floatLike,
  type FittedBaseline,
  type JsonObject,
  type Prediction,
  SpectraiError,
  type SpectralArray,
} from "@spectrai/core";
import { type Matrix, row } from "@spectrai/linalg";
import { meanSquare, readPairs, requireSameAxis } from "./pairs.ts";

/** Reads `y` and writes the smoothed spectrum into `out`, another array of the same length. */
export type Smoother = (y: Float64Array, out: Float64Array) => void;

/** Rows the settings of a smoother are judged by; more would change the mean by less than it differs between settings. */
const CHOICE_ROWS = 500;

/** Each spectrum, or each pixel's spectrum of a cube, through the smoother. */
export function smoothAll(smoother: Smoother, input: SpectralArray): Prediction {
  const points = input.shape.at(-1)!;
  const out = floatLike(input.data, input.data.length);
  const y = new Float64Array(points);
  const smooth = new Float64Array(points);
  for (let at = 0; at < input.data.length; at += points) {
    for (let j = 0; j < points; j++) y[j] = input.data[at + j]!;
    smoother(y, smooth);
    out.set(smooth, at);
  }
  return { data: out, shape: input.shape };
}

/**
 * A smoother with settings. They are the ones with the least mean squared difference from the targets over the training part:
 * two or three numbers cannot be fitted too closely to thousands of points, so no other part is needed to choose them.
 */
export function smoothingBaseline<S extends JsonObject>(
  name: string,
  candidates: (points: number) => readonly S[],
  smoother: (points: number, settings: S) => Smoother,
): Baseline {
  return {
    fit(train: BaselineData): FittedBaseline {
      requireSameAxis(train, name);
      const { inputs, targets } = readPairs(train, name, CHOICE_ROWS);
      const points = inputs.columns;
      let best: { readonly settings: S; readonly error: number } | undefined;
      for (const settings of candidates(points)) {
        const error = smoothingError(smoother(points, settings), inputs, targets);
        if (!best || error < best.error) best = { settings, error };
      }
      if (!best)
        throw new SpectraiError(
          "SPECTRAI_TASK_UNSUITABLE",
          `The baseline "${name}" has no setting for spectra of ${points} points; they are too short to be smoothed.`,
        );
      const smooth = smoother(points, best.settings);
      return {
        chosen: { ...best.settings, trainingMse: best.error },
        predict(input) {
          requirePoints(input, points, name);
          return smoothAll(smooth, input);
        },
      };
    },
  };
}

function smoothingError(smoother: Smoother, inputs: Matrix, targets: Matrix): number {
  const out = new Float64Array(inputs.columns);
  let sum = 0;
  for (let i = 0; i < inputs.rows; i++) {
    smoother(row(inputs, i), out);
    sum += meanSquare(out, row(targets, i));
  }
  return sum / inputs.rows;
}

/** @throws SPECTRAI_DATA_LENGTH */
export function requirePoints(input: SpectralArray, points: number, baseline: string): void {
  const here = input.shape.at(-1)!;
  if (here !== points)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `The baseline "${baseline}" was fitted on spectra of ${points} points and cannot take one of ${here}; resample it to the training axis.`,
    );
}
