import type * as tf from "@tensorflow/tfjs-core";
import { type Matrix, matrix, principalComponents } from "@spectrai/linalg";

/** Pixels that a principal component analysis looks at, at most: more change the axes less than the noise does. */
const mostPixels = 20_000;

/** Pixels `[count, bands]` of cubes `[N, H, W, bands]`, evenly picked, with the place that each came from. */
export interface Pixels {
  readonly values: Matrix;
  /** Index of each among all pixels `N · H · W`. */
  readonly places: Int32Array;
}

export async function somePixels(cubes: tf.Tensor): Promise<Pixels> {
  const data = await cubes.data<"float32">();
  const bands = cubes.shape.at(-1)!;
  const all = data.length / bands;
  const step = Math.max(1, Math.ceil(all / mostPixels));
  const places = Int32Array.from({ length: Math.ceil(all / step) }, (_, i) => i * step);
  const values = new Float64Array(places.length * bands);
  for (const [i, place] of places.entries()) values.set(data.subarray(place * bands, (place + 1) * bands), i * bands);
  return { values: matrix(places.length, bands, values), places };
}

/** The affine subspace in which spectra mostly lie. */
export interface Subspace {
  readonly mean: Float64Array;
  /** `[components, bands]`: principal axes, each as long as the spectra's deviation along it. */
  readonly axes: Float64Array;
  /** `[components]` deviations, descending. */
  readonly deviations: Float64Array;
}

/** Principal axes of the rows; where there are fewer than asked for, the others are 0. */
export function principalSubspace(rows: Matrix, components: number): Subspace {
  const { mean, axes, variances } = principalComponents(rows);
  const bands = rows.columns;
  const scaled = new Float64Array(components * bands);
  const deviations = new Float64Array(components);
  for (let c = 0; c < Math.min(components, axes.rows); c++) {
    deviations[c] = Math.sqrt(variances[c]! / rows.rows);
    for (let b = 0; b < bands; b++) scaled[c * bands + b] = axes.data[c * bands + b]! * deviations[c]!;
  }
  return { mean, axes: scaled, deviations };
}
