import { type Baseline, defineComponent } from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";
import { z } from "zod";
import { fitLinearFamily, type LinearFamily } from "./numbers/linear-family.ts";
import { plsComponents } from "./pls-components.ts";

/** Options of `pls`. */
export const plsSchema = z.strictObject({
  maxComponents: z
    .int()
    .min(1)
    .max(1000)
    .default(40)
    .meta({ description: "Most components to choose from.", group: "choice" }),
});

const plsFamily = (maxComponents: number): LinearFamily => ({
  name: "pls",
  parameter: "components",
  settings: (x) => Array.from({ length: Math.min(maxComponents, x.columns, Math.max(0, x.rows - 1)) + 1 }, (_, a) => a),
  paths: (x, y, settings) => Array.from({ length: y.columns }, (_, j) => plsPath(x, column(y, j), settings)),
});

/** Weights after 0, 1, 2, … components: Σ_a q_a r_a. Where there are no more components, the last again. */
function plsPath(x: Matrix, y: Matrix, settings: readonly number[]): Matrix {
  const { count, weights, loadings } = plsComponents(x, y, settings.at(-1)!);
  const out = matrix(settings.length, x.columns);
  for (let s = 1; s < settings.length; s++)
    for (let k = 0, at = s * x.columns; k < x.columns; k++, at++) {
      const step = s <= count ? loadings.data[s - 1]! * weights.data[(s - 1) * x.columns + k]! : 0;
      out.data[at] = out.data[at - x.columns]! + step;
    }
  return out;
}

const column = (a: Matrix, j: number): Matrix =>
  matrix(
    a.rows,
    1,
    Float64Array.from({ length: a.rows }, (_, i) => a.data[i * a.columns + j]!),
  );

/**
 * Partial least squares regression, one model (PLS1) for every target with its own number of components, which predicts better
 * than one model for all unless targets are strongly related. Number of components and autoscaling are chosen by five-fold
 * cross-validation over training and validation; the fit is on both.
 */
export const pls = defineComponent({
  kind: "baseline",
  name: "pls",
  summary: "Partial least squares regression; the number of components is chosen by cross-validation, for each target.",
  reference: "Wold, Sjöström, Eriksson, Chemom. Intell. Lab. Syst. 58 (2001) 109",
  supports: { tasks: ["regression"] },
  schema: plsSchema,
  create: ({ maxComponents }): Baseline => ({
    fit: (train, validation) => fitLinearFamily(plsFamily(maxComponents), train, validation, true),
  }),
});
