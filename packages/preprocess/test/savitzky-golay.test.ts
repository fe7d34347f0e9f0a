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
  // scipy.signal.savgol_filter(y, window, order, deriv=derivative, delta=spacing), SciPy 1.17, mode "interp", to 12 digits.
  const golden = [
    [
      5,
      2,
      0,
      1,
      [
        1.2, 1.52, 2.04, 2.82285714286, 3.23142857143, 3.34857142857, 5.05142857143, 6.04857142857, 4.51142857143,
        2.74285714286, 3.95714285714, 5.78857142857, 8.86285714286,
      ],
    ],
    [
      7,
      3,
      1,
      0.5,
      [
        2.62301587302, 1.1373015873, 0.384920634921, 0.365873015873, 1.4746031746, 1.54444444444, 2.57222222222,
        -0.177777777778, -4.03571428571, -0.269841269841, 1.83015873016, 4.66349206349, 8.23015873016,
      ],
    ],
    [
      9,
      4,
      2,
      2,
      [
        -0.499868881119, -0.192526223776, 0.0149912587413, 0.122683566434, 0.130550699301, -0.0239364801865,
        -0.0769376456876, -0.417948717949, 0.000305944055937, 0.137601981352, 0.304793123543, 0.501879370629,
        0.728860722611,
      ],
    ],
    [
      13,
      3,
      0,
      1,
      [
        0.507142857143, 1.8032967033, 2.69020979021, 3.25284715285, 3.57617382617, 3.74515484515, 3.84475524476,
        3.95994005994, 4.17567432567, 4.57692307692, 5.24865134865, 6.27582417582, 7.74340659341,
      ],
    ],
    [
      3,
      0,
      0,
      1,
      [
        1.26666666667, 1.26666666667, 2.3, 2.56666666667, 3.2, 3.8, 4.73333333333, 5.46666666667, 4.5, 3.4, 4.5, 6.2,
        6.2,
      ],
    ],
    [5, 4, 3, 1, [40.15, 19.85, -0.45, -3.15, 4.7, -1.6, -3.35, 1.9, 1.55, 2.4, -2.85, -16.35, -29.85]],
  ] as const;
  for (const [window, order, derivative, spacing, expected] of golden)
    it(`window ${window}, order ${order}, derivative ${derivative}: as SciPy`, () => {
      const out = new Float64Array(y.length);
      savitzkyGolayFilter(y.length, { window, order, derivative }, spacing)(y, out);
      expectAllClose(out, expected, { rtol: 1e-11 });
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
