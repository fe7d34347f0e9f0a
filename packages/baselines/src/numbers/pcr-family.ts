import { matrix, type Matrix, multiplyTransposed, principalComponents, transposedMultiply } from "@spectrai/linalg";
import type { LinearFamily } from "./linear-family.ts";

/** Principal component regression to numbers: 0, 1, 2, … components; where there are no more, the last again. */
export const pcrFamily = (maxComponents: number): LinearFamily => ({
  name: "pca-regression",
  parameter: "components",
  settings: (x) => Array.from({ length: Math.min(maxComponents, x.columns, Math.max(0, x.rows - 1)) + 1 }, (_, a) => a),
  paths(x, y, settings) {
    const { centred, variances, axes } = principalComponents(x);
    // Scores are orthogonal, so each component has its own regression: coefficient_k = (t_k · y) / d_k.
    const projected = transposedMultiply(multiplyTransposed(centred, axes), y);
    return Array.from({ length: y.columns }, (_, j) => cumulate(axes, variances, projected, j, settings));
  },
});

function cumulate(
  axes: Matrix,
  variances: Float64Array,
  projected: Matrix,
  j: number,
  settings: readonly number[],
): Matrix {
  const points = axes.columns;
  const out = matrix(settings.length, points);
  for (let s = 1; s < settings.length; s++) {
    const coefficient = s <= axes.rows ? projected.data[(s - 1) * projected.columns + j]! / variances[s - 1]! : 0;
    for (let k = 0, at = s * points; k < points; k++, at++)
      out.data[at] = out.data[at - points]! + (s <= axes.rows ? coefficient * axes.data[(s - 1) * points + k]! : 0);
  }
  return out;
}
