import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { fitPolynomial, polynomialBaseline, polynomialBasis } from "../src/index.ts";
import { denseSolve, testSpectrum } from "./helpers.ts";

describe("polynomialBasis", () => {
  it("is orthonormal to rounding, also at high order", () => {
    for (const [length, order] of [
      [500, 5],
      [101, 20],
      [6, 5],
      [1, 0],
    ] as const) {
      const { rows } = polynomialBasis(length, order);
      expect(rows).toHaveLength(order + 1);
      for (let a = 0; a <= order; a++)
        for (let b = 0; b <= order; b++) {
          const overlap = rows[a]!.reduce((sum, v, i) => sum + v * rows[b]![i]!, 0);
          expect(Math.abs(overlap - Number(a === b))).toBeLessThan(1e-13);
        }
    }
  });

  it("needs more points than the order", () => {
    expect(() => polynomialBasis(5, 5)).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }));
  });
});

describe("fitPolynomial", () => {
  for (const order of [0, 1, 2, 3, 4, 5, 6, 7, 8])
    for (const length of [9, 40, 41])
      it(`order ${order}, ${length} points: solves the normal equations`, () => {
        const y = testSpectrum(length);
        const x = Float64Array.from({ length }, (_, i) => (2 * i) / (length - 1) - 1);
        const powers = Array.from({ length: order + 1 }, (_, k) => x.map((v) => v ** k));
        const gram = powers.map((p) => Float64Array.from(powers, (q) => p.reduce((sum, v, i) => sum + v * q[i]!, 0)));
        const c = denseSolve(
          gram,
          powers.map((p) => p.reduce((sum, v, i) => sum + v * y[i]!, 0)),
        );
        const expected = y.map((_, i) => powers.reduce((sum, p, k) => sum + c[k]! * p[i]!, 0));
        const out = new Float64Array(length);
        fitPolynomial(y, out, polynomialBasis(length, order));
        // Normal equations of monomials square the condition number: about 1e7 at order 8.
        expectAllClose(out, expected, { rtol: 1e-8 });
      });

  it("passes a polynomial of its order", () => {
    const y = Float64Array.from({ length: 100 }, (_, i) => 1 - 2 * i + 0.03 * i ** 2 - 1e-4 * i ** 3);
    const out = new Float64Array(100);
    fitPolynomial(y, out, polynomialBasis(100, 3));
    expectAllClose(out, y, { rtol: 1e-13 });
  });
});

describe("polynomialBaseline", () => {
  it("touches the spectrum from below", () => {
    const y = testSpectrum(80);
    const out = new Float64Array(80);
    polynomialBaseline(y, out, polynomialBasis(80, 3));
    const above = y.map((v, i) => v - out[i]!);
    expect(Math.min(...above)).toBeCloseTo(0, 14);
    const fit = new Float64Array(80);
    fitPolynomial(y, fit, polynomialBasis(80, 3));
    const shift = fit[0]! - out[0]!;
    expectAllClose(
      fit.map((v) => v - shift),
      out,
      { rtol: 1e-14 },
    );
  });
});
