import { rng, SpectraiError } from "@spectrai/core";

/** Which of `count` inner folds each row is held out in. */
export interface Folds {
  readonly count: number;
  readonly of: Int32Array;
}

const MOST_FOLDS = 5;

/** Rows that must stay together: how many of each class. */
interface Unit {
  readonly rows: readonly number[];
  readonly perClass: ReadonlyMap<number, number>;
}

/**
 * Five inner folds (fewer where there are fewer rows or groups), the same for the same rows. Classes are spread evenly. Rows of
 * one group stay together where every class lies in two groups or more; otherwise a fold would leave a class nothing to be
 * learnt from, and single rows are dealt instead.
 *
 * Units are dealt largest first, each to the fold that holds least of its classes (StratifiedGroupKFold of scikit-learn does
 * much the same).
 *
 * @throws SPECTRAI_DATA_EMPTY for fewer than two rows
 */
export function innerFolds(groups: readonly string[], labels: Int32Array, baseline: string): Folds {
  if (groups.length < 2)
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `The baseline "${baseline}" needs two samples or more to choose its settings by, but training and validation hold ${groups.length}; enlarge them.`,
    );
  const units = unitsOf(groups, labels);
  const order = Array.from(rng(0, "inner folds").permutation(units.length), (i) => units[i]!);
  order.sort((a, b) => b.rows.length - a.rows.length);
  const count = Math.min(MOST_FOLDS, units.length);
  const totals = new Map<number, number>();
  for (const label of labels) totals.set(label, (totals.get(label) ?? 0) + 1);
  const held = Array.from({ length: count }, () => ({ size: 0, perClass: new Map<number, number>() }));
  const of = new Int32Array(groups.length);
  for (const unit of order) {
    let best = 0;
    let least = Infinity;
    for (const [f, fold] of held.entries()) {
      let load = 0;
      for (const [label, n] of unit.perClass) load += (n * (fold.perClass.get(label) ?? 0)) / totals.get(label)!;
      if (load < least || (load === least && fold.size < held[best]!.size)) [best, least] = [f, load];
    }
    const fold = held[best]!;
    fold.size += unit.rows.length;
    for (const [label, n] of unit.perClass) fold.perClass.set(label, (fold.perClass.get(label) ?? 0) + n);
    for (const row of unit.rows) of[row] = best;
  }
  return { count, of };
}

function unitsOf(groups: readonly string[], labels: Int32Array): Unit[] {
  const byGroup = new Map<string, number[]>();
  groups.forEach((group, i) => {
    const rows = byGroup.get(group);
    if (rows) rows.push(i);
    else byGroup.set(group, [i]);
  });
  const units = Array.from(byGroup.values(), (rows) => unitOf(rows, labels));
  const spread = new Map<number, number>();
  for (const { perClass } of units)
    for (const label of perClass.keys()) spread.set(label, (spread.get(label) ?? 0) + 1);
  const together = Array.from(spread.values()).every((n) => n > 1);
  return together ? units : Array.from(labels, (_, i) => unitOf([i], labels));
}

function unitOf(rows: readonly number[], labels: Int32Array): Unit {
  const perClass = new Map<number, number>();
  for (const i of rows) perClass.set(labels[i]!, (perClass.get(labels[i]!) ?? 0) + 1);
  return { rows, perClass };
}

/** The rows that are held out in fold `f`, and the others. */
export function splitRows(folds: Folds, f: number): { readonly train: number[]; readonly held: number[] } {
  const train: number[] = [];
  const held: number[] = [];
  folds.of.forEach((fold, i) => (fold === f ? held : train).push(i));
  return { train, held };
}
