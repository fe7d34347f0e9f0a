import { rng } from "@spectrai/core";
import { type Matrix, matrix, nonNegativeLeastSquares, transpose } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../src/closed-form/held-out.ts";
import { ridgeView } from "../src/closed-form/ridge-view.ts";
import { solveStack, type StackView } from "../src/closed-form/solve-stack.ts";
import { stackingWeights } from "../src/closed-form/stacking.ts";
import { logitScale } from "../src/closed-form/temperature.ts";
import { centred, means, randomMatrix, rowsOf, slowMultiply, slowTranspose, squares } from "./slow.ts";

const map = (a: Matrix, f: (v: number, i: number, k: number) => number): Matrix =>
  matrix(
    a.rows,
    a.columns,
    a.data.map((v, at) => f(v, Math.floor(at / a.columns), at % a.columns)),
  );

describe("stackingWeights", () => {
  const [n, m] = [14, 3];
  const targets = randomMatrix(m, n, "targets");
  const noise = [0.3, 0.5, 3].map((s, v) => map(randomMatrix(m, n, `predictor ${v}`), (e) => s * e));
  const heldOut = noise.map((e) => map(e, (v, i, k) => v + targets.data[i * n + k]!));
  const weightsOf = (rows: readonly number[]): Float64Array => {
    // One long column a predictor.
    const long = matrix(3, rows.length * n, Float64Array.from(heldOut.flatMap((h) => [...rowsOf(h, rows).data])));
    const t = matrix(rows.length * n, 1, rowsOf(targets, rows).data);
    return nonNegativeLeastSquares(slowMultiply(long, slowTranspose(long)), slowMultiply(long, t).data);
  };

  it("are the non-negative least squares of each target on the predictions of it", () => {
    const weights = stackingWeights(heldOut, targets, false);
    for (let i = 0; i < m; i++) expectAllClose(weights.data.subarray(i * 3, i * 3 + 3), weightsOf([i]), { rtol: 1e-9 });
  });

  it("are one set for targets that belong together", () => {
    const expected = weightsOf([0, 1, 2]);
    expectAllClose(stackingWeights(heldOut, targets, true).data, [...expected, ...expected, ...expected], {
      rtol: 1e-9,
    });
    expect(expected[0]).toBeGreaterThan(expected[2]!);
  });
});

describe("logitScale", () => {
  const [k, n] = [3, 40];
  const random = rng("scores");
  const labels = Array.from({ length: n }, () => random.integer(k));
  const scoresOf = (strength: number): Matrix =>
    map(randomMatrix(k, n, "noise"), (v, c, i) => v + (labels[i] === c ? strength : 0));
  /** Mean of −log p over samples of which one in n + 2 may be of any class. */
  const unlikelihood = (scores: Matrix, factor: number): number =>
    labels.reduce((sum, label, i) => {
      const s = Array.from({ length: k }, (_, c) => factor * scores.data[c * n + i]!);
      const top = Math.max(...s);
      const log = top + Math.log(s.reduce((a, v) => a + Math.exp(v - top), 0));
      return (
        sum + s.reduce((a, v, c) => a + ((c === label ? 1 - 1 / (n + 2) : 0) + 1 / (n + 2) / k) * (log - v), 0) / n
      );
    }, 0);

  it.each([0.5, 2, 20])("makes the labels most likely on a fine grid of factors (strength %d)", (strength) => {
    const scores = scoresOf(strength);
    const step = 1e-3;
    let best = { factor: 0, value: Infinity };
    for (let log = Math.log(0.01); log <= Math.log(1000); log += step) {
      const value = unlikelihood(scores, Math.exp(log));
      if (value < best.value) best = { factor: Math.exp(log), value };
    }
    // To the grid's step; the least value is flat, but unique.
    expect(Math.abs(Math.log(logitScale(scores, labels) / best.factor))).toBeLessThan(2 * step);
  });

  it("scales with the scores", () => {
    const scores = scoresOf(1);
    expect(
      logitScale(
        map(scores, (v) => v / 3),
        labels,
      ) / logitScale(scores, labels),
    ).toBeCloseTo(3, 9);
  });

  it("stays within its bounds where scores say nothing, or the opposite, and is finite for huge ones", () => {
    expect(
      logitScale(
        map(scoresOf(2), (v) => -v),
        labels,
      ),
    ).toBeCloseTo(0.01, 9);
    expect(Number.isFinite(logitScale(matrix(k, n), labels))).toBe(true);
    expect(
      logitScale(
        map(scoresOf(2), (v) => v * 1e200),
        labels,
      ),
    ).toBeCloseTo(0.01, 9);
  });
});

