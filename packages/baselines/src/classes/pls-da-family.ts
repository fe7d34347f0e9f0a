import { columnMeans, matrix, type Matrix, multiplyTransposed, subtractRow } from "@spectrai/linalg";
import { plsComponents } from "../pls-components.ts";
import type { ClassifierFamily } from "./family.ts";

export type PlsDaSetting = { readonly components: number };

/** PLS2 regression to one column a class, 1 for the own and 0 for the others; its predictions are the scores. */
export const plsDaFamily = (maxComponents: number): ClassifierFamily<PlsDaSetting> => ({
  name: "pls-da",
  centred: true,
  settings: (x) =>
    Array.from({ length: Math.max(1, Math.min(maxComponents, x.columns, x.rows - 1)) }, (_, a) => ({
      components: a + 1,
    })),
  fit(x, labels, classes, settings) {
    const dummies = matrix(x.rows, classes);
    labels.forEach((label, i) => (dummies.data[i * classes + label] = 1));
    const shares = columnMeans(dummies);
    const most = Math.max(...settings.map((s) => s.components));
    const { count, weights, loadings } = plsComponents(x, subtractRow(dummies, shares), most);
    return (rows) => {
      const scores = multiplyTransposed(rows, weights);
      return settings.map(({ components }) => combine(scores, loadings, shares, Math.min(components, count)));
    };
  },
});

/** Shares of the classes + Σ_a t_a q_a over the first components. */
function combine(scores: Matrix, loadings: Matrix, shares: Float64Array, components: number): Matrix {
  const classes = shares.length;
  const out = matrix(scores.rows, classes);
  for (let i = 0; i < scores.rows; i++)
    for (let k = 0; k < classes; k++) {
      let sum = shares[k]!;
      for (let a = 0; a < components; a++)
        sum += scores.data[i * scores.columns + a]! * loadings.data[a * classes + k]!;
      out.data[i * classes + k] = sum;
    }
  return out;
}
