import { rng } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { despike } from "../src/index.ts";
import { array, make } from "./helpers.ts";

const random = rng("despike");
const clean = Float64Array.from({ length: 120 }, (_, i) => 5 + Math.sin(i / 10) + 0.01 * random.normal());
const spiked = (...spikes: [at: number, height: number][]): Float64Array => {
  const y = clean.slice();
  for (const [at, height] of spikes) y[at] = y[at]! + height;
  return y;
};
const run = async (y: Float64Array, options: object = {}): Promise<Float64Array> =>
  (await make(despike, options)).apply(array(y)).data as Float64Array;

describe("despike", () => {
  it("leaves a clean spectrum as it is", async () => {
    expect(await run(clean)).toEqual(clean);
  });

  it("replaces a spike by the mean of the clean points within three, and nothing else", async () => {
    const y = spiked([50, 20]);
    const expected = clean.slice();
    expected[50] = [47, 48, 49, 51, 52, 53].reduce((sum, i) => sum + clean[i]!, 0) / 6;
    expectAllClose(await run(y), expected, { rtol: 1e-14 });
  });

  it("finds spikes of several points, downward ones, neighbours, and those at either end", async () => {
    for (const spikes of [
      [
        [50, 20],
        [51, 35],
        [52, 8],
      ],
      [
        [50, 20],
        [51, 20],
        [52, 20],
      ],
      [[70, -9]],
      [[0, 12]],
      [[119, 12]],
      [
        [0, 12],
        [1, 30],
      ],
      [
        [118, 30],
        [119, 12],
      ],
      [
        [118, 4],
        [119, 12],
      ],
      [
        [30, 9],
        [34, -9],
        [90, 40],
      ],
    ] as [number, number][][]) {
      const y = await run(spiked(...spikes));
      // The clean neighbours' mean is off by the curve's own slope, below 0.1 a point.
      expectAllClose(y, clean, { atol: 0.35 });
      expect(y.filter((v, i) => v !== clean[i]).length).toBe(spikes.length);
    }
  });

  it("leaves a step and a wide peak as they are", async () => {
    const step = clean.map((v, i) => (i >= 60 ? v + 10 : v));
    expect(await run(step)).toEqual(step);
    const peak = clean.map((v, i) => v + 3 * Math.exp(-(((i - 60) / 8) ** 2)));
    expect(await run(peak)).toEqual(peak);
  });

  it("takes the mean deviation where most differences are equal", async () => {
    const y = new Float64Array(50).fill(2);
    y[20] = 9;
    expect(await run(y)).toEqual(new Float64Array(50).fill(2));
    expect(await run(new Float64Array(50).fill(2))).toEqual(new Float64Array(50).fill(2));
  });

  it("finds more with a lower threshold", async () => {
    const y = spiked([50, 0.5]);
    expect((await run(y, { threshold: 50 }))[50]).toBe(y[50]);
    expect((await run(y, { threshold: 3 }))[50]).not.toBe(y[50]);
  });
});