describe("solveStack", () => {
  const n = 18;
  const a = map(randomMatrix(n, 5, "a"), (v, _i, k) => 3 + v * [1, 5, 0.2, 1, 1][k]!);
  const b = randomMatrix(n, 30, "b");
  const targets = map(randomMatrix(n, 2, "targets"), (v, i, m) => 7 + 0.3 * v + [a, b][m]!.data[i * [5, 30][m]!]!);
  const groups = Array.from({ length: n }, (_, i) => `g${Math.floor(i / 2)}`);
  const viewOf = (x: Matrix, scaled: boolean): StackView => ({ scaled, features: async () => x });
  const views = [viewOf(a, true), viewOf(a, false), viewOf(b, false)];

  const deviations = (x: Matrix): number[] => {
    const c = centred(x);
    return means(map(c, (v) => v * v)).map(Math.sqrt);
  };

  it.each([true, false])(
    "is the ridge regression of each view, added by held-out predictions (shared %s)",
    async (shared) => {
      const solved = await solveStack(views, targets, groups, { shared, most: 100 });
      const t = transpose(centred(targets));
      const scaledBy = [a, a, b].map((x, v) => {
        const s = deviations(x);
        const common = Math.sqrt(s.reduce((sum, d) => sum + d * d, 0) / s.length);
        return s.map((d) => 1 / (v === 0 ? d : common));
      });
      const fits = [a, a, b].map((x, v) =>
        ridgeView(
          map(centred(x), (value, _i, k) => value * scaledBy[v]![k]!),
          t,
          blocksOf(groups),
          shared,
        ),
      );
      const shares = stackingWeights(
        fits.map((f) => f.heldOut),
        t,
        shared,
      );
      expectAllClose(solved.intercept, means(targets), { rtol: 1e-14 });
      fits.forEach((fit, v) => {
        const head = solved.views[v]!;
        expectAllClose(head.mean, means([a, a, b][v]!), { rtol: 1e-13, atol: 1e-14 });
        expectAllClose(head.inverseScale, scaledBy[v]!, { rtol: 1e-13 });
        const expected = map(transpose(fit.weights), (w, _k, m) => w * shares.data[m * 3 + v]!);
        expectAllClose(head.weights.data, expected.data, { rtol: 1e-9, atol: 1e-12 });
      });
      const heldOut = map(t, (_, m, i) =>
        fits.reduce((s, f, v) => s + shares.data[m * 3 + v]! * f.heldOut.data[m * n + i]!, means(targets)[m]!),
      );
      expectAllClose(solved.heldOut.data, heldOut.data, { rtol: 1e-9 });
    },
  );

  it("leaves a feature that does not vary out instead of dividing by its noise", async () => {
    const flat = map(a, (v, i, k) => (k === 2 ? 4 + 1e-9 * (i % 2) : v));
    const { views: heads } = await solveStack([viewOf(flat, true)], targets, groups, { shared: false, most: 100 });
    expect(heads[0]!.inverseScale[2]).toBe(0);
    expect([...heads[0]!.weights.data].every(Number.isFinite)).toBe(true);
    expect(heads[0]!.weights.data.slice(4, 6)).toEqual(Float64Array.of(0, 0));
  });

  it("gives the mean from features of which none varies, and from one sample", async () => {
    const constant = await solveStack([viewOf(matrix(n, 4), true), viewOf(matrix(n, 4), false)], targets, groups, {
      shared: true,
      most: 100,
    });
    for (const { weights } of constant.views) expect(weights.data.every((w) => w === 0)).toBe(true);
    const one = await solveStack([viewOf(rowsOf(b, [0]), false)], rowsOf(targets, [0]), ["g"], {
      shared: false,
      most: 100,
    });
    expect(one.intercept).toEqual(targets.data.slice(0, 2));
    expect(one.views[0]!.weights.data.every((w) => w === 0)).toBe(true);
  });

  describe("of more samples than are solved at once", () => {
    const many = 150;
    const x = randomMatrix(many, 4, "many");
    const truth = map(matrix(many, 1), (_, i) => 5 + 2 * x.data[i * 4]! - x.data[i * 4 + 2]!);
    const noise = randomMatrix(many, 1, "noise of many");
    const y = map(truth, (v, i) => v + 0.1 * noise.data[i]!);
    const own = Array.from({ length: many }, (_, i) => `s${i}`);
    const predict = async (most: number, named: readonly string[] = own): Promise<[Matrix, Matrix]> => {
      const {
        views: [head],
        intercept,
        heldOut,
      } = await solveStack([viewOf(x, true)], y, named, { shared: true, most });
      const out = map(truth, (_, i) => {
        let sum = intercept[0]!;
        for (let k = 0; k < 4; k++)
          sum += (x.data[i * 4 + k]! - head!.mean[k]!) * head!.inverseScale[k]! * head!.weights.data[k]!;
        return sum;
      });
      return [out, heldOut];
    };

    it("averages parts, which is nearly the whole", async () => {
      const [whole, parts] = [(await predict(1000))[0], (await predict(50))[0]];
      const spread = squares(
        truth,
        map(truth, () => means(truth)[0]!),
      );
      expect(squares(whole, truth)).toBeLessThan(1e-3 * spread);
      expect(squares(parts, truth)).toBeLessThan(1e-3 * spread);
      // Three parts of fifty are not the whole.
      expect(squares(parts, whole)).toBeGreaterThan(0);
    });

    it("holds every sample out of the part that predicts it", async () => {
      const [, heldOut] = await predict(50);
      const error = squares(transpose(heldOut), y) / many;
      // The noise, and a share of (features + 1) / (part − features) more; far from 0, as it would be without holding out.
      expect(error).toBeGreaterThan(0.01 * 0.7);
      expect(error).toBeLessThan(0.01 * 1.5);
    });

    it("does so for one group as for none", async () => {
      const [out, heldOut] = await predict(
        50,
        own.map(() => "one"),
      );
      expect(heldOut.data.every(Number.isFinite)).toBe(true);
      expect(squares(out, truth) / many).toBeLessThan(0.01);
    });

    it("shrinks what a few others predict of a group that is nearly all, and keeps most of it", async () => {
      const named = own.map((_, i) => (i < 140 ? "large" : `s${i}`));
      const [out, heldOut] = await predict(50, named);
      expect(heldOut.data.every(Number.isFinite)).toBe(true);
      const spread = squares(
        truth,
        map(truth, () => means(truth)[0]!),
      );
      // Without the group, a part has three or four samples for five unknowns.
      expect(squares(out, truth)).toBeLessThan(0.2 * spread);
    });
  });
});
