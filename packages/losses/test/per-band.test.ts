import { type Metric } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { maeMetric, mseMetric, psnrMetric, rmseMetric, ssimMetric } from "../src/index.ts";
import { make, numbers, prediction, random, score, spectral } from "./helpers.ts";

const perBand = (metric: Metric, ...samples: Parameters<typeof score>[1][]): unknown =>
  score(metric, ...samples).details?.["perBand"];

// Two cubes of 1 × 2 pixels and 2 bands: errors 1 and 3, 2 and 0 in the first, and in the second 0 and 0, 1 and 1.
const first = [prediction([1, 2, 3, 0], [1, 2, 2]), spectral([0, 0, 0, 0], [1, 2, 2])] as const;
const second = [prediction([0, 5, 0, 5], [1, 2, 2]), spectral([0, 4, 0, 4], [1, 2, 2])] as const;

describe("values of each band", () => {
  it("of rmse, mse and mae are over all pixels of all samples", () => {
    expect(perBand(make<Metric>(rmseMetric), first, second)).toEqual([Math.sqrt(10 / 4), Math.sqrt(6 / 4)]);
    expect(perBand(make<Metric>(mseMetric), first, second)).toEqual([10 / 4, 6 / 4]);
    expect(perBand(make<Metric>(maeMetric), first, second)).toEqual([1, 1]);
    expect(perBand(make<Metric>(rmseMetric), [prediction([1, 5]), spectral([0, 3])])).toEqual([1, 2]);
  });

  it("of psnr are means over samples, and their mean is the MPSNR", () => {
    const decibel = (mse: number) => 10 * Math.log10(4 ** 2 / mse);
    // A band without an error counts as the rounding of float32.
    const exact = 480 * Math.log10(2);
    const expected = [(decibel(5) + exact) / 2, (decibel(2) + decibel(1)) / 2];
    const result = score(make<Metric>(psnrMetric, { range: 4 }), first, second);
    (result.details!["perBand"] as number[]).forEach((v, b) => expect(v).toBeCloseTo(expected[b]!, 12));
    expect(result.value).toBeCloseTo((expected[0]! + expected[1]!) / 2, 12);
    expect(perBand(make<Metric>(psnrMetric, { range: 4, over: "sample" }), first, second)).toBeUndefined();
    expect(perBand(make<Metric>(psnrMetric), [prediction([1, 5]), spectral([0, 3])])).toBeUndefined();
  });

  it("of ssim are those of each band alone, and their mean is the MSSIM", () => {
    const shape = [12, 13, 2];
    const [x, y] = [random("x", 312, 0, 1), random("y", 312, 0, 1)];
    const band = (values: Float32Array, b: number) => values.filter((_, i) => i % 2 === b);
    const metric = make<Metric>(ssimMetric, { range: 1 });
    const result = score(metric, [prediction(x, shape), spectral(y, shape)]);
    const alone = [0, 1].map(
      (b) => score(metric, [prediction(band(x, b), [12, 13, 1]), spectral(band(y, b), [12, 13, 1])]).value,
    );
    expect(result.details!["perBand"]).toEqual(alone);
    expect(result.value).toBeCloseTo((alone[0]! + alone[1]!) / 2, 14);
  });

  it("are left out of samples that differ in bands, of regression targets and without samples", () => {
    const other = [prediction([1, 2, 3], [1, 1, 3]), spectral([0, 0, 0], [1, 1, 3])] as const;
    for (const metric of [make<Metric>(rmseMetric), make<Metric>(psnrMetric, { range: 1 })]) {
      expect(perBand(metric, first, other, first)).toBeUndefined();
      expect(score(metric, first, other).value).not.toBeNaN();
      expect(perBand(metric)).toBeUndefined();
    }
    expect(perBand(make<Metric>(rmseMetric), [prediction([1]), numbers(2)])).toBeUndefined();
  });
});
