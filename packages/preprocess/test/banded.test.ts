import { rng } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { differencePenalty, penalizedSolver } from "../src/index.ts";
import { penalizedMatrix, slowWhittaker, testSpectrum } from "./helpers.ts";

describe("penalizedSolver", () => {
  for (const order of [1, 2, 3])
    for (const length of [order + 1, 7, 8, 9, 10, 11, 30, 61])
      if (length > order)
        it(`solves order ${order}, ${length} points as a dense solver does`, () => {
          const y = testSpectrum(length);
          const random = rng("weights", order, length);
          const weights = Float64Array.from({ length }, () => random.uniform(0.05, 1));
          const solver = penalizedSolver(length, order);
          const out = new Float64Array(length);
          for (const lambda of [0.1, 100]) {
            solver.solve(y, weights, lambda, out);
            // Elimination loses up to the condition number (100 · 4^order / 0.05) times the rounding of one operation.
            expectAllClose(out, slowWhittaker(y, weights, lambda, order), { rtol: 1e-10 });
          }
        });

  it("may write over its input", () => {
    for (const [length, order] of [
      [40, 2],
      [41, 2],
      [40, 3],
    ] as const) {
      const y = testSpectrum(length);
      const weights = new Float64Array(length).fill(1);
      const out = new Float64Array(length);
      penalizedSolver(length, order).solve(y, weights, 50, out);
      penalizedSolver(length, order).solve(y, weights, 50, y);
      expect(y).toEqual(out);
    }
  });

  it("keeps polynomials below the order of the differences, whatever the weights", () => {
    const length = 50;
    const line = Float64Array.from({ length }, (_, i) => 3 - 0.2 * i);
    const weights = Float64Array.from({ length }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const out = new Float64Array(length);
    penalizedSolver(length, 2).solve(line, weights, 1e4, out);
    expectAllClose(out, line, { rtol: 1e-9 });
  });

  it("refuses spectra without a difference of the order", () => {
    expect(() => penalizedSolver(2, 2)).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }));
  });
});

describe("differencePenalty", () => {
  it("is the upper part of DᵀD", () => {
    for (const order of [1, 2, 3]) {
      const dense = penalizedMatrix(new Float64Array(9), 1, order);
      const bands = differencePenalty(9, order);
      for (let i = 0; i < 9; i++)
        for (let j = i; j < 9; j++) expect(dense[i]![j]).toBe(j - i <= order ? bands[j - i]![i] : 0);
    }
  });
});
