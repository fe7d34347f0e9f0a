import { describe, expect, it } from "vitest";
import {
  bandNoise,
  deadlineNoise,
  gaussianNoise,
  impulseNoise,
  mixedNoise,
  poissonNoise,
  stripeNoise,
} from "../src/index.ts";
import { filled, make, moments, records } from "./helpers.ts";

/** Statistics must lie within this many standard errors; the seeds are fixed, so that a pass stays one. */
const errors = 4;

/** The mean and the standard deviation of n normal numbers. */
function expectNormal(values: ArrayLike<number>, deviation: number): void {
  const { mean, variance } = moments(values);
  const n = values.length;
  expect(Math.abs(mean)).toBeLessThan((errors * deviation) / Math.sqrt(n));
  expect(Math.abs(Math.sqrt(variance) - deviation)).toBeLessThan((errors * deviation) / Math.sqrt(2 * n));
}

describe("gaussian-noise", () => {
  it("has the deviation asked for, on a scale of 255", async () => {
    const x = filled([20_000], (i) => 3 + (i % 2));
    const a = await make(gaussianNoise, { sigma: 51, dataRange: 10 });
    const [params] = records(a, x, 1);
    expect(params!["sigma"]).toBe(2);
    const y = a.apply(x, params!);
    expectNormal(
      y.data.map((v, i) => v - x.data[i]!),
      2,
    );
  });

  it("takes the range of the sample by itself", async () => {
    const a = await make(gaussianNoise, { sigma: 255 });
    expect(
      records(
        a,
        filled([10], (i) => 5 + i),
        1,
      )[0]!["sigma"],
    ).toBe(9);
  });

  it("draws other noise for every sample, and as often as asked", async () => {
    const x = filled([8], (i) => i);
    const drawn = records(await make(gaussianNoise, { p: 0.25 }), x, 1000);
    expect(new Set(drawn.map((p) => p["seed"])).size).toBe(drawn.length);
    expect(Math.abs(drawn.length - 250)).toBeLessThan(errors * Math.sqrt(1000 * 0.25 * 0.75));
  });
});

describe("poisson-noise", () => {
  it("has the variance of counts, and leaves 0 and below alone", async () => {
    const n = 20_000;
    const a = await make(poissonNoise, { peak: 50 });
    for (const level of [0.1, 1]) {
      const x = filled([n], (i) => (i === 0 ? 4 : i % 3 === 0 ? -1 : i % 3 === 1 ? 0 : 4 * level));
      const params = records(a, x, 1)[0]!;
      expect(params["gain"]).toBe(12.5);
      const y = a.apply(x, params);
      expect(y.data.every((v, i) => x.data[i]! > 0 || v === x.data[i])).toBe(true);
      const counts = y.data.filter((_, i) => i % 3 === 2).map((v) => v * 12.5);
      expect(counts.every((v) => Math.abs(v - Math.round(v)) < 1e-9)).toBe(true);
      const { mean, variance } = moments(counts);
      const expected = 50 * level;
      expect(Math.abs(mean - expected)).toBeLessThan(errors * Math.sqrt(expected / counts.length));
      // The variance of a sample variance of Poisson counts is (2 λ² + λ) / n.
      expect(Math.abs(variance - expected)).toBeLessThan(
        errors * Math.sqrt((2 * expected ** 2 + expected) / counts.length),
      );
    }
  });

  it("leaves samples without positive values as they are", async () => {
    expect(
      records(
        await make(poissonNoise),
        filled([5], () => -1),
        3,
      ),
    ).toEqual([]);
  });
});

describe("band-noise", () => {
  it("gives every band one of the deviations, and uses all of them", async () => {
    const [pixels, bands] = [2500, 40];
    const x = filled([50, 50, bands], () => 1);
    const sigmas = [10, 30, 50, 70];
    const a = await make(bandNoise, { sigmas, dataRange: 255 });
    const y = a.apply(x, records(a, x, 1)[0]!);
    const used = new Set<number>();
    for (let b = 0; b < bands; b++) {
      const noise = Float64Array.from({ length: pixels }, (_, i) => y.data[i * bands + b]! - 1);
      const { variance } = moments(noise);
      const nearest = sigmas.toSorted(
        (p, q) => Math.abs(p - Math.sqrt(variance)) - Math.abs(q - Math.sqrt(variance)),
      )[0]!;
      used.add(nearest);
      expectNormal(noise, nearest);
    }
    expect(used.size).toBe(4);
  });
});

/** What changed in each band: the rows and columns. */
function changes(before: ArrayLike<number>, after: ArrayLike<number>, [h, w, l]: readonly [number, number, number]) {
  return Array.from({ length: l }, (_, band) => {
    const columns = new Map<number, number[]>();
    for (let row = 0; row < h; row++)
      for (let column = 0; column < w; column++) {
        const i = (row * w + column) * l + band;
        if (after[i] !== before[i]) columns.set(column, [...(columns.get(column) ?? []), after[i]! - before[i]!]);
      }
    return columns;
  }).filter((columns) => columns.size > 0);
}

