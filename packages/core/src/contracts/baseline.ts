import type { JsonObject } from "../json.ts";
import type { FloatArray } from "../ndarray.ts";
import type { SpectralArray } from "../axes.ts";
import type { Sample } from "./sample.ts";
import type { Prediction } from "./metric.ts";

/** The part of a split a baseline may look at, after preprocessing. */
export interface BaselineData {
  readonly size: number;
  /** How many classes the data set has; absent: as many as its labels say. */
  readonly classes?: number;
  sample(index: number): Sample;
}

export interface FittedBaseline {
  /** What was chosen on the validation part, e.g. `{ lambda: 10 }`. */
  readonly chosen: JsonObject;
  predict(input: SpectralArray): Prediction;
}

/** The classical method to beat. Its hyper-parameters are chosen on training and validation, never on test. */
export interface Baseline {
  fit(train: BaselineData, validation: BaselineData): FittedBaseline | Promise<FittedBaseline>;
}

/** The inputs of a part as one row-major float64 matrix `[size, points]`. */
export function inputMatrix(part: BaselineData): {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
} {
  return stack(part.size, (i) => part.sample(i).input.data);
}

/** The spectral targets of a part as one row-major float64 matrix `[size, points]`. */
export function targetMatrix(part: BaselineData): {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
} {
  return stack(part.size, (i) => {
    const { target } = part.sample(i);
    if (target.kind !== "spectral") throw new TypeError(`a ${target.kind} target has no spectrum`);
    return target.value.data;
  });
}

function stack(rows: number, row: (i: number) => FloatArray): { data: Float64Array; rows: number; columns: number } {
  const columns = rows > 0 ? row(0).length : 0;
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) data.set(row(i), i * columns);
  return { data, rows, columns };
}
