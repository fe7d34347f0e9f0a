import { type BaselineData, type FittedBaseline, type JsonObject } from "@spectrai/core";
import { columnMeans, matrix, type Matrix, multiplyTransposed, pickRows, row, subtractRow } from "@spectrai/linalg";
import { allSamples, featureMatrix, featuresOf } from "../features.ts";
import { requirePoints } from "../filter.ts";
import { type Folds, innerFolds, splitRows } from "../folds.ts";
import { applyScaling, scalingOf } from "../scaling.ts";
import { numberTargets } from "./read.ts";

/** Linear maps from a spectrum to a number, one for each setting of a hyper-parameter. */
export interface LinearFamily {
  readonly name: string;
  /** The hyper-parameter, as it is reported. */
  readonly parameter: string;
  /** Its values for centred inputs like these, from the simplest map to the most complex. */
  settings(x: Matrix): readonly number[];
  /** For every column of `y`, a matrix whose row s holds the weights of a map from x to y under setting s. `x`, `y`: centred. */
  paths(x: Matrix, y: Matrix, settings: readonly number[]): Matrix[];
}

interface Choice {
  readonly autoscale: boolean;
  readonly value: number;
  /** Sum of squared errors over the inner folds. */
  readonly error: number;
}

/**
 * Chooses for every target its own setting, and whether points are divided by their standard deviations, by five-fold
 * cross-validation over training and validation; of equal ones the simpler. Then fits on both (with `refit` off on training
 * alone).
 *
 * @throws SPECTRAI_TASK_UNSUITABLE, SPECTRAI_DATA_EMPTY, SPECTRAI_DATA_LENGTH, SPECTRAI_DATA_VALUE
 */
export function fitLinearFamily(
  family: LinearFamily,
  train: BaselineData,
  validation: BaselineData,
  refit: boolean,
): FittedBaseline {
  const samples = allSamples(train, validation);
  const x = featureMatrix(samples, family.name);
  const y = numberTargets(samples, family.name);
  const groups = samples.map((s) => s.group);
  const folds = innerFolds(groups, new Int32Array(x.rows), family.name);
  const candidates = [false, true].map((autoscale) => ({
    autoscale,
    settings: family.settings(applyScaling(x, scalingOf(x, autoscale))),
  }));
  const chosen = choose(family, candidates, folds, x, y);

  const rows = Array.from({ length: refit || train.size === 0 ? x.rows : train.size }, (_, i) => i);
  const weights = matrix(y.columns, x.columns);
  const [fitX, fitY] = [pickRows(x, rows), pickRows(y, rows)];
  const meanY = columnMeans(fitY);
  const meanX = columnMeans(fitX);
  for (const { autoscale, settings } of candidates) {
    if (!chosen.some((c) => c.autoscale === autoscale)) continue;
    const scaling = scalingOf(fitX, autoscale);
    const paths = family.paths(applyScaling(fitX, scaling), subtractRow(fitY, meanY), settings);
    chosen.forEach((c, j) => {
      if (c.autoscale !== autoscale) return;
      const best = row(paths[j]!, settings.indexOf(c.value));
      weights.data.set(
        best.map((w, k) => w / scaling.scale[k]!),
        j * x.columns,
      );
    });
  }
  return {
    chosen: report(family.parameter, chosen, x.rows),
    predict(input) {
      requirePoints(input, x.columns, family.name);
      const features = featuresOf(input);
      const data = meanY.map((mean, j) => {
        let sum = mean;
        for (let k = 0; k < features.length; k++) sum += weights.data[j * x.columns + k]! * (features[k]! - meanX[k]!);
        return sum;
      });
      return { data, shape: [y.columns] };
    },
  };
}

interface Candidates {
  readonly autoscale: boolean;
  readonly settings: readonly number[];
}

function choose(family: LinearFamily, candidates: readonly Candidates[], folds: Folds, x: Matrix, y: Matrix): Choice[] {
  const best: (Choice | undefined)[] = Array.from({ length: y.columns });
  for (const { autoscale, settings } of candidates) {
    const errors = Array.from({ length: y.columns }, () => new Float64Array(settings.length));
    for (let f = 0; f < folds.count; f++) {
      const { train, held } = splitRows(folds, f);
      const trainX = pickRows(x, train);
      const trainY = pickRows(y, train);
      const scaling = scalingOf(trainX, autoscale);
      const meanY = columnMeans(trainY);
      const paths = family.paths(applyScaling(trainX, scaling), subtractRow(trainY, meanY), settings);
      const heldX = applyScaling(pickRows(x, held), scaling);
      const heldY = subtractRow(pickRows(y, held), meanY);
      paths.forEach((path, j) => addErrors(multiplyTransposed(heldX, path), heldY, j, errors[j]!));
    }
    errors.forEach((each, j) =>
      each.forEach((error, s) => {
        if (!best[j] || error < best[j].error) best[j] = { autoscale, value: settings[s]!, error };
      }),
    );
  }
  return best.map((c) => c!);
}

/** Adds the squared errors of every setting's predictions (a column each) of target `j`. */
function addErrors(predicted: Matrix, held: Matrix, j: number, errors: Float64Array): void {
  for (let i = 0; i < predicted.rows; i++)
    for (let s = 0; s < predicted.columns; s++)
      errors[s] = errors[s]! + (predicted.data[i * predicted.columns + s]! - held.data[i * held.columns + j]!) ** 2;
}

/** One target: plain values; several: a list with one for each. */
function report(parameter: string, chosen: readonly Choice[], rows: number): JsonObject {
  const each = <T extends number | boolean>(of: (c: Choice) => T): T | T[] =>
    chosen.length === 1 ? of(chosen[0]!) : chosen.map(of);
  return {
    [parameter]: each((c) => c.value),
    autoscale: each((c) => c.autoscale),
    rmsecv: each((c) => Math.sqrt(c.error / rows)),
  };
}
