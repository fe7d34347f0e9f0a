import {
  type BaselineData,
  type FittedBaseline,
  type JsonObject,
  type Prediction,
  SpectraiError,
  type SpectralArray,
} from "@spectrai/core";
import { matrix, type Matrix, pickRows, row } from "@spectrai/linalg";
import { featuresOf } from "../features.ts";
import { requirePoints } from "../filter.ts";
import { type Folds, innerFolds, splitRows } from "../folds.ts";
import { applyScaling, scalingOf } from "../scaling.ts";
import { countMisses, logProbabilities, temperatureFactor } from "./probability.ts";
import { labelledRows } from "./read.ts";

/** Scores `[rows, classes]` of each setting for rows that were not learnt from. */
export type Scorer = (rows: Matrix) => Matrix[];

/** Classifiers of one kind, one for each setting of their hyper-parameters. */
export interface ClassifierFamily<S extends JsonObject> {
  readonly name: string;
  /** Whether the mean spectrum is taken off rows that are not autoscaled. */
  readonly centred: boolean;
  /** Scaling of points changes nothing, so autoscaling is not tried. */
  readonly scaleFree?: true;
  /** Most pixels of cubes that are learnt from, where it is not the usual number. */
  readonly mostPixels?: number;
  /** Settings for rows like these, from the simplest classifier to the most complex. */
  settings(x: Matrix, classes: number): readonly S[];
  /**
   * Learns from rows of which every class 0 … classes − 1 has at least one, and there are two classes or more.
   *
   * @param rough - only to choose among the settings: what is found by iteration need not be exact
   */
  fit(x: Matrix, labels: Int32Array, classes: number, settings: readonly S[], rough?: boolean): Scorer;
}

interface Choice<S> {
  readonly setting: S;
  readonly autoscale: boolean;
  readonly misses: number;
  /** Of every row, from the fold in which it was held out. */
  readonly scores: Matrix;
}

/**
 * Chooses the settings, and whether points are divided by their standard deviations, by five-fold cross-validation over
 * training and validation: fewest misses, of equally many the simpler; among pixels, which are many, by rough fits. Then fits on
 * both. Predictions are log-probabilities:
 * the scores times a factor that is fitted to the held-out scores, through softmax.
 *
 * @throws SPECTRAI_TASK_UNSUITABLE, SPECTRAI_DATA_EMPTY, SPECTRAI_DATA_LENGTH, SPECTRAI_DATA_VALUE, SPECTRAI_DATA_LABEL
 */
export function fitClassifiers<S extends JsonObject>(
  family: ClassifierFamily<S>,
  train: BaselineData,
  validation: BaselineData,
): FittedBaseline {
  const { x, labels, groups, classes, pixels } = labelledRows(train, validation, family.name, family.mostPixels);
  if (new Set(labels).size < 2)
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `The baseline "${family.name}" has nothing to tell apart: all samples of training and validation are of one class.`,
    );
  const chosen = choose(family, innerFolds(groups, labels, family.name), x, labels, classes, pixels);
  const factor = temperatureFactor(chosen.scores, labels);
  const scaling = scalingOf(x, chosen.autoscale, family.centred);
  const scorer = fitPresent(family, applyScaling(x, scaling), labels, classes, [chosen.setting], false);
  const logits = (rows: Matrix): Float64Array => {
    const out = new Float64Array(rows.rows * classes);
    const scores = scorer(applyScaling(rows, scaling))[0]!;
    for (let i = 0; i < rows.rows; i++) out.set(logProbabilities(row(scores, i), factor), i * classes);
    return out;
  };
  return {
    chosen: {
      ...chosen.setting,
      autoscale: chosen.autoscale,
      cvAccuracy: 1 - chosen.misses / x.rows,
      factor,
    },
    predict(input) {
      requirePoints(input, x.columns, family.name);
      if (pixels) return predictPixels(input, classes, logits);
      return { data: logits(matrix(1, x.columns, featuresOf(input))), shape: [classes] };
    },
  };
}

/** Pixels that are scored together. */
const PIXELS_AT_ONCE = 1024;

function predictPixels(input: SpectralArray, classes: number, logits: (rows: Matrix) => Float64Array): Prediction {
  const points = input.shape.at(-1)!;
  const count = input.data.length / points;
  const data = new Float64Array(count * classes);
  for (let from = 0; from < count; from += PIXELS_AT_ONCE) {
    const to = Math.min(from + PIXELS_AT_ONCE, count);
    const rows = matrix(to - from, points, new Float64Array(input.data.subarray(from * points, to * points)));
    data.set(logits(rows), from * classes);
  }
  return { data, shape: [...input.shape.slice(0, -1), classes] };
}

function choose<S extends JsonObject>(
  family: ClassifierFamily<S>,
  folds: Folds,
  x: Matrix,
  labels: Int32Array,
  classes: number,
  rough: boolean,
): Choice<S> {
  let best: Choice<S> | undefined;
  for (const autoscale of family.scaleFree ? [false] : [false, true]) {
    const settings = family.settings(applyScaling(x, scalingOf(x, autoscale, family.centred)), classes);
    const scores = heldOutScores(family, settings, autoscale, folds, x, labels, classes, rough);
    for (const [s, setting] of settings.entries()) {
      const misses = countMisses(scores[s]!, labels);
      if (!best || misses < best.misses) best = { setting, autoscale, misses, scores: scores[s]! };
    }
  }
  return best!;
}

/** For every setting the scores of all rows, each from the fold in which it was held out. */
function heldOutScores<S extends JsonObject>(
  family: ClassifierFamily<S>,
  settings: readonly S[],
  autoscale: boolean,
  folds: Folds,
  x: Matrix,
  labels: Int32Array,
  classes: number,
  rough: boolean,
): Matrix[] {
  const all = settings.map(() => matrix(x.rows, classes));
  for (let f = 0; f < folds.count; f++) {
    const { train, held } = splitRows(folds, f);
    const rows = pickRows(x, train);
    const scaling = scalingOf(rows, autoscale, family.centred);
    const known = Int32Array.from(train, (i) => labels[i]!);
    const scorer = fitPresent(family, applyScaling(rows, scaling), known, classes, settings, rough);
    scorer(applyScaling(pickRows(x, held), scaling)).forEach((scores, s) =>
      held.forEach((to, from) => all[s]!.data.set(row(scores, from), to * classes)),
    );
  }
  return all;
}

/** Fits on the classes that have rows; the others score −∞. */
function fitPresent<S extends JsonObject>(
  family: ClassifierFamily<S>,
  x: Matrix,
  labels: Int32Array,
  classes: number,
  settings: readonly S[],
  rough: boolean,
): Scorer {
  const present = Array.from(new Set(labels)).toSorted((a, b) => a - b);
  const position = new Map(present.map((label, k) => [label, k]));
  const scorer =
    present.length > 1
      ? family.fit(
          x,
          labels.map((label) => position.get(label)!),
          present.length,
          settings,
          rough,
        )
      : (rows: Matrix): Matrix[] => settings.map(() => matrix(rows.rows, 1));
  return (rows) =>
    scorer(rows).map((scores) => {
      if (present.length === classes) return scores;
      const out = matrix(scores.rows, classes, new Float64Array(scores.rows * classes).fill(-Infinity));
      for (let i = 0; i < scores.rows; i++)
        present.forEach((label, k) => (out.data[i * classes + label] = scores.data[i * present.length + k]!));
      return out;
    });
}