describe("stripe-noise", () => {
  it("offsets whole columns of a third of the bands", async () => {
    const shape = [6, 100, 30] as const;
    const x = filled(shape, () => 1);
    const a = await make(stripeNoise, { amplitude: 51, dataRange: 5 });
    const hit = changes(x.data, a.apply(x, records(a, x, 1)[0]!).data, shape);
    expect(hit).toHaveLength(10);
    const offsets: number[] = [];
    for (const columns of hit) {
      expect(columns.size).toBeGreaterThanOrEqual(5);
      expect(columns.size).toBeLessThanOrEqual(15);
      for (const rows of columns.values()) {
        expect(rows).toHaveLength(6);
        expect(new Set(rows).size).toBe(1);
        offsets.push(rows[0]!);
      }
    }
    // Uniform in ±1: variance 1/3, of which the standard error is 2 / √(45 n).
    const { variance } = moments(offsets);
    expect(Math.max(...offsets.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(Math.abs(variance - 1 / 3)).toBeLessThan((errors * 2) / Math.sqrt(45 * offsets.length));
  });

  it("refuses spectra", async () => {
    const a = await make(stripeNoise);
    expect(() =>
      records(
        a,
        filled([5], () => 1),
        1,
      ),
    ).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_SHAPE" }));
  });
});

describe("deadline-noise", () => {
  it("blanks whole columns of the share of bands asked for", async () => {
    const shape = [4, 40, 8] as const;
    const x = filled(shape, () => 7);
    const a = await make(deadlineNoise, { bands: 0.5, columns: 0.25, value: 2 });
    const hit = changes(x.data, a.apply(x, records(a, x, 1)[0]!).data, shape);
    expect(hit).toHaveLength(4);
    for (const columns of hit) {
      expect(columns.size).toBe(10);
      for (const rows of columns.values()) expect(rows).toEqual([-5, -5, -5, -5]);
    }
  });
});

describe("impulse-noise", () => {
  it("changes the share drawn for each band to the extremes", async () => {
    const shape = [60, 60, 9] as const;
    const x = filled(shape, (i) => (i === 0 ? 0 : i === 1 ? 10 : 5));
    const amounts = [0.1, 0.7];
    const a = await make(impulseNoise, { amounts, salt: 0.25 });
    const y = a.apply(x, records(a, x, 1)[0]!);
    const hit = changes(x.data, y.data, shape);
    expect(hit).toHaveLength(3);
    for (const columns of hit) {
      const values = [...columns.values()].flat();
      expect(values.every((v) => Math.abs(v) === 5 || Math.abs(v) === 10)).toBe(true);
      const share = values.length / 3600;
      const amount = share > 0.4 ? 0.7 : 0.1;
      expect(Math.abs(share - amount)).toBeLessThan(errors * Math.sqrt((amount * (1 - amount)) / 3600));
      const salt = values.filter((v) => v > 0).length / values.length;
      expect(Math.abs(salt - 0.25)).toBeLessThan(errors * Math.sqrt((0.25 * 0.75) / values.length));
    }
  });
});

describe("mixed-noise", () => {
  it("does what its parts do, one after the other", async () => {
    const x = filled([6, 10, 12], (i) => 1 + (i % 7));
    const a = await make(mixedNoise);
    const params = records(a, x, 1)[0]!;
    expect(Object.keys(params)).toEqual(["band", "stripe", "deadline", "impulse"]);
    let expected = x;
    for (const [name, component] of Object.entries({
      band: bandNoise,
      stripe: stripeNoise,
      deadline: deadlineNoise,
      impulse: impulseNoise,
    }))
      expected = (await make(component)).apply(expected, params[name] as never);
    expect(a.apply(x, params).data).toEqual(expected.data);
    const without = await make(mixedNoise, { band: false, impulse: false });
    expect(Object.keys(records(without, x, 1)[0]!)).toEqual(["stripe", "deadline"]);
  });

  it.each([
    [1, ["band"]],
    [2, ["band", "stripe"]],
    [3, ["band", "deadline"]],
    [4, ["band", "impulse"]],
    [5, ["band", "stripe", "deadline", "impulse"]],
  ])("has the parts of case %i, unless told otherwise", async (number, parts) => {
    const x = filled([6, 10, 12], (i) => 1 + (i % 7));
    const partsOf = async (options: object): Promise<string[]> =>
      Object.keys(records(await make(mixedNoise, { case: number, ...options }), x, 1)[0]!);
    expect(await partsOf({})).toEqual(parts);
    expect(await partsOf({ stripe: {}, impulse: false })).toEqual(
      ["band", "stripe", "deadline"].filter((p) => p === "stripe" || parts.includes(p)),
    );
  });

  it("takes one data range for the parts that state none", async () => {
    const x = filled([6, 10, 12], (i) => 1 + (i % 7));
    const a = await make(mixedNoise, { dataRange: 510, stripe: { amplitude: 5, dataRange: 51 } });
    const { band, stripe, impulse } = records(a, x, 1)[0]! as Record<string, Record<string, unknown>>;
    expect(band!["sigmas"]).toEqual([20, 60, 100, 140]);
    expect(stripe!["amplitude"]).toBe(1);
    expect([impulse!["low"], impulse!["high"]]).toEqual([0, 510]);
  });

  it("needs a part", async () => {
    await expect(make(mixedNoise, { band: false, stripe: false, deadline: false, impulse: false })).rejects.toThrow(
      expect.objectContaining({ code: "SPECTRAI_COMPONENT_OPTIONS" }),
    );
  });
});
