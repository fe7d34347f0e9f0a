import { type BaselineData, type FloatArray, sameAxis, SpectraiError, type SpectralArray } from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";
import { bothValid, countValid } from "./valid.ts";

/** Spectra and what they should become, row by row; the pixels of a cube that count are rows of their own. */
export interface Pairs {
  readonly inputs: Matrix;
  readonly targets: Matrix;
}

/** More rows than this are thinned out evenly: a thousand rows for each of a few hundred unknowns lose nothing, and fit in memory. */
export const MAX_ROWS = 10_000;

interface Spectra {
  readonly id: string;
  readonly input: SpectralArray;
  readonly target: SpectralArray;
}

function spectra(part: BaselineData, index: number, baseline: string): Spectra {
  const sample = part.sample(index);
  if (sample.target.kind !== "spectral")
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `The baseline "${baseline}" predicts spectra, but the target of sample "${sample.id}" is of kind "${sample.target.kind}"; choose a baseline for that task.`,
    );
  return { id: sample.id, input: sample.input, target: sample.target.value };
}

const pointsOf = (x: SpectralArray): number => x.shape.at(-1)!;

/**
 * @param limit - most rows to read; of more, every n-th is taken
 * @throws SPECTRAI_DATA_EMPTY, SPECTRAI_TASK_UNSUITABLE, SPECTRAI_DATA_LENGTH, SPECTRAI_DATA_VALUE
 */
export function readPairs(part: BaselineData, baseline: string, limit = MAX_ROWS, from = 0, to = part.size): Pairs {
  if (to <= from)
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `The baseline "${baseline}" has no samples to learn from; enlarge the training part of the split.`,
    );
  const first = spectra(part, from, baseline);
  const columns = pointsOf(first.input);
  const outputs = pointsOf(first.target);
  // Cubes may differ in size, so the rows are counted before they are stored.
  let total = 0;
  for (let i = from; i < to; i++) total += rowsOf(spectra(part, i, baseline), columns, outputs);
  if (total === 0)
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `The baseline "${baseline}" has nothing to learn from: no pixel of its samples has data in both input and target.`,
    );
  const stride = Math.max(1, Math.ceil(total / limit));
  const rows = Math.ceil(total / stride);
  const inputs = matrix(rows, columns);
  const targets = matrix(rows, outputs);
  let seen = 0;
  let kept = 0;
  for (let i = from; i < to; i++) {
    const { id, input, target } = spectra(part, i, baseline);
    const here = input.data.length / columns;
    const valid = bothValid(input.valid, target.valid);
    for (let r = 0; r < here; r++) {
      if ((valid && !valid[r]) || seen++ % stride !== 0) continue;
      copyFinite(input.data, r * columns, inputs, kept, id);
      copyFinite(target.data, r * outputs, targets, kept, id);
      kept++;
    }
  }
  return { inputs, targets };
}

function rowsOf({ id, input, target }: Spectra, columns: number, outputs: number): number {
  if (pointsOf(input) !== columns || pointsOf(target) !== outputs)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `Sample "${id}" has spectra of ${pointsOf(input)} and ${pointsOf(target)} points, the first sample ${columns} and ${outputs}; resample them to one axis.`,
    );
  const rows = input.data.length / columns;
  if (rows !== target.data.length / outputs)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `Sample "${id}" has ${rows} input spectra and ${target.data.length / outputs} target spectra; they must be paired.`,
    );
  return countValid(bothValid(input.valid, target.valid), rows);
}

function copyFinite(source: FloatArray, at: number, into: Matrix, row: number, id: string): void {
  const start = row * into.columns;
  for (let j = 0; j < into.columns; j++) {
    const value = source[at + j]!;
    if (!Number.isFinite(value))
      throw new SpectraiError(
        "SPECTRAI_DATA_VALUE",
        `Sample "${id}" is ${value} at point ${j}; leave it out or mend it before fitting.`,
      );
    into.data[start + j] = value;
  }
}

/** What is learnt from and what choices are judged by. Without a validation part, the last fifth of the training part is held out. */
export function trainAndValidation(
  train: BaselineData,
  validation: BaselineData,
  baseline: string,
): { readonly train: Pairs; readonly validation: Pairs } {
  if (validation.size > 0) return { train: readPairs(train, baseline), validation: readPairs(validation, baseline) };
  const held = train.size > 1 ? Math.max(1, Math.floor(train.size / 5)) : 0;
  const split = train.size - held;
  return {
    train: readPairs(train, baseline, MAX_ROWS, 0, split),
    validation: readPairs(train, baseline, MAX_ROWS, held === 0 ? 0 : split, train.size),
  };
}

/** One pair of matrices below another. */
export function joinPairs(a: Pairs, b: Pairs): Pairs {
  const below = (x: Matrix, y: Matrix): Matrix => {
    const data = new Float64Array(x.data.length + y.data.length);
    data.set(x.data);
    data.set(y.data, x.data.length);
    return matrix(x.rows + y.rows, x.columns, data);
  };
  return { inputs: below(a.inputs, b.inputs), targets: below(a.targets, b.targets) };
}

/** @throws SPECTRAI_TASK_UNSUITABLE where a prediction on the input's axis says nothing about a target on another */
export function requireSameAxis(part: BaselineData, baseline: string): void {
  if (part.size === 0) return;
  const { input, target } = spectra(part, 0, baseline);
  if (sameAxis(input.axis, target.axis)) return;
  const words = ({ axis }: SpectralArray): string =>
    `${axis.values.length} points from ${axis.values[0]} to ${axis.values.at(-1)} ${axis.unit}`;
  throw new SpectraiError(
    "SPECTRAI_TASK_UNSUITABLE",
    `The baseline "${baseline}" predicts on the input's axis (${words(input)}), but the targets are on another (${words(target)}); use "ridge" or "pca-regression", or resample both to one axis.`,
  );
}

/** Mean squared difference of all elements. */
export function meanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum / a.length;
}
