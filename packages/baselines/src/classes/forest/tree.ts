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
  ranked: RankedRows,
  labels: Int32Array,
  classes: number,
  rows: Uint32Array,
  { maxDepth, minLeaf, tries }: GrowOptions,
  random: Rng,
): Tree {
  const { ranks, values, rows: count } = ranked;
  const feature: number[] = [];
  const threshold: number[] = [];
  const child: number[] = [];
  const shares: number[] = [];
  const counts = new Float64Array(classes);
  const splitter = makeSplitter(ranked, labels, classes, minLeaf, rows.length);
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

/** Nodes with more than this share of all rows find their order by walking through all of them, which is sooner done than sorting. */
const LARGE = 1 / 16;

/** Nodes of fewer rows are sorted by insertion. */
const SMALL = 24;

/** Finds the best split of one node after the other. Σ_k n_k² / n over both children is greatest where their impurity is least. */
function makeSplitter(
  { ranks, ascending, rows: count }: RankedRows,
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
  /** Rank and class of the node's rows, so that sorting numbers sorts the rows. */
  const keys = new Int32Array(most);
  const bits = Math.ceil(Math.log2(classes));
  /** How often each of all rows is in the node, where that is large. */
  const copies = new Uint32Array(count);
  let best: Split | undefined;
  let purest = 0;
  return {
    start(rows) {
      best = undefined;
      purest = -Infinity;
      total.fill(0);
      for (let i = 0; i < rows.length; i++) total[labels[rows[i]!]!] = total[labels[rows[i]!]!]! + 1;
      if (rows.length <= LARGE * count) return;
      copies.fill(0);
      for (let i = 0; i < rows.length; i++) copies[rows[i]!] = copies[rows[i]!]! + 1;
    },
    tryFeature(rows, feature) {
      const at = feature * count;
      if (rows.length > LARGE * count) keysByWalk(ascending, ranks, at, count, copies, labels, bits, keys);
      else keysBySorting(rows, ranks, at, labels, bits, keys);
      left.fill(0);
      const split = bestSplit(keys, rows.length, bits, total, left, minLeaf, purest);
      if (split.at === 0) return;
      purest = split.purity;
      best = { feature, below: keys[split.at - 1]! >> bits, above: keys[split.at]! >> bits };
    },
    found: () => best,
  };
}

/** Keys in ascending order, from the order of all rows. */
function keysByWalk(
  ascending: Uint32Array,
  ranks: Uint32Array,
  at: number,
  count: number,
  copies: Uint32Array,
  labels: Int32Array,
  bits: number,
  keys: Int32Array,
): void {
  let to = 0;
  for (let i = at; i < at + count; i++) {
    const row = ascending[i]!;
    let left = copies[row]!;
    if (left === 0) continue;
    const key = (ranks[at + row]! << bits) | labels[row]!;
    for (; left > 0; left--) keys[to++] = key;
  }
}

function keysBySorting(
  rows: Uint32Array,
  ranks: Uint32Array,
  at: number,
  labels: Int32Array,
  bits: number,
  keys: Int32Array,
): void {
  const n = rows.length;
  if (n > SMALL) {
    for (let i = 0; i < n; i++) keys[i] = (ranks[at + rows[i]!]! << bits) | labels[rows[i]!]!;
    keys.subarray(0, n).sort();
    return;
  }
  for (let i = 0; i < n; i++) {
    const key = (ranks[at + rows[i]!]! << bits) | labels[rows[i]!]!;
    let to = i;
    for (; to > 0 && keys[to - 1]! > key; to--) keys[to] = keys[to - 1]!;
    keys[to] = key;
  }
}

/**
 * The first of the purest places to part sorted keys at, before `at`, if purer than `purest`; else 0.
 *
 * @param left - zeros
 */
function bestSplit(
  keys: Int32Array,
  n: number,
  bits: number,
  total: Float64Array,
  left: Float64Array,
  minLeaf: number,
  purest: number,
): { readonly at: number; readonly purity: number } {
  const mask = (1 << bits) - 1;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let k = 0; k < total.length; k++) rightSquares += total[k]! ** 2;
  let best = 0;
  let purity = purest;
  let last = keys[0]!;
  for (let i = 1; i < n; i++) {
    const label = last & mask;
    const own = left[label]!;
    leftSquares += 2 * own + 1;
    rightSquares -= 2 * (total[label]! - own) - 1;
    left[label] = own + 1;
    const key = keys[i]!;
    if (key >> bits !== last >> bits && i >= minLeaf && n - i >= minLeaf) {
      const here = leftSquares / i + rightSquares / (n - i);
      if (here > purity) {
        purity = here;
        best = i;
      }
    }
    last = key;
  }
  return { at: best, purity };
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
