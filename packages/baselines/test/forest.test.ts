import { type Rng, rng } from "@spectrai/core";
import { matrix, type Matrix, row } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { addShares, forestFamily } from "../src/classes/forest/forest-family.ts";
import { rankRows } from "../src/classes/forest/ranks.ts";
import { growTree, type GrowOptions } from "../src/classes/forest/tree.ts";
import { randomForest, randomForestSchema } from "../src/index.ts";
import { fit, randomMatrix } from "./helpers.ts";
import { classesOf, nothing, predictAll, samplesOf } from "./table.ts";

/** Features are tried in their order. */
const inOrder = { integer: () => 0 } as unknown as Rng;

/** Shares of the classes for `z`, by the definition: all features, all middles between different values, Gini impurity. */
function slowTree(
  x: Matrix,
  labels: Int32Array,
  classes: number,
  rows: readonly number[],
  { maxDepth, minLeaf }: GrowOptions,
  z: Float64Array,
): number[] {
  const shares = (of: readonly number[]): number[] =>
    Array.from({ length: classes }, (_, k) => of.filter((i) => labels[i] === k).length / of.length);
  const gini = (of: readonly number[]): number => 1 - shares(of).reduce((s, p) => s + p * p, 0);
  if (maxDepth === 0 || gini(rows) === 0) return shares(rows);
  let best: { f: number; at: number; impurity: number } | undefined;
  for (let f = 0; f < x.columns; f++) {
    const values = Array.from(new Set(rows.map((i) => row(x, i)[f]!))).toSorted((a, b) => a - b);
    for (let v = 1; v < values.length; v++) {
      const at = (values[v - 1]! + values[v]!) / 2;
      const left = rows.filter((i) => row(x, i)[f]! <= at);
      const right = rows.filter((i) => row(x, i)[f]! > at);
      if (left.length < minLeaf || right.length < minLeaf) continue;
      const impurity = (left.length * gini(left) + right.length * gini(right)) / rows.length;
      if (!best || impurity < best.impurity - 1e-12) best = { f, at, impurity };
    }
  }
  if (!best) return shares(rows);
  const { f, at } = best;
  const own = rows.filter((i) => row(x, i)[f]! <= at === z[f]! <= at);
  return slowTree(x, labels, classes, own, { maxDepth: maxDepth - 1, minLeaf, tries: 0 }, z);
}

const rounded = (a: Matrix, step: number): Matrix =>
  matrix(
    a.rows,
    a.columns,
    a.data.map((v) => Math.round(v / step) * step),
  );

describe("growTree", () => {
  const x = randomMatrix(60, 4, "tree x");
  const z = randomMatrix(40, 4, "tree z");
  const labels = Int32Array.from({ length: 60 }, (_, i) =>
    row(x, i)[0]! + 0.5 * row(x, i)[1]! ** 2 + 0.3 * row(x, i)[2]! > 0.4 ? 2 : row(x, i)[3]! > 0 ? 1 : 0,
  );
  const all = Array.from({ length: 60 }, (_, i) => i);

  it.each([
    ["to pure leaves", x, all, { maxDepth: 64, minLeaf: 1 }],
    ["to leaves of five rows", x, all, { maxDepth: 64, minLeaf: 5 }],
    ["with equal values", rounded(x, 0.5), all, { maxDepth: 64, minLeaf: 1 }],
    ["on rows that repeat", rounded(x, 0.25), all.map((i) => (i * 7) % 23), { maxDepth: 64, minLeaf: 2 }],
    ["of three questions", x, all, { maxDepth: 3, minLeaf: 1 }],
  ])("is CART %s", (_, of, rows, limits) => {
    const options = { ...limits, tries: 4 };
    const tree = growTree(rankRows(of), labels, 3, Uint32Array.from(rows), options, inOrder);
    for (const seen of [z, of]) {
      const sums = new Float64Array(seen.rows * 3);
      addShares(tree, seen, 3, [{ depth: 64, sums }]);
      const slow = Array.from({ length: seen.rows }, (__, i) =>
        slowTree(of, labels, 3, rows, options, row(seen, i)),
      ).flat();
      expectAllClose(sums, slow, { rtol: 1e-7 }); // shares are kept in single precision
    }
  });

  it("is CART on a few of many rows, which are sorted and not walked through", () => {
    const many = randomMatrix(700, 4, "many");
    const own = Int32Array.from({ length: 700 }, (_, i) => (row(many, i)[0]! > 0.2 ? 2 : row(many, i)[1]! > 0 ? 1 : 0));
    own.forEach((_, i) => i % 5 === 0 && (own[i] = i % 3));
    const options = { maxDepth: 64, minLeaf: 1, tries: 4 };
    for (const size of [20, 40, 70]) {
      const rows = Array.from({ length: size }, (_, i) => (i * 37) % 650);
      const tree = growTree(rankRows(many), own, 3, Uint32Array.from(rows), options, inOrder);
      const sums = new Float64Array(120);
      addShares(tree, z, 3, [{ depth: 64, sums }]);
      const slow = Array.from({ length: 40 }, (_, i) => slowTree(many, own, 3, rows, options, row(z, i))).flat();
      expectAllClose(sums, slow, { rtol: 1e-7 });
    }
  });

  it("answers for every smaller depth as a tree grown to it", () => {
    const grow = (maxDepth: number): ReturnType<typeof growTree> =>
      growTree(rankRows(x), labels, 3, Uint32Array.from(all), { maxDepth, minLeaf: 1, tries: 4 }, inOrder);
    const depths = [1, 2, 3, 5];
    const nested = depths.map((depth) => ({ depth, sums: new Float64Array(120) }));
    addShares(grow(64), z, 3, nested);
    for (const { depth, sums } of nested) {
      const own = new Float64Array(120);
      addShares(grow(depth), z, 3, [{ depth: 64, sums: own }]);
      expect(sums).toEqual(own);
    }
    expect(nested[0]!.sums).not.toEqual(nested[3]!.sums);
  });

  it("tries more features where the drawn ones are the same in all rows", () => {
    const flat = matrix(6, 3, Float64Array.from([1, 0, 5, 1, 0, 5, 1, 0, 5, 1, 1, 5, 1, 1, 5, 1, 1, 5]));
    const own = Int32Array.from([0, 0, 0, 1, 1, 1]);
    for (let seed = 0; seed < 10; seed++) {
      const options = { maxDepth: 9, minLeaf: 1, tries: 1 };
      const tree = growTree(rankRows(flat), own, 2, Uint32Array.from([0, 1, 2, 3, 4, 5]), options, rng(seed, "flat"));
      expect(Array.from(tree.feature)).toEqual([1, -1, -1]);
      expect(tree.threshold[0]).toBe(0.5);
    }
  });

  it("keeps two neighbouring numbers apart, and gives up on equal rows of different classes", () => {
    const low = 1;
    const high = 1 + Number.EPSILON;
    const close = matrix(3, 1, Float64Array.from([low, high, high]));
    const options = { maxDepth: 9, minLeaf: 1, tries: 1 };
    const tree = growTree(
      rankRows(close),
      Int32Array.from([0, 1, 0]),
      2,
      Uint32Array.from([0, 1, 2]),
      options,
      inOrder,
    );
    expect(tree.threshold[0]).toBe(low);
    expect(Array.from(tree.feature)).toEqual([0, -1, -1]);
    expect(Array.from(tree.shares.subarray(4, 6))).toEqual([0.5, 0.5]);
  });
});

