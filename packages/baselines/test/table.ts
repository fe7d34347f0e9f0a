import { readFileSync } from "node:fs";
import {
  type BaselineData,
  type FittedBaseline,
  linearAxis,
  type Sample,
  spectralArray,
  type Target,
} from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";

/** Small problems and what NumPy makes of them: see numpy-table.py. */
export const table = JSON.parse(readFileSync(new URL("numpy-table.json", import.meta.url), "utf8")) as {
  readonly x: number[][];
  readonly y: number[][];
  readonly labels: number[];
  readonly pls1: number[][];
  readonly pls2: number[][][];
  readonly pcr: number[][];
  readonly ridge: number[][];
  readonly C: number;
  readonly logistic: number[][];
  readonly posterior: number[][];
};

export const rowsOf = (values: readonly (readonly number[])[]): Matrix =>
  matrix(values.length, values[0]!.length, Float64Array.from(values.flat()));

/** Samples from the rows of a matrix, each with its target and, unless told, a group of its own. */
export function samplesOf(x: Matrix, targets: readonly Target[], groups?: readonly string[]): BaselineData {
  const axis = linearAxis(900, 1700, x.columns, "nm");
  const sample = (i: number): Sample => ({
    id: `s${i}`,
    group: groups?.[i] ?? `g${i}`,
    input: spectralArray(x.data.slice(i * x.columns, (i + 1) * x.columns), [x.columns], axis),
    target: targets[i]!,
  });
  return { size: x.rows, sample };
}

export const numbersOf = (y: Matrix): Target[] =>
  Array.from({ length: y.rows }, (_, i) => ({
    kind: "numbers",
    value: y.data.slice(i * y.columns, (i + 1) * y.columns),
  }));

export const classesOf = (labels: ArrayLike<number>): Target[] =>
  Array.from(labels, (value) => ({ kind: "class", value }));

export const nothing: BaselineData = {
  size: 0,
  sample: () => {
    throw new Error("no samples");
  },
};

/** Predictions for all samples, one after the other. */
export const predictAll = (fitted: FittedBaseline, part: BaselineData): number[] =>
  Array.from({ length: part.size }, (_, i) => Array.from(fitted.predict(part.sample(i).input).data)).flat();
