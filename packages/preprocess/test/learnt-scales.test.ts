import { rng, type SpectralArray } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { percentile } from "../src/kernels/percentile.ts";
import { rangeScale, standardize } from "../src/index.ts";
import { SpectrumSample } from "../src/steps/training-spectra.ts";
import { array, make } from "./helpers.ts";

const rows = [
  [1, 2, 0.5],
  [2, 3.5, 0],
  [4, 1, 1],
  [3, 3, -1],
  [0, 2.5, 2],
];
const train = rows.map((r) => array(r));
const flat = (x: SpectralArray): number[] => Array.from(x.data);

describe("percentile", () => {
  it("is NumPy's", () => {
    const sorted = rows.flat().sort((a, b) => a - b);
    expectAllClose(
      [5, 37, 99.9].map((p) => percentile(sorted, p)),
      [-0.29999999999999993, 1, 3.9930000000000003],
      { rtol: 1e-15 },
    );
    expect(percentile([7], 30)).toBe(7);
  });
});

describe("range-scale", () => {
  it("brings the percentiles of all values to 0 and 1", async () => {
    const t = await make(rangeScale, { low: 5, high: 99.9 });
    const state = t.fit!(train);
    expectAllClose(state["offset"] as number[], [-0.29999999999999993], { rtol: 1e-14 });
    expectAllClose(state["divisor"] as number[], [3.993 + 0.3], { rtol: 1e-14 });
    expectAllClose(flat(t.apply(train[2]!, state)), [4.3 / 4.293, 1.3 / 4.293, 1.3 / 4.293], { rtol: 1e-14 });
  });

  it("or those of each band, where one that never changes becomes 0", async () => {
    const t = await make(rangeScale, { low: 10, high: 80, per: "band" });
    const state = t.fit!(train);
    expectAllClose(state["offset"] as number[], [0.4, 1.4, -0.6], { rtol: 1e-14 });
    expectAllClose(state["divisor"] as number[], [2.8, 1.7, 1.8], { rtol: 1e-14 });
    const dead = (await make(rangeScale, { per: "band", high: 100 })).fit!([array([3, 1]), array([3, 2])]);
    expect(dead).toEqual({ offset: [3, 1], divisor: [1, 1] });
  });

  it("takes the extremes of all pixels however many there are, and percentiles of a sample of them", async () => {
    const random = rng("many");
    const n = 60_000;
    const cube = array(
      Float64Array.from({ length: n }, (_, i) => (i === 31_234 ? -5 : i === 44_001 ? 9 : random.next())),
      [200, 300, 1],
    );
    const ends = (await make(rangeScale, { high: 100 })).fit!([cube]);
    expect(ends).toEqual({ offset: [-5], divisor: [14] });
    const t = await make(rangeScale, { low: 10, high: 90 });
    const { offset, divisor } = t.fit!([cube]) as { offset: number[]; divisor: number[] };
    // Four standard errors of a quantile of a uniform sample: √(p (1 − p) / 10,000).
    expect(Math.abs(offset[0]! - 0.1)).toBeLessThan(4 * 0.003);
    expect(Math.abs(offset[0]! + divisor[0]! - 0.9)).toBeLessThan(4 * 0.003);
    expect(t.fit!([cube])).toEqual({ offset, divisor });
  });

  it("refuses data without a range, percentiles in the wrong order, and spectra of another length", async () => {
    const t = await make(rangeScale);
    expect(() => t.fit!([array([2, 2])])).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_VALUE" }));
    expect(() => t.apply(train[0]!)).toThrow(expect.objectContaining({ code: "SPECTRAI_MODEL_MISMATCH" }));
    await expect(make(rangeScale, { low: 50, high: 50 })).rejects.toThrow("above low");
    const band = await make(rangeScale, { per: "band" });
    expect(() => band.apply(array([1, 2]), band.fit!(train))).toThrow(
      expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }),
    );
  });
});

describe("standardize", () => {
  it("uses NumPy's mean and std of each band, or of all values", async () => {
    const band = (await make(standardize)).fit!(train);
    expectAllClose(band["offset"] as number[], [2, 2.4, 0.5], { rtol: 1e-15 });
    expectAllClose(band["divisor"] as number[], [1.4142135623730951, 0.8602325267042628, 1], { rtol: 1e-14 });
    const whole = (await make(standardize, { per: "cube" })).fit!(train);
    expectAllClose(whole["offset"] as number[], [1.6333333333333333], { rtol: 1e-15 });
    expectAllClose(whole["divisor"] as number[], [1.384035966135113], { rtol: 1e-14 });
  });

  it("keeps the digits of a small spread on a large offset, and leaves dead bands at 0", async () => {
    const t = await make(standardize);
    const state = t.fit!([array([1e8 + 1, 4, 1 / 3]), array([1e8 + 3, 4, 1 / 3])]);
    expect(state).toEqual({ offset: [1e8 + 2, 4, 1 / 3], divisor: [1, 1, 1] });
    const same = await make(standardize, { per: "cube" });
    expect(() => same.fit!([array([0.1, 0.1, 0.1])])).toThrow("no standard deviation");
  });

  it("scales an output back whose image is larger", async () => {
    const t = await make(standardize);
    const state = t.fit!(train);
    const output = array([0, 0, 0, 1, 1, 1], [1, 2, 3]);
    const back = t.inverse!(output, array([1, 2, 3], [1, 1, 3]), state);
    expectAllClose(flat(back), [2, 2.4, 0.5, 2 + Math.SQRT2, 2.4 + 0.8602325267042628, 1.5], { rtol: 1e-14 });
  });
});

describe("SpectrumSample", () => {
  it("keeps all while there is room, and every spectrum with the same chance after that", () => {
    const [n, limit, rounds] = [60, 12, 4000];
    const drawn = new Float64Array(n);
    for (let round = 0; round < rounds; round++) {
      const sample = new SpectrumSample(1, limit, rng("sample", round));
      for (let i = 0; i < n; i++) {
        sample.offer(Float64Array.of(i));
        if (i === limit - 1) expect([...sample.spectra.data]).toEqual(Array.from({ length: limit }, (_, k) => k));
      }
      expect(new Set(sample.spectra.data).size).toBe(limit);
      for (const i of sample.spectra.data) drawn[i]!++;
    }
    // Four and a half standard deviations of a binomial with p = 1/5: 60 such draws stay within with a chance of 0.9996.
    const deviation = Math.sqrt(rounds * 0.2 * 0.8);
    for (const count of drawn) expect(Math.abs(count - rounds / 5)).toBeLessThan(4.5 * deviation);
  });

  it("holds fewer of long spectra", () => {
    const sample = new SpectrumSample(2 ** 20, 10_000, rng("long"));
    const row = new Float64Array(2 ** 20);
    for (let i = 0; i < 9; i++) sample.offer(row);
    expect(sample.spectra.rows).toBe(4);
  });
});
