import { rng } from "@spectrai/core";
import { columnMeans, type Matrix, matrix, pickRows, row, subtractRow, transpose } from "@spectrai/linalg";
import { type Blocks, blocksOf } from "./held-out.ts";
import { ridgeView } from "./ridge-view.ts";

/**
 * Ridge regression of all targets on features, with the predictions of samples without their group. Of more samples than
 * `most`, parts are solved one by one and their weights averaged (Zhang, Duchi and Wainwright, J. Mach. Learn. Res. 16, 2015),
 * for the work grows with the cube of a part.
 *
 * @param features - of the given samples, `[rows, p]`
 * @param targets - centred, a row a target, `[m, n]`
 * @param groups - the name of each sample's group, `[n]`
 * @returns weights `[m, p]` and held-out predictions `[m, n]`; zeros from a single sample
 */
export function ridgeInParts(
  features: (rows: readonly number[]) => Matrix,
  targets: Matrix,
  groups: readonly string[],
  { shared, most }: { readonly shared: boolean; readonly most: number },
): { readonly weights: Matrix; readonly heldOut: Matrix } {
  const parts = partition(groups, most);
  const bySample = transpose(targets);
  const heldOut = matrix(targets.rows, targets.columns);
  let weights: Matrix | undefined;
  for (const { rows, blocks } of parts) {
    const seen = features(rows);
    // A part of the samples has its own mean; the kernel wants columns that sum to 0.
    const fit = ridgeView(subtractRow(seen, columnMeans(seen)), transpose(pickRows(bySample, rows)), blocks, shared);
    weights ??= matrix(targets.rows, seen.columns);
    for (let i = 0; i < weights.data.length; i++)
      weights.data[i] = weights.data[i]! + fit.weights.data[i]! / parts.length;
    for (let m = 0; m < targets.rows; m++)
      rows.forEach((i, at) => (row(heldOut, m)[i] = fit.heldOut.data[m * rows.length + at]!));
  }
  return { weights: weights ?? matrix(targets.rows, features([]).columns), heldOut };
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
