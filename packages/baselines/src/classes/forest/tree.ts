import type { Rng } from "@spectrai/core";
import type { RankedRows } from "./ranks.ts";

/** A decision tree, node by node; the root is node 0. */
export interface Tree {
  /** The feature that a node asks for; −1 for a leaf. */
  readonly feature: Int32Array;
  /** Rows with at most this value go left. */
  readonly threshold: Float64Array;
  /** The left child; the right one is the next node. */
  readonly child: Int32Array;
  /** `[nodes, classes]`: the share of each class among a node's rows. */
  readonly shares: Float32Array;
}

export interface GrowOptions {
  /** Most questions on the way to a leaf. */
  readonly maxDepth: number;
  /** Least rows of a leaf. */
  readonly minLeaf: number;
  /** How many features a node tries, drawn anew; where none of them parts its rows, more. */
  readonly tries: number;
}

/** A node that is still to be parted: rows `from` … `to` − 1. */
interface Open {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/**
 * A classification tree (CART; Breiman, Friedman, Olshen, Stone 1984): every node is parted where the children's Gini impurity is
 * least, until its rows are of one class. Among equally good places the first that is tried is taken.
 *
 * @param rows - row numbers, some perhaps several times; reordered
 */
export function growTree(
  { ranks, values, rows: count }: RankedRows,
  labels: Int32Array,
  classes: number,
  rows: Uint32Array,
  { maxDepth, minLeaf, tries }: GrowOptions,
  random: Rng,
): Tree {
  const feature: number[] = [];
  const threshold: number[] = [];
  const child: number[] = [];
  const shares: number[] = [];
  const counts = new Float64Array(classes);
  const splitter = makeSplitter(ranks, count, labels, classes, minLeaf, rows.length);
  const order = Int32Array.from({ length: values.length }, (_, f) => f);

  const addNode = (from: number, to: number): number => {
    counts.fill(0);
    for (let i = from; i < to; i++) counts[labels[rows[i]!]!] = counts[labels[rows[i]!]!]! + 1;
    for (let k = 0; k < classes; k++) shares.push(counts[k]! / (to - from));
    threshold.push(0);
    child.push(0);
    return feature.push(-1) - 1;
  };
  const isPure = (node: number): boolean => shares.slice(node * classes, (node + 1) * classes).includes(1);

  const open: Open[] = [{ node: addNode(0, rows.length), from: 0, to: rows.length, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, from, to, depth } = next;
    if (depth >= maxDepth || to - from < 2 * minLeaf || isPure(node)) continue;
    const here = rows.subarray(from, to);
    splitter.start(here);
    for (let tried = 0; tried < order.length && (tried < tries || !splitter.found()); tried++) {
      const other = tried + random.integer(order.length - tried);
      const f = order[other]!;
      order[other] = order[tried]!;
      order[tried] = f;
      splitter.tryFeature(here, f);
    }
    const split = splitter.found();
    if (!split) continue;
    const middle = from + part(here, ranks, split.feature * count, split.below);
    feature[node] = split.feature;
    threshold[node] = between(values[split.feature]!, split.below, split.above);
    const left = addNode(from, middle);
    addNode(middle, to);
    child[node] = left;
    open.push(
      { node: left + 1, from: middle, to, depth: depth + 1 },
      { node: left, from, to: middle, depth: depth + 1 },
    );
  }
  return {
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    child: Int32Array.from(child),
    shares: Float32Array.from(shares),
  };
}

/** Where a node's rows are parted: between two ranks that follow each other among them. */
interface Split {
  readonly feature: number;
  readonly below: number;
  readonly above: number;
}

/** Finds the best split of one node after the other. Σ_k n_k² / n over both children is greatest where their impurity is least. */
function makeSplitter(
  ranks: Uint32Array,
  count: number,
  labels: Int32Array,
  classes: number,
  minLeaf: number,
  most: number,
): {
  start(rows: Uint32Array): void;
  tryFeature(rows: Uint32Array, feature: number): void;
  found(): Split | undefined;
} {
  const total = new Float64Array(classes);
  const left = new Float64Array(classes);
  const keys = new Float64Array(most);
  let best: Split | undefined;
  let purest = 0;
  return {
    start(rows) {
      best = undefined;
      purest = -Infinity;
      total.fill(0);
      for (let i = 0; i < rows.length; i++) total[labels[rows[i]!]!] = total[labels[rows[i]!]!]! + 1;
    },
    tryFeature(rows, feature) {
      const n = rows.length;
      const at = feature * count;
      // Rank and class in one number, so that sorting numbers sorts the rows.
      for (let i = 0; i < n; i++) keys[i] = ranks[at + rows[i]!]! * classes + labels[rows[i]!]!;
      const sorted = keys.subarray(0, n).sort();
      left.fill(0);
      let leftSquares = 0;
      let rightSquares = 0;
      for (let k = 0; k < classes; k++) rightSquares += total[k]! ** 2;
      let rank = Math.floor(sorted[0]! / classes);
      for (let i = 1; i < n; i++) {
        const label = sorted[i - 1]! - rank * classes;
        leftSquares += 2 * left[label]! + 1;
        rightSquares -= 2 * (total[label]! - left[label]!) - 1;
        left[label] = left[label]! + 1;
        const above = Math.floor(sorted[i]! / classes);
        if (above !== rank && i >= minLeaf && n - i >= minLeaf) {
          const purity = leftSquares / i + rightSquares / (n - i);
          if (purity > purest) {
            purest = purity;
            best = { feature, below: rank, above };
          }
        }
        rank = above;
      }
    },
    found: () => best,
  };
}

/** Moves the rows whose rank is at most `below` to the front; how many they are. */
function part(rows: Uint32Array, ranks: Uint32Array, at: number, below: number): number {
  let front = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (ranks[at + row]! > below) continue;
    rows[i] = rows[front]!;
    rows[front++] = row;
  }
  return front;
}

/** The middle between two values, or the lower where rounding makes the middle the upper. */
function between(values: Float64Array, below: number, above: number): number {
  const low = values[below]!;
  const high = values[above]!;
  const middle = low + (high - low) / 2;
  return middle < high ? middle : low;
}
