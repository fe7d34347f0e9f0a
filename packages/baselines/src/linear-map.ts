import { floatLike, type Prediction, type SpectralArray } from "@spectrai/core";
import { type Matrix } from "@spectrai/linalg";
import { requirePoints } from "./filter.ts";

/** y = b + W x for every spectrum of an array; row j of `weights` makes point j of the output. */
export function applyLinearMap(
  input: SpectralArray,
  weights: Matrix,
  offset: Float64Array,
  baseline: string,
): Prediction {
  const { rows: outputs, columns: points, data: w } = weights;
  requirePoints(input, points, baseline);
  const count = input.data.length / points;
  const out = floatLike(input.data, count * outputs);
  const x = new Float64Array(points);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < points; k++) x[k] = input.data[i * points + k]!;
    for (let j = 0, at = 0; j < outputs; j++) {
      let sum = offset[j]!;
      for (let k = 0; k < points; k++, at++) sum += w[at]! * x[k]!;
      out[i * outputs + j] = sum;
    }
  }
  return { data: out, shape: [...input.shape.slice(0, -1), outputs] };
}

/** b = ȳ − W x̄: the offset with which the mean input becomes the mean target. */
export function offsetThroughMeans(weights: Matrix, inputMean: Float64Array, targetMean: Float64Array): Float64Array {
  return targetMean.map((mean, j) => {
    let sum = mean;
    for (let k = 0; k < weights.columns; k++) sum -= weights.data[j * weights.columns + k]! * inputMean[k]!;
    return sum;
  });
}
