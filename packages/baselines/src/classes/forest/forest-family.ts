import { rng } from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";
import type { ClassifierFamily } from "../family.ts";
import { rankRows } from "./ranks.ts";
import { growTree, type Tree } from "./tree.ts";

export type ForestSetting = { readonly depth: number };

export interface ForestOptions {
  readonly trees: number;
  /** Depths to choose from. */
  readonly depths: readonly number[];
  readonly minLeaf: number;
}

/** The share of the trees by which depths of pixels' forests are compared; with much fewer, small depths would seem better than they are. */
const ROUGH = 1 / 2;

/** A forest costs little for each row, and gains by more of them. */
const MOST_PIXELS = 5000;

/**
 * Trees on bootstrap samples, each node trying √(number of features) features. Scores are log((Σ shares + 1/K) / (T + 1)), the log
 * of the mean share of each class in the leaves, to which one tree that knows nothing was added. Every node knows its shares, so
 * that trees grown to the greatest depth answer for all smaller ones.
 */
export const forestFamily = ({ trees, depths, minLeaf }: ForestOptions): ClassifierFamily<ForestSetting> => ({
  name: "random-forest",
  centred: false,
  scaleFree: true,
  mostPixels: MOST_PIXELS,
  settings: () => depths.toSorted((a, b) => a - b).map((depth) => ({ depth })),
  fit(x, labels, classes, settings, rough) {
    const count = rough ? Math.ceil(ROUGH * trees) : trees;
    const ranked = rankRows(x);
    const options = {
      maxDepth: Math.max(...settings.map((s) => s.depth)),
      minLeaf,
      tries: Math.max(1, Math.floor(Math.sqrt(x.columns))),
    };
    const grown = Array.from({ length: count }, (_, t) => {
      const random = rng(0, "random-forest", t);
      const rows = Uint32Array.from({ length: x.rows }, () => random.integer(x.rows));
      return growTree(ranked, labels, classes, rows, options, random);
    });
    return (rows) => {
      const sums = settings.map(() => matrix(rows.rows, classes));
      const all = settings.map(({ depth }, s) => ({ depth, sums: sums[s]!.data }));
      for (const tree of grown) addShares(tree, rows, classes, all);
      for (const { data } of sums)
        for (let at = 0; at < data.length; at++) data[at] = Math.log((data[at]! + 1 / classes) / (count + 1));
      return sums;
    };
  },
});

/** Adds the shares of the node that each row comes to, for every depth; `sums` ascend by depth. */
export function addShares(
  { feature, threshold, child, shares }: Tree,
  rows: Matrix,
  classes: number,
  sums: readonly { readonly depth: number; readonly sums: Float64Array }[],
): void {
  for (let i = 0; i < rows.rows; i++) {
    const at = i * rows.columns;
    let node = 0;
    let depth = 0;
    for (const wanted of sums) {
      for (; depth < wanted.depth && feature[node]! >= 0; depth++)
        node = child[node]! + (rows.data[at + feature[node]!]! <= threshold[node]! ? 0 : 1);
      const to = i * classes;
      for (let k = 0; k < classes; k++) wanted.sums[to + k] = wanted.sums[to + k]! + shares[node * classes + k]!;
    }
  }
}
