import { rng } from "@spectrai/core";
import { columnMeans, type Matrix, matrix, pickRows, row, transpose } from "@spectrai/linalg";
import { type Blocks, blocksOf } from "./held-out.ts";
import { ridgeView } from "./ridge-view.ts";
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
 * Ridge regression on each of several views, added with weights that predict held-out samples best. Of more samples than
 * `most`, parts are solved one by one and their weights averaged (Zhang, Duchi and Wainwright, J. Mach. Learn. Res. 16, 2015),
 * for the work grows with the cube of a part.
 *
 * @param targets - `[n, m]`
 * @param shared - one penalty and one set of stacking weights for all targets: classes, or points of a spectrum
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
  const centredRows = transpose(centred);
  const parts = partition(groups, most);

  const heads: ViewHead[] = [];
  const heldOut: Matrix[] = [];
  for (const { features, scaled } of views) {
    const raw = await features();
    const { mean, inverseScale } = scaling(raw, scaled);
    const weights = matrix(raw.columns, targets.columns);
    const predicted = matrix(targets.columns, targets.rows);
    for (const part of parts) {
      const fit = ridgeView(
        scaledRows(raw, part.rows, mean, inverseScale),
        transpose(pickRows(centredRows, part.rows)),
        part.blocks,
        shared,
      );
      for (let m = 0; m < targets.columns; m++) {
        const w = row(fit.weights, m);
        for (let k = 0; k < w.length; k++)
          weights.data[k * targets.columns + m] = weights.data[k * targets.columns + m]! + w[k]! / parts.length;
        part.rows.forEach(
          (i, at) => (predicted.data[m * targets.rows + i] = fit.heldOut.data[m * part.rows.length + at]!),
        );
      }
    }
    heads.push({ mean, inverseScale, weights });
    heldOut.push(predicted);
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

interface PartOfRows {
  readonly rows: readonly number[];
  /** Positions within `rows`. */
  readonly blocks: Blocks;
}

/** Deals the rows out by chance, so that parts are of one size, and hold something of every class whatever the order. */
function partition(groups: readonly string[], most: number): PartOfRows[] {
  const count = Math.ceil(groups.length / most);
  const order = Array.from(rng("parts of a stack").permutation(groups.length));
  return Array.from({ length: count }, (_, p) => {
    const rows = order.filter((_row, at) => at % count === p);
    return { rows, blocks: blocksOf(rows.map((i) => groups[i]!)) };
  }).filter((part) => part.rows.length > 1);
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
  // A part of the rows has its own mean; the kernel wants columns that sum to 0.
  const own = columnMeans(out);
  for (let i = 0; i < out.rows; i++) row(out, i).forEach((v, k, r) => (r[k] = v - own[k]!));
  return out;
}
