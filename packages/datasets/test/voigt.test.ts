import { describe, expect, it } from "vitest";
import { faddeevaReal, voigt } from "../src/index.ts";

describe("faddeevaReal", () => {
  it("has the published values of Re w(z)", () => {
    expect(faddeevaReal(0, 0)).toBeCloseTo(1, 12);
    expect(faddeevaReal(0, 1)).toBeCloseTo(0.427583576155807, 12); // erfcx(1)
    expect(faddeevaReal(1, 1)).toBeCloseTo(0.3047442052569126, 12);
    expect(faddeevaReal(2, 0)).toBeCloseTo(Math.exp(-4), 12);
    expect(faddeevaReal(30, 0.5)).toBeCloseTo(0.5 / (Math.sqrt(Math.PI) * (900.25 - 1.5)), 7); // first terms of the continued fraction
  });
});

describe("voigt", () => {
  const cases: readonly [gaussian: number, lorentzian: number][] = [
    [8, 5],
    [8, 20],
    [80, 20],
    [2, 15],
    [10, 0.5],
  ];
  it.each(cases)(
    "is the convolution of a Gaussian of width %f and a Lorentzian of width %f",
    (gaussian, lorentzian) => {
      const sigma = gaussian / (2 * Math.sqrt(2 * Math.LN2));
      const gamma = lorentzian / 2;
      // The Gaussian factor is smooth and vanishes at the ends, so the trapezoidal rule converges exponentially.
      const step = Math.min(sigma, gamma) / 20;
      for (const x of [0, 1, 3.7, 12, 60, 300]) {
        let sum = 0;
        const n = Math.ceil((10 * sigma) / step);
        for (let i = -n; i <= n; i++) {
          const u = i * step;
          sum +=
            (Math.exp(-(u * u) / (2 * sigma * sigma)) / (sigma * Math.sqrt(2 * Math.PI))) *
            (gamma / (Math.PI * ((x - u) ** 2 + gamma ** 2)));
        }
        expect(Math.abs(voigt(x, gaussian, lorentzian) - sum * step)).toBeLessThan(
          1e-10 * voigt(0, gaussian, lorentzian),
        );
      }
    },
  );

  it("becomes a Gaussian and a Lorentzian of the given width at half maximum", () => {
    for (const [g, l] of [
      [6, 0],
      [0, 6],
    ] as const)
      expect(voigt(3, g, l) / voigt(0, g, l)).toBeCloseTo(0.5, 11);
  });
});
