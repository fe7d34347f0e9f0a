import type { Dataset, Sample } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import plugin, { constituents, ramanPairs, ramanPairsSchema } from "../src/index.ts";

const make = (options: Record<string, unknown> = {}): Dataset =>
  ramanPairs.create(ramanPairsSchema.parse(options), {}) as Dataset;
const targetOf = ({ target }: Sample): ArrayLike<number> => {
  if (target.kind !== "spectral") throw new Error(`a ${target.kind} target`);
  return target.value.data;
};
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

describe("raman-pairs", () => {
  it("describes what it gives", async () => {
    const data = make({ samples: 120, cellRows: 50, points: 400, start: 600, stop: 1700 });
    expect(data.samples).toHaveLength(120);
    expect(new Set(data.samples.map(({ id }) => id)).size).toBe(120);
    expect(data.samples.map(({ group }) => group)).toEqual(
      Array.from({ length: 120 }, (_, i) => `cell-${Math.floor(i / 50)}`),
    );
    expect(data.spec).toMatchObject({ data: "spectrum", shape: [400], target: { kind: "spectral", shape: [400] } });
    expect(data.spec.axis.unit).toBe("cm-1");
    expect([data.spec.axis.values[0], data.spec.axis.values[399]]).toEqual([600, 1700]);
    const sample = await data.read(119);
    expect(sample).toMatchObject(data.samples[119]!);
    expect(sample.input.axis).toBe(data.spec.axis);
    expect(sample.input.data.length).toBe(400);
    expect(data.source).toContain("seed 0");
    expect(plugin.components).toContain(ramanPairs);
  });

  it("gives pair i whatever was read before, and another for another seed", async () => {
    const a = make({ cellRows: 10, samples: 5000 });
    const b = make({ cellRows: 10, samples: 5000 });
    for (const i of [4999, 3, 777, 0, 12]) await a.read(i); // in another order than below
    for (const i of [0, 777, 4999]) {
      const [x, y] = [await a.read(i), await b.read(i)];
      expect(x).toEqual(y);
    }
    const other = await make({ seed: 1 }).read(0);
    expect(other.input.data).not.toEqual((await a.read(0)).input.data);
  });

  it("differs from its truth by noise of the expected size only", async () => {
    const options = { cosmicRate: 0, samples: 60, variation: 0.1 };
    const long = make(options);
    const truth = make({ ...options, target: "truth" });
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 60; i++) {
      const y = targetOf(await long.read(i));
      const t = targetOf(await truth.read(i));
      expect((await long.read(i)).input.data).toEqual((await truth.read(i)).input.data);
      for (let p = 0; p < y.length; p++) {
        const electrons = (t[p]! - 2.5) * 5;
        const variance = (electrons + 4.5 ** 2) / 25 + 1 / 12;
        const z = (y[p]! - t[p]!) / Math.sqrt(variance);
        sum += z;
        squares += z * z;
      }
    }
    const n = 60 * 500;
    expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan(0.05);
  });

  it("shows the bands of its constituents", async () => {
    const data = make({
      photonRate: 1e6,
      gain: 200,
      resolution: 4,
      target: "truth",
      drift: 0,
      etalon: 0,
      background: 0,
      points: 1301,
      variation: 0,
    });
    const y = targetOf(await data.read(0));
    const peaks: number[] = [];
    for (let p = 1; p < 1300; p++) if (y[p]! > y[p - 1]! && y[p]! >= y[p + 1]!) peaks.push(500 + p);
    for (const position of [785, 853, 1003, 1301]) expect(peaks.some((at) => Math.abs(at - position) <= 3)).toBe(true);
    for (const [low, high] of [
      [1440, 1452],
      [1640, 1660],
    ] as const)
      expect(peaks.some((at) => at >= low && at <= high)).toBe(true);
  });

  it("moves the axis by the drift it reports", async () => {
    const fixed = { photonRate: 1e6, gain: 200, target: "truth", etalon: 0, background: 0, variation: 0 };
    const still = targetOf(await make({ ...fixed, drift: 0 }).read(0));
    const moved = await make({ ...fixed, drift: 4 }).read(0);
    const shift = (moved.meta!["shifts"] as number[])[1]!;
    // Point p sees the light of ν_p + shift: y(p) = s(p + shift / step), here by Taylor's series to the second order.
    const y = targetOf(moved);
    const misfit = (d: number): number => {
      let worst = 0;
      for (let p = 3; p < 497; p++) {
        const slope = (still[p + 1]! - still[p - 1]!) / 2;
        const bend = still[p + 1]! - 2 * still[p]! + still[p - 1]!;
        worst = Math.max(worst, Math.abs(y[p]! - (still[p]! + d * slope + (d * d * bend) / 2)));
      }
      return worst;
    };
    const step = 1300 / 499;
    expect(Math.abs(shift)).toBeGreaterThan(0.5);
    expect(misfit(shift / step)).toBeLessThan(0.2 * misfit(0));
    expect(misfit(-shift / step)).toBeGreaterThan(misfit(0));
  });

  it("makes rows of one cell more alike than rows of two", async () => {
    const data = make({ samples: 2000, target: "truth" });
    let near = 0;
    let far = 0;
    for (let i = 0; i < 39; i++) {
      const [a, b, c] = [await data.read(50 * i), await data.read(50 * i + 1), await data.read(50 * i + 50)].map(
        (s) => s.meta!["concentrations"] as Record<string, number>,
      );
      for (const { name } of constituents) {
        near += Math.abs(Math.log(a![name]! / b![name]!));
        far += Math.abs(Math.log(a![name]! / c![name]!));
      }
    }
    expect(near).toBeLessThan(0.4 * far);
  });

  it("is as noisy by default as measured cells: mean squared difference of a pair, each ÷ its maximum, near 0.0145", async () => {
    const data = make();
    let sum = 0;
    for (let i = 0; i < 1000; i++) {
      const sample = await data.read(i);
      const x = sample.input.data;
      const y = targetOf(sample);
      const [mx, my] = [Math.max(...x), Math.max(...Array.from(y))];
      sum += mean(Array.from(x, (v, p) => (v / mx - y[p]! / my) ** 2)) / 1000;
    }
    expect(sum).toBeGreaterThan(0.012);
    expect(sum).toBeLessThan(0.018);
  });

  it("refuses an axis that ends before it starts, an unknown option and a missing pair", async () => {
    expect(() => make({ start: 1800, stop: 500 })).toThrow(
      expect.objectContaining({ code: "SPECTRAI_COMPONENT_OPTIONS" }),
    );
    expect(ramanPairsSchema.safeParse({ noise: 1 }).success).toBe(false);
    await expect(make({ samples: 3 }).read(3)).rejects.toMatchObject({ code: "SPECTRAI_DATA_EMPTY" });
  });

  it("documents every option", () => {
    for (const [name, schema] of Object.entries(ramanPairsSchema.shape)) {
      expect(schema.meta(), name).toMatchObject({
        description: expect.stringMatching(/^[A-Z].*\.$/),
        group: expect.stringMatching(/^\w+$/),
      });
    }
  });
});
