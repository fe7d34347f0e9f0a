import { type Metric } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { maeMetric, mseMetric, psnrMetric, rmseMetric, samMetric } from "../src/index.ts";
import { make, mask, numbers, prediction, random, score, spectral } from "./helpers.ts";

describe("mse, rmse, mae", () => {
  const samples = [
    [prediction([1, 2, 3]), spectral([1, 0, 0])],
    [prediction([0]), spectral([2])],
  ] as const;
  it("are means over all values, not over samples", () => {
    expect(score(make<Metric>(mseMetric), ...samples).value).toBeCloseTo((4 + 9 + 4) / 4, 12);
    expect(score(make<Metric>(rmseMetric), ...samples).value).toBeCloseTo(Math.sqrt(17 / 4), 12);
    expect(score(make<Metric>(maeMetric), ...samples).value).toBeCloseTo(7 / 4, 12);
  });
  it("take plain numbers", () => {
    expect(score(make<Metric>(maeMetric), [prediction([1, 5]), numbers(2, 3)]).value).toBe(1.5);
  });
  it("do not depend on the order of the samples, to the last digits", () => {
    const many = Array.from({ length: 200 }, (_, i) => {
      const scale = 10 ** ((i % 9) - 4);
      return [prediction(random(`p${i}`, 5).map((v) => v * scale)), spectral(random(`t${i}`, 5))] as const;
    });
    const forward = score(make<Metric>(mseMetric), ...many).value;
    expect(score(make<Metric>(mseMetric), ...many.reverse()).value).toBe(forward);
  });
  it("are NaN without samples", () => {
    expect(score(make<Metric>(mseMetric)).value).toBeNaN();
  });
  it("refuse labels and other shapes, naming them", () => {
    expect(() => score(make<Metric>(mseMetric), [prediction([1]), { kind: "class", value: 0 }])).toThrow(/class/);
    expect(() => score(make<Metric>(maeMetric), [prediction([1]), mask([0], [1, 1])])).toThrow(/mask/);
    expect(() => score(make<Metric>(rmseMetric), [prediction([1, 2]), spectral([1])])).toThrow(/\[2\].*\[1\]/);
  });
});

describe("psnr", () => {
  it("of a spectrum is 10 log10(range² / mse)", () => {
    const sample = [prediction([0, 1, 0, 4]), spectral([0, 1, 2, 4])] as const;
    expect(score(make<Metric>(psnrMetric), sample).value).toBeCloseTo(10 * Math.log10(16), 12);
    expect(score(make<Metric>(psnrMetric, { range: 1 }), sample).value).toBeCloseTo(0, 12);
  });
  it("of a cube is the mean over bands, or one of the whole", () => {
    // Two pixels, two bands: mse 0.5 and 0.02, range 1.
    const sample = [prediction([1, 0, 0, 0.2], [1, 2, 2]), spectral([0, 0, 0, 0], [1, 2, 2])] as const;
    const bands = (-10 * Math.log10(0.5) - 10 * Math.log10(0.02)) / 2;
    expect(score(make<Metric>(psnrMetric, { range: 1 }), sample).value).toBeCloseTo(bands, 12);
    const whole = -10 * Math.log10(0.26);
    expect(score(make<Metric>(psnrMetric, { range: 1, over: "sample" }), sample).value).toBeCloseTo(whole, 12);
  });
  it("of equal arrays is finite", () => {
    expect(score(make<Metric>(psnrMetric), [prediction([0, 1]), spectral([0, 1])]).value).toBeCloseTo(144.49, 1);
  });
  it("leaves constant targets out and says so", () => {
    const result = score(
      make<Metric>(psnrMetric),
      [prediction([1, 2]), spectral([3, 3])],
      [prediction([0, 0]), spectral([0, 1])],
    );
    expect(result.value).toBeCloseTo(10 * Math.log10(2), 12);
    expect(result.details).toMatchObject({ samples: 1, skipped: 1, range: "target" });
  });
});

describe("sam", () => {
  it("is the mean angle over pixels in degrees, whatever the scale", () => {
    const sample = [prediction([1, 0, 5, 5, 3, 4], [1, 3, 2]), spectral([0, 2, 1, 0, 6, 8], [1, 3, 2])] as const;
    expect(score(make<Metric>(samMetric), sample).value).toBeCloseTo((90 + 45 + 0) / 3, 10);
  });
  it("keeps small angles that the arc cosine rounds away", () => {
    const value = score(make<Metric>(samMetric), [prediction([1, 1e-9]), spectral([1, 0])]).value;
    expect(value / ((1e-9 * 180) / Math.PI)).toBeCloseTo(1, 6);
  });
  it("leaves zero spectra out", () => {
    const result = score(
      make<Metric>(samMetric),
      [prediction([0, 0]), spectral([1, 0])],
      [prediction([1, 1]), spectral([1, 0])],
    );
    expect(result.value).toBeCloseTo(45, 10);
    expect(result.details).toMatchObject({ spectra: 1, skipped: 1 });
  });
});
