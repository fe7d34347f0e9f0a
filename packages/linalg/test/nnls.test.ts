import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { innerGram, type Matrix, matrix, nonNegativeLeastSquares, transposedMultiply } from "../src/index.ts";
import { randomMatrix, slowSolve } from "./slow.ts";

const subsets = (n: number): number[][] =>
  Array.from({ length: 2 ** n }, (_, bits) => Array.from({ length: n }, (__, k) => k).filter((k) => bits & (1 << k)));

/** ‖A w − b‖² without bᵀb. */
function objective(gram: Matrix, moments: Float64Array, w: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < w.length; i++) {
    sum -= 2 * moments[i]! * w[i]!;
    for (let j = 0; j < w.length; j++) sum += w[i]! * gram.data[i * w.length + j]! * w[j]!;
  }
  return sum;
}

/** The best of all solutions that set some unknowns to 0 and solve for the others, where those come out ≥ 0. */
function bruteForce(gram: Matrix, moments: Float64Array): Float64Array {
  const n = gram.rows;
  let best = new Float64Array(n);
  for (const set of subsets(n)) {
    if (set.length === 0) continue;
    const part = Float64Array.from(set.flatMap((i) => set.map((j) => gram.data[i * n + j]!)));
    const right = Float64Array.from(set, (i) => moments[i]!);
    const solved = slowSolve(matrix(set.length, set.length, part), matrix(set.length, 1, right)).data;
    if (solved.some((v) => v < 0)) continue;
    const w = new Float64Array(n);
    set.forEach((k, i) => (w[k] = solved[i]!));
    if (objective(gram, moments, w) < objective(gram, moments, best)) best = w;
  }
  return best;
}

const problem = (n: number, seed: string): { gram: Matrix; moments: Float64Array } => {
  const a = randomMatrix(n + 4, n, seed);
  return { gram: innerGram(a), moments: transposedMultiply(a, randomMatrix(n + 4, 1, `${seed} right`)).data };
};

describe("nonNegativeLeastSquares", () => {
  const cases = [1, 2, 3, 5, 8].flatMap((n) => [0, 1, 2, 3, 4].map((seed) => [n, seed] as const));

  it.each(cases)("is the best of all active sets, %i unknowns, seed %i", (n, seed) => {
    const { gram, moments } = problem(n, `nnls ${seed}`);
    // Its jitter of 1e-12 of the diagonal, times the condition of such small problems (below 1e4).
    expectAllClose(nonNegativeLeastSquares(gram, moments), bruteForce(gram, moments), { rtol: 1e-8, atol: 1e-8 });
  });

  it("meets both kinds of conditions among the cases: weights that are free, and weights held at 0", () => {
    const solved = cases.flatMap(([n, seed]) => {
      const { gram, moments } = problem(n, `nnls ${seed}`);
      return [...nonNegativeLeastSquares(gram, moments)];
    });
    expect(solved.filter((w) => w === 0).length).toBeGreaterThan(10);
    expect(solved.filter((w) => w > 0).length).toBeGreaterThan(10);
  });

  it.each([20, 40])("meets the Karush-Kuhn-Tucker conditions for %i unknowns", (n) => {
    const { gram, moments } = problem(n, "many");
    const w = nonNegativeLeastSquares(gram, moments);
    const scale = Math.max(...moments.map(Math.abs));
    w.forEach((v, k) => {
      expect(v).toBeGreaterThanOrEqual(0);
      const slope = moments[k]! - gram.data.subarray(k * n, (k + 1) * n).reduce((s, g, j) => s + g * w[j]!, 0);
      if (v > 0) expect(Math.abs(slope)).toBeLessThan(1e-8 * scale);
      else expect(slope).toBeLessThan(1e-8 * scale);
    });
  });

  it.each([1e-20, 1e20])("does not mind the scale, %d", (scale) => {
    const { gram, moments } = problem(5, "nnls 1");
    const expected = nonNegativeLeastSquares(gram, moments);
    const scaled = matrix(
      5,
      5,
      gram.data.map((v) => v * scale),
    );
    expectAllClose(
      nonNegativeLeastSquares(scaled, moments).map((v) => v * scale),
      expected,
      { rtol: 1e-9 },
    );
  });

  it("predicts the same from columns that are equal as from one of them", () => {
    const { gram, moments } = problem(3, "twice");
    const index = [0, 1, 2, 0, 1];
    const twice = matrix(5, 5, Float64Array.from(index.flatMap((i) => index.map((j) => gram.data[i * 3 + j]!))));
    const w = nonNegativeLeastSquares(
      twice,
      Float64Array.from(index, (i) => moments[i]!),
    );
    expect(w.every((v) => v >= 0)).toBe(true);
    const once = nonNegativeLeastSquares(gram, moments);
    expectAllClose([w[0]! + w[3]!, w[1]! + w[4]!, w[2]!], once, { rtol: 1e-8, atol: 1e-8 });
  });

  it("gives zeros where every column points away from the target, and for columns of zeros", () => {
    const { gram } = problem(4, "away");
    expect([...nonNegativeLeastSquares(gram, Float64Array.of(-1, -2, -0.1, -3))]).toEqual([0, 0, 0, 0]);
    expect([...nonNegativeLeastSquares(matrix(2, 2), new Float64Array(2))]).toEqual([0, 0]);
  });
});
