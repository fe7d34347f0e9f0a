import { columnMeans, type Matrix, matrix, row, transpose } from "@spectrai/linalg";
import { ridgeInParts } from "./ridge-in-parts.ts";
import { stackingWeights } from "./stacking.ts";

/** One view's part of the answer: `((f − mean) · inverseScale) · weights`, features `f` `[p]`. */
export interface ViewHead {
  readonly mean: Float64Array;
  readonly inverseScale: Float64Array;
  /** `[p, m]`, its share in the stack included. */
  readonly weights: Matrix;
}

export interface StackedRidge {
  readonly views: readonly ViewHead[];
  /** Mean of each target, `[m]`. */
  readonly intercept: Float64Array;
  /** What the stack gives for held-out samples, intercept included, a row a target, `[m, n]`. */
  readonly heldOut: Matrix;
}

export interface StackView {
  /** `[n, p]`; called once, so that only one view's features are held at a time. */
  features(): Promise<Matrix>;
  /** Whether each feature is divided by its own standard deviation, or all by one. */
  readonly scaled: boolean;
}

/**
 * Ridge regression on each of several views, added with weights that predict held-out samples best.
 *
 * @param targets - `[n, m]`
 * @param options - `shared`: one penalty and one set of stacking weights for all targets: classes, or points of a spectrum;
 * `most`: samples that are solved for at once
 */
export async function solveStack(
  views: readonly StackView[],
  targets: Matrix,
  groups: readonly string[],
  { shared, most }: { readonly shared: boolean; readonly most: number },
): Promise<StackedRidge> {
  const intercept = columnMeans(targets);
  const centred = transpose(targets);
  for (let m = 0; m < centred.rows; m++) row(centred, m).forEach((v, i, r) => (r[i] = v - intercept[m]!));

  const heads: ViewHead[] = [];
  const heldOut: Matrix[] = [];
  for (const { features, scaled } of views) {
    const raw = await features();
    const { mean, inverseScale } = scaling(raw, scaled);
    const fit = ridgeInParts((rows) => scaledRows(raw, rows, mean, inverseScale), centred, groups, { shared, most });
    heads.push({ mean, inverseScale, weights: transpose(fit.weights) });
    heldOut.push(fit.heldOut);
  }

  const shares = stackingWeights(heldOut, centred, shared);
  const together = matrix(targets.columns, targets.rows);
  for (let m = 0; m < targets.columns; m++)
    for (let i = 0; i < targets.rows; i++) {
      let sum = intercept[m]!;
      for (let v = 0; v < views.length; v++)
        sum += shares.data[m * views.length + v]! * heldOut[v]!.data[m * targets.rows + i]!;
      together.data[m * targets.rows + i] = sum;
    }
  heads.forEach(({ weights }, v) => {
    for (let k = 0; k < weights.rows; k++)
      for (let m = 0; m < weights.columns; m++)
        weights.data[k * weights.columns + m] =
          weights.data[k * weights.columns + m]! * shares.data[m * views.length + v]!;
  });
  return { views: heads, intercept, heldOut: together };
}

/** A feature that varies less than this share of the most varying one is left out: dividing by it would raise noise. */
const leastSpread = 1e-6;

function scaling(x: Matrix, each: boolean): { mean: Float64Array; inverseScale: Float64Array } {
  const mean = columnMeans(x);
  const variance = new Float64Array(x.columns);
  for (let i = 0; i < x.rows; i++) {
    const r = row(x, i);
    for (let k = 0; k < x.columns; k++) variance[k] = variance[k]! + (r[k]! - mean[k]!) ** 2 / x.rows;
  }
  const spread = variance.map(Math.sqrt);
  const widest = spread.reduce((a, b) => Math.max(a, b), 0);
  const common = Math.sqrt(variance.reduce((a, b) => a + b, 0) / x.columns);
  const inverseScale = each
    ? spread.map((s) => (s > leastSpread * widest ? 1 / s : 0))
    : spread.map(() => (common > 0 ? 1 / common : 0));
  return { mean, inverseScale };
}

function scaledRows(x: Matrix, rows: readonly number[], mean: Float64Array, inverseScale: Float64Array): Matrix {
  const out = matrix(rows.length, x.columns);
  rows.forEach((from, to) => {
    const [source, target] = [row(x, from), row(out, to)];
    for (let k = 0; k < x.columns; k++) target[k] = (source[k]! - mean[k]!) * inverseScale[k]!;
  });
  return out;
}
