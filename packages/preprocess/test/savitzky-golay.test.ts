import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { fitPolynomial, polynomialBasis, savitzkyGolayCoefficients, savitzkyGolayFilter } from "../src/index.ts";
import { testSpectrum } from "./helpers.ts";

describe("savitzkyGolayCoefficients", () => {
  it("gives the published tables", () => {
    // Savitzky and Golay 1964, tables I, III and VI.
    const times = (w: Float64Array, norm: number): number[] => Array.from(w, (v) => v * norm);
    const smooth = savitzkyGolayCoefficients({ window: 5, order: 2, derivative: 0 });
    expectAllClose(times(smooth, 35), [-3, 12, 17, 12, -3], { atol: 1e-13 });
    const nine = savitzkyGolayCoefficients({ window: 9, order: 3, derivative: 0 });
    expectAllClose(times(nine, 231), [-21, 14, 39, 54, 59, 54, 39, 14, -21], { atol: 1e-12 });
    const slope = savitzkyGolayCoefficients({ window: 7, order: 2, derivative: 1 });
    expectAllClose(times(slope, 28), [-3, -2, -1, 0, 1, 2, 3], { atol: 1e-13 });
    const curvature = savitzkyGolayCoefficients({ window: 5, order: 2, derivative: 2 });
    expectAllClose(times(curvature, 7), [2, -1, -2, -1, 2], { atol: 1e-13 });
  });

  it("evaluates the least-squares polynomial at every position of the window", () => {
    const y = testSpectrum(11);
    const fit = new Float64Array(11);
    fitPolynomial(y, fit, polynomialBasis(11, 4));
    for (let at = 0; at < 11; at++) {
      const w = savitzkyGolayCoefficients({ window: 11, order: 4, derivative: 0 }, at);
      expect(w.reduce((sum, v, i) => sum + v * y[i]!, 0)).toBeCloseTo(fit[at]!, 12);
    }
  });
});

describe("savitzkyGolayFilter", () => {
  const y = Float64Array.of(1.0, 2.5, 0.3, 4.1, 3.3, 2.2, 5.9, 6.1, 4.4, 3.0, 2.8, 7.7, 8.1);
  // scipy.signal.savgol_filter(y, window, order, deriv=derivative, delta=spacing), SciPy 1.17, mode "interp".
  const golden = [
    [
      5,
      2,
      0,
      1,
      [
        1.2, 1.52, 2.04, 2.822857142857143, 3.2314285714285713, 3.3485714285714283, 5.051428571428571,
        6.048571428571428, 4.511428571428571, 2.742857142857142, 3.957142857142857, 5.788571428571427,
        8.862857142857143,
      ],
    ],
    [
      7,
      3,
      1,
      0.5,
      [
        2.623015873015873, 1.1373015873015873, 0.384920634920635, 0.36587301587301585, 1.4746031746031747,
        1.5444444444444445, 2.572222222222222, -0.17777777777777778, -4.035714285714286, -0.26984126984126985,
        1.83015873015873, 4.663492063492064, 8.230158730158731,
      ],
    ],
    [
      9,
      4,
      2,
      2,
      [
        -0.49986888111888, -0.192526223776225, 0.014991258741258, 0.122683566433566, 0.130550699300699,
        -0.02393648018648, -0.076937645687646, -0.417948717948718, 0.000305944055944, 0.137601981351981,
        0.304793123543124, 0.50187937062937, 0.728860722610722,
      ],
    ],
    [
      13,
      3,
      0,
      1,
      [
        0.507142857142857, 1.803296703296703, 2.69020979020979, 3.252847152847153, 3.576173826173826, 3.745154845154845,
        3.844755244755245, 3.95994005994006, 4.175674325674325, 4.576923076923077, 5.248651348651348, 6.275824175824176,
        7.743406593406593,
      ],
    ],
    [
      3,
      0,
      0,
      1,
      [
        1.2666666666666666, 1.2666666666666666, 2.3, 2.5666666666666667, 3.2, 3.8, 4.733333333333333, 5.466666666666667,
        4.5, 3.4, 4.5, 6.2, 6.2,
      ],
    ],
    [5, 4, 3, 1, [40.15, 19.85, -0.45, -3.15, 4.7, -1.6, -3.35, 1.9, 1.55, 2.4, -2.85, -16.35, -29.85]],
  ] as const;
  for (const [window, order, derivative, spacing, expected] of golden)
    it(`window ${window}, order ${order}, derivative ${derivative}: as SciPy`, () => {
      const out = new Float64Array(y.length);
      savitzkyGolayFilter(y.length, { window, order, derivative }, spacing)(y, out);
      expectAllClose(out, expected, { rtol: 1e-12 });
    });

  it("differentiates a cubic exactly, edges included", () => {
    const cubic = Float64Array.from({ length: 40 }, (_, i) => 0.01 * i ** 3 - 0.2 * i ** 2 + i);
    const out = new Float64Array(40);
    savitzkyGolayFilter(40, { window: 9, order: 3, derivative: 2 })(cubic, out);
    expectAllClose(
      out,
      cubic.map((_, i) => 0.06 * i - 0.4),
      { rtol: 1e-12 },
    );
  });

  it("refuses a window wider than the spectrum", () => {
    expect(() => savitzkyGolayFilter(8, { window: 9, order: 2, derivative: 0 })).toThrow(
      expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }),
    );
  });
});
