import { type Metric } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { ergasMetric, r2Metric, rpdMetric, sidMetric, ssimMetric } from "../src/index.ts";
import { make, numbers, prediction, random, score, spectral } from "./helpers.ts";

describe("r2 and rpd", () => {
  const samples = [
    [prediction([1.5, 9]), numbers(1, 1e9 + 1)],
    [prediction([2, 9]), numbers(2, 1e9 + 3)],
    [prediction([2.5, 9]), numbers(3, 1e9 + 5)],
  ] as const;
  it("treat every target by itself", () => {
    const offset = samples.map(
      ([p, t]) => [prediction([p.data[0]!, t.kind === "numbers" ? t.value[1]! - 1 : 0]), t] as const,
    );
    const r2 = score(make<Metric>(r2Metric), ...offset);
    // 1 − 0.5/2, and 1 − 3/8 on an offset of 1e9.
    expect(r2.details?.["targets"]).toEqual([0.75, 0.625]);
    expect(r2.value).toBeCloseTo(0.6875, 12);
    const rpd = score(make<Metric>(rpdMetric), ...offset);
    expect(rpd.value).toBeCloseTo((1 / Math.sqrt(0.5 / 3) + 2) / 2, 12);
  });
  it("take the points of spectra together", () => {
    expect(score(make<Metric>(r2Metric), [prediction([1, 2, 3, 5]), spectral([1, 2, 3, 4])]).value).toBeCloseTo(
      1 - 1 / 5,
      12,
    );
  });
  it("have no value for a target that never changes", () => {
    expect(score(make<Metric>(r2Metric), [prediction([1]), numbers(1)], [prediction([2]), numbers(1)]).value).toBeNaN();
  });
});

describe("sid", () => {
  it("is the symmetric divergence of spectra over their sums", () => {
    const value = score(make<Metric>(sidMetric), [prediction([1, 3]), spectral([2, 2])]).value;
    const sid = 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5) + 0.5 * Math.log(2) + 0.5 * Math.log(2 / 3);
    expect(value).toBeCloseTo(sid, 12);
    expect(score(make<Metric>(sidMetric), [prediction([5, 15]), spectral([1, 3])]).value).toBeCloseTo(0, 12);
  });
  it("stays finite at zero bands and leaves spectra without a sum out", () => {
    const result = score(
      make<Metric>(sidMetric),
      [prediction([0, 1]), spectral([1, 1])],
      [prediction([-1, 1]), spectral([1, 1])],
    );
    expect(result.value).toBeCloseTo((1e-9 - 0.5) * Math.log(2e-9) + 0.5 * Math.log(2), 9);
    expect(result.details).toMatchObject({ spectra: 1, skipped: 1 });
  });
});

describe("ergas", () => {
  it("is 100/scale · √(mean of MSE_b / μ_b²)", () => {
    // Band 0: MSE 1, mean 2; band 1: MSE 4, mean 5; band 2 has mean 0.
    const sample = [prediction([2, 7, 1, 4, 7, 1], [1, 2, 3]), spectral([1, 5, -1, 3, 5, 1], [1, 2, 3])] as const;
    const expected = 25 * Math.sqrt((1 / 4 + 4 / 25) / 2);
    expect(score(make<Metric>(ergasMetric, { scale: 4 }), sample).value).toBeCloseTo(expected, 10);
  });
});

describe("ssim", () => {
  /** Every window written out, band by band. */
  function slow(
    x: ArrayLike<number>,
    y: ArrayLike<number>,
    [h, w, l]: readonly [number, number, number],
    range: number,
  ): number {
    const window = (n: number) => {
      const g = Array.from({ length: Math.min(11, n - 1 + (n % 2)) }, (_, i, m = Math.min(11, n - 1 + (n % 2))) =>
        Math.exp(-((i - (m - 1) / 2) ** 2) / 4.5),
      );
      const sum = g.reduce((a, b) => a + b);
      return g.map((v) => v / sum);
    };
    const [gy, gx] = [window(h), window(w)];
    const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2];
    let total = 0;
    let count = 0;
    for (let b = 0; b < l; b++)
      for (let i = 0; i + gy.length <= h; i++)
        for (let j = 0; j + gx.length <= w; j++) {
          const mean = (f: (p: number) => number) => {
            let sum = 0;
            gy.forEach((u, k) => gx.forEach((v, m) => (sum += u * v * f(((i + k) * w + j + m) * l + b))));
            return sum;
          };
          const mx = mean((p) => x[p]!);
          const my = mean((p) => y[p]!);
          const vx = mean((p) => (x[p]! - mx) ** 2);
          const vy = mean((p) => (y[p]! - my) ** 2);
          const cov = mean((p) => (x[p]! - mx) * (y[p]! - my));
          total += ((2 * mx * my + c1) * (2 * cov + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2));
          count++;
        }
    return total / count;
  }
  it.each([
    [[14, 12, 3], 1],
    [[11, 11, 1], 2],
    [[6, 5, 2], 1],
  ] as const)("of a cube %j agrees with every window written out", (shape, range) => {
    const size = shape[0] * shape[1] * shape[2];
    const y = random("y", size, 0, 1);
    const x = y.map((v, i) => v + random("n", size, -0.2, 0.2)[i]!);
    const value = score(make<Metric>(ssimMetric, { range }), [prediction(x, shape), spectral(y, shape)]).value;
    expect(value).toBeCloseTo(slow(x, y, shape, range), 10);
  });
  it("of a spectrum has windows along the axis", () => {
    const y = random("y", 40, 0, 1);
    const x = random("x", 40, 0, 1);
    const range = Math.max(...y) - Math.min(...y);
    expect(score(make<Metric>(ssimMetric), [prediction(x), spectral(y)]).value).toBeCloseTo(
      slow(x, y, [1, 40, 1], range),
      10,
    );
    expect(score(make<Metric>(ssimMetric), [prediction(y), spectral(y)]).value).toBeCloseTo(1, 12);
  });
  it("leaves constant targets out", () => {
    const result = score(make<Metric>(ssimMetric), [prediction([1, 2, 3]), spectral([1, 1, 1])]);
    expect(result.value).toBeNaN();
    expect(result.details).toMatchObject({ samples: 0, skipped: 1 });
  });
});
