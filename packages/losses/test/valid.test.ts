import { type Metric, type Prediction, rng, spectralArray, type Target } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import {
  ergasMetric,
  maeMetric,
  mseMetric,
  psnrMetric,
  r2Metric,
  rmseMetric,
  samMetric,
  sidMetric,
  ssimMetric,
} from "../src/index.ts";
import { make, prediction, random, score, spectral } from "./helpers.ts";

const [height, width, bands] = [15, 14, 3];
const shape = [height, width, bands] as const;
const size = height * width * bands;

/** The sample with a mask, other values where nothing counts, and the sample of the counting pixels alone. */
function masked(key: string, valid: Uint8Array, rest: (i: number) => number) {
  const y = Float64Array.from(random(`${key}-y`, size, 0.1, 1));
  const x = y.map((v, i) => v + random(`${key}-n`, size, -0.2, 0.2)[i]!);
  const counts = (i: number): boolean => valid[Math.floor(i / bands)] === 1;
  const filled = (values: Float64Array, sign: number): Float64Array =>
    values.map((v, i) => (counts(i) ? v : sign * rest(i)));
  const target: Target = { kind: "spectral", value: spectralArray(filled(y, 1), shape, undefined, valid) };
  const some = (values: Float64Array): Float64Array => values.filter((_, i) => counts(i));
  const count = some(y).length / bands;
  return {
    whole: [prediction(filled(x, -1), shape), target] as readonly [Prediction, Target],
    alone: [prediction(some(x), [count, 1, bands]), spectral(some(y), [count, 1, bands])] as readonly [
      Prediction,
      Target,
    ],
    x,
    y,
  };
}

const scattered = (key: string, share: number): Uint8Array => {
  const r = rng("valid", key);
  return Uint8Array.from({ length: height * width }, () => (r.chance(share) ? 0 : 1));
};
const rests = [() => 0, () => 1e6, (i: number) => -50 * (i % 4)];
const none = new Uint8Array(height * width);

const metrics: readonly [string, () => Metric][] = [
  ["mse", () => make<Metric>(mseMetric)],
  ["rmse", () => make<Metric>(rmseMetric)],
  ["mae", () => make<Metric>(maeMetric)],
  ["r2", () => make<Metric>(r2Metric)],
  ["psnr", () => make<Metric>(psnrMetric)],
  ["psnr of a stated range", () => make<Metric>(psnrMetric, { range: 1 })],
  ["psnr over the sample", () => make<Metric>(psnrMetric, { over: "sample" })],
  ["sam", () => make<Metric>(samMetric)],
  ["sid", () => make<Metric>(sidMetric)],
  ["ergas", () => make<Metric>(ergasMetric, { scale: 4 })],
];

describe.each(metrics)("%s", (_, metric) => {
  it("is that of the pixels that count", () => {
    for (const rest of rests) {
      const samples = [0.1, 0.5, 0.95].map((share) => masked(`${share}`, scattered(`${share}`, share), rest));
      const expected = score(metric(), ...samples.map((s) => s.alone));
      expect(expected.value).not.toBeNaN();
      expect(score(metric(), ...samples.map((s) => s.whole))).toEqual(expected);
    }
    const every = masked("all", new Uint8Array(height * width).fill(1), () => 0);
    const plain = [every.whole[0], spectral(every.y, shape)] as const;
    expect(score(metric(), every.whole)).toEqual(score(metric(), plain));
  });

  it("passes over samples without any", () => {
    const one = masked("one", scattered("one", 0.3), () => 7);
    const empty = masked("empty", none, () => 3);
    expect(score(metric(), empty.whole, one.whole, empty.whole).value).toBe(score(metric(), one.whole).value);
    expect(score(metric(), empty.whole).value).toBeNaN();
  });
});

describe("ssim", () => {
  // The windows are as high and wide as the 11 points that fit, here written out for those whose pixels all count.
  function slow(x: Float64Array, y: Float64Array, valid: Uint8Array, range: number): number[] {
    const g = Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / 4.5));
    const sum = g.reduce((u, v) => u + v);
    const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2];
    return Array.from({ length: bands }, (_, b) => {
      const each: number[] = [];
      for (let i = 0; i + 11 <= height; i++)
        for (let j = 0; j + 11 <= width; j++) {
          const pixels = g.flatMap((u, k) => g.map((v, m) => [(u * v) / sum ** 2, (i + k) * width + j + m] as const));
          if (pixels.some(([, p]) => valid[p] === 0)) continue;
          const mean = (f: (p: number) => number): number =>
            pixels.reduce((total, [w, p]) => total + w * f(p * bands + b), 0);
          const [mx, my] = [mean((p) => x[p]!), mean((p) => y[p]!)];
          const [vx, vy] = [mean((p) => (x[p]! - mx) ** 2), mean((p) => (y[p]! - my) ** 2)];
          const cov = mean((p) => (x[p]! - mx) * (y[p]! - my));
          each.push(((2 * mx * my + c1) * (2 * cov + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2)));
        }
      return each.reduce((u, v) => u + v, 0) / each.length;
    });
  }

  it("is the mean over windows all of whose pixels count, each band's in the details", () => {
    const valid = new Uint8Array(height * width).fill(1);
    // A corner that leaves windows to its right, below and beside it.
    valid[1 * width + 1] = 0;
    valid[14 * width + 13] = 0;
    const results = rests.map((rest) => {
      const { whole, x, y } = masked("ssim", valid, rest);
      const result = score(make<Metric>(ssimMetric, { range: 1 }), whole);
      const expected = slow(x, y, valid, 1);
      (result.details!["perBand"] as number[]).forEach((v, b) => expect(v).toBeCloseTo(expected[b]!, 10));
      expect(result.value).toBeCloseTo(expected.reduce((a, b) => a + b, 0) / bands, 10);
      expect(score(make<Metric>(ssimMetric), whole).value).not.toBe(result.value);
      return [result, score(make<Metric>(ssimMetric), whole)];
    });
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it("leaves samples out that have no such window", () => {
    const valid = new Uint8Array(height * width).fill(1);
    valid.fill(0, 7 * width, 8 * width);
    const cut = masked("cut", valid, () => 1).whole;
    const whole = masked("whole", new Uint8Array(height * width).fill(1), () => 1).whole;
    const empty = masked("none", none, () => 1).whole;
    const metric = make<Metric>(ssimMetric, { range: 1 });
    expect(score(metric, cut, whole, empty)).toEqual({
      ...score(metric, whole),
      details: { ...score(metric, whole).details, skipped: 2 },
    });
    expect(score(metric, cut).value).toBeNaN();
  });
});