/** Two classes that no line tells apart. */
function rings(rows: number, seed: string): { x: Matrix; labels: Int32Array } {
  const x = randomMatrix(rows, 9, seed);
  return { x, labels: Int32Array.from({ length: rows }, (_, i) => (row(x, i)[0]! * row(x, i)[1]! > 0 ? 1 : 0)) };
}

describe("random-forest", () => {
  const train = rings(600, "rings");
  const test = rings(400, "rings test");
  const part = samplesOf(train.x, classesOf(train.labels));
  const unseen = samplesOf(test.x, classesOf(test.labels));
  const make = (options: object = {}): unknown => randomForest.create(randomForestSchema.parse(options), {});

  it("tells apart what needs two questions, the same in every run", async () => {
    const fitted = await fit(make(), part, nothing);
    const logits = predictAll(fitted, unseen);
    const right = Array.from(test.labels).filter((label, i) => logits[2 * i + label]! > logits[2 * i + 1 - label]!);
    expect(right.length / 400).toBeGreaterThan(0.85);
    expect(fitted.chosen["cvAccuracy"]).toBeGreaterThan(0.85);
    expect(fitted.chosen["depth"]).toBeGreaterThan(2);
    expect(predictAll(await fit(make(), part, nothing), unseen)).toEqual(logits);
  });

  it("averages its trees' shares, and knows nothing of scale", () => {
    const options = { trees: 7, depths: [3, 32], minLeaf: 2 };
    const settings = [{ depth: 3 }, { depth: 32 }];
    const scores = forestFamily(options).fit(train.x, train.labels, 2, settings)(test.x);
    const scaled = (a: Matrix): Matrix =>
      matrix(
        a.rows,
        9,
        a.data.map((v, at) => 8 * v * (1 + (at % 9))),
      );
    // Powers of two and whole factors: the middles stay between the same rows.
    const again = forestFamily(options).fit(scaled(train.x), train.labels, 2, settings)(scaled(test.x));
    expect(again[1]!.data).toEqual(scores[1]!.data);
    const ranked = rankRows(train.x);
    const sums = settings.map(({ depth }) => ({ depth, sums: new Float64Array(800) }));
    for (let t = 0; t < 7; t++) {
      const random = rng(0, "random-forest", t);
      const rows = Uint32Array.from({ length: 600 }, () => random.integer(600));
      addShares(
        growTree(ranked, train.labels, 2, rows, { maxDepth: 32, minLeaf: 2, tries: 3 }, random),
        test.x,
        2,
        sums,
      );
    }
    sums.forEach(({ sums: each }, s) =>
      expectAllClose(
        scores[s]!.data,
        each.map((v) => Math.log((v + 0.5) / 8)),
        { rtol: 1e-13 },
      ),
    );
  });
});
