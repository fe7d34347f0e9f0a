import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { parameterScope } from "@spectrai/nn";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { dilationsFor, kernelCount, type MiniRocket, miniRocket } from "../src/mini-rocket.ts";

beforeAll(() => tf.ready());

/** The published kernels: three of nine weights are 2, in the order of their places, the others −1. */
const kernels: number[][] = [];
for (let a = 0; a < 9; a++)
  for (let b = a + 1; b < 9; b++)
    for (let c = b + 1; c < 9; c++)
      kernels.push(Array.from({ length: 9 }, (_, i) => (i === a || i === b || i === c ? 2 : -1)));

/** The convolution of a series with a kernel, the series being 0 outside. */
const slowConvolve = (series: readonly number[], kernel: readonly number[], dilation: number): number[] =>
  series.map((_, at) => kernel.reduce((sum, w, i) => sum + w * (series[at + (i - 4) * dilation] ?? 0), 0));

interface Setup {
  readonly rocket: MiniRocket;
  readonly thresholds: ReadonlyMap<string, number[]>;
  readonly weights: number[];
}

async function start(series: readonly (readonly number[])[], features: number): Promise<Setup> {
  const scope = parameterScope(rng("rocket"));
  const points = series[0]!.length;
  const rocket = miniRocket(scope, points, features);
  const x = tf.tensor2d(series.map((s) => [...s]));
  await rocket.start(x, rng("thresholds"));
  x.dispose();
  const valuesOf = (name: string): number[] => [...scope.parameters.find((p) => p.name === name)!.variable.dataSync()];
  const names = scope.parameters.map((p) => p.name).filter((name) => name.startsWith("thresholds."));
  return {
    rocket,
    weights: valuesOf("kernels"),
    thresholds: new Map(names.map((name) => [name.slice("thresholds.".length), valuesOf(name)])),
  };
}

const random = rng("series");
const seriesOf = (count: number, points: number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: points }, () => Math.fround(random.normal())));

describe("kernels", () => {
  it("are the 84 whose weights are three times 2 and six times −1, and sum to 0", async () => {
    expect(kernelCount).toBe(84);
    expect(kernels.length).toBe(84);
    const { weights } = await start(seriesOf(1, 9), 84);
    const found = Array.from({ length: 84 }, (_, k) => Array.from({ length: 9 }, (__, i) => weights[i * 84 + k]!));
    expect(found).toEqual(kernels);
    for (const kernel of found) expect(kernel.reduce((a, b) => a + b)).toBe(0);
  });
});

describe("dilations", () => {
  it.each([
    [9, [1]],
    [16, [1]],
    [17, [1, 2]],
    [33, [1, 2, 4]],
    // (700 − 1) / 8 = 87: seven exponents from 0 to log₂ 87.
    [700, [1, 2, 4, 9, 19, 41, 87]],
  ])("of %i points span the series exponentially", (points, expected) => {
    expect(dilationsFor(points)).toEqual(expected);
    for (const d of dilationsFor(points)) expect(8 * d).toBeLessThan(points);
  });
  it("are as many as are asked for at most", () => expect(dilationsFor(100_000, 5).length).toBe(5));
});

describe("features", () => {
  it.each([
    [9, 84],
    [20, 500],
    [41, 1000],
  ])(
    "are the shares of points above the thresholds, as nested loops count them (%i points)",
    async (points, features) => {
      const series = seriesOf(5, points);
      const { rocket, thresholds } = await start(series, features);
      const found = tf.tidy(() => rocket.features(tf.tensor2d(series)).arraySync() as number[][]);
      const dilations = dilationsFor(points);
      const each = Math.floor(features / 84 / dilations.length);
      expect(rocket.count).toBe(84 * each * dilations.length);
      let near = 0;
      series.forEach((s, n) => {
        const expected = dilations.flatMap((dilation) => {
          const levels = thresholds.get(String(dilation))!;
          const convolved = kernels.map((kernel) => slowConvolve(s, kernel, dilation));
          return Array.from({ length: each }, (_, j) =>
            convolved.map((y, k) => {
              const level = levels[j * 84 + k]!;
              // A value that equals a threshold but for rounding may fall on either side.
              if (y.some((v) => Math.abs(v - level) < 1e-5)) {
                near++;
                return undefined;
              }
              return y.filter((v) => v > level).length / points;
            }),
          ).flat();
        });
        expect(found[n]!.length).toBe(expected.length);
        expected.forEach((v, at) => {
          if (v !== undefined) expect(found[n]![at]).toBeCloseTo(v, 6);
        });
      });
      expect(near).toBeLessThan(0.5 * 5 * rocket.count);
    },
  );

  it("of a constant's inside are those of 0", async () => {
    const { rocket } = await start(seriesOf(3, 30), 500);
    // Kernels sum to 0, so a long constant differs from zeros only at its ends.
    const shares = tf.tidy(() => rocket.features(tf.stack([tf.zeros([30]), tf.zeros([30])])).arraySync() as number[][]);
    for (const v of shares[0]!) expect([0, 1]).toContain(v);
    expect(shares[0]).toEqual(shares[1]);
  });
});

describe("thresholds", () => {
  it.each([9, 60])(
    "are quantiles of the training series' convolutions, at multiples of the golden ratio (%i points)",
    async (points) => {
      const series = seriesOf(4, points);
      const dilations = dilationsFor(points);
      const each = 6;
      const { thresholds } = await start(series, 84 * each * dilations.length);
      const golden = (1 + Math.sqrt(5)) / 2;
      for (const dilation of dilations)
        for (const k of [0, 7, 83]) {
          const sorted = series.flatMap((s) => slowConvolve(s, kernels[k]!, dilation)).sort((a, b) => a - b);
          const expected = Array.from({ length: each }, (_, j) => {
            const share = ((j + 1) * golden) % 1;
            // Linear between order statistics, as numpy's quantile.
            const at = share * (sorted.length - 1);
            const [low, rest] = [Math.floor(at), at - Math.floor(at)];
            return (1 - rest) * sorted[low]! + rest * sorted[Math.min(low + 1, sorted.length - 1)]!;
          });
          const found = Array.from({ length: each }, (_, j) => thresholds.get(String(dilation))![j * 84 + k]!);
          expectAllClose(found, expected, { rtol: 1e-5 });
        }
    },
  );

  it("come from some of many series, by the seed", async () => {
    const series = seriesOf(100, 20);
    const a = await start(series, 168);
    const b = await start(series, 168);
    expect(b.thresholds).toEqual(a.thresholds);
    expect([...a.thresholds.values()].flat().every(Number.isFinite)).toBe(true);
  });
});
