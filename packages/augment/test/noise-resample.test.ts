import { rng } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { noiseResample, noiseResampleSchema, resampleNoise } from "../src/index.ts";

describe("noise-resample", () => {
  it("moves the part of the input that its target does not explain", () => {
    // Rows: x = g·y + n with n orthogonal to y, so that g and n are known.
    const target = Float64Array.of(1, 1, 0, 0, 2, 0, 0, 0);
    const input = Float64Array.of(3, 3, 0.5, 0, 2, 0.25, 0, 0);
    resampleNoise(input, target, 2, [1, 1]);
    expect([...input]).toEqual([3, 3.25, 0, 0, 2, 0.25, 0, 0]);
  });

  it("swaps noise both ways from the values before", () => {
    const target = Float64Array.of(1, 0, 0, 1);
    const input = Float64Array.of(1, 0.5, 0.25, 1);
    resampleNoise(input, target, 2, [1, 0]);
    expect([...input]).toEqual([1.25, 0, 0, 1.5]);
  });

  it("treats a target of zeros as no signal", () => {
    const input = Float64Array.of(1, 2, 3, 4);
    resampleNoise(input, Float64Array.of(0, 0, 1, 1), 2, [0, 0]);
    expect([...input]).toEqual([1, 2, 3.5 + 1, 3.5 + 2]);
  });

  it("draws as often as told, and replays its record", () => {
    const augmentation = noiseResample.create(noiseResampleSchema.parse({ p: 0.5 }), {});
    if (augmentation instanceof Promise || augmentation.scope !== "batch") throw new Error("not a batch augmentation");
    const record = augmentation.sample(4000, rng("test"))!;
    const moved = (record["from"] as number[]).filter((j, i) => j !== i).length;
    // 2000 expected; five standard deviations of a binomial are 158.
    expect(Math.abs(moved - 2000)).toBeLessThan(158);
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    expect(noiseResample.create({ p: 0 }, {})).toBeDefined();
    const never = noiseResample.create({ p: 0 }, {});
    if (never instanceof Promise || never.scope !== "batch") throw new Error("not a batch augmentation");
    expect(never.sample(10, rng("test"))).toBeNull();
  });

  it("says when targets are not on the input's points", () => {
    const augmentation = noiseResample.create({ p: 1 }, {});
    if (augmentation instanceof Promise || augmentation.scope !== "batch") throw new Error("not a batch augmentation");
    expect(() =>
      augmentation.apply({ size: 1, input: new Float32Array(3), target: new Float32Array(2) }, { from: [0] }),
    ).toThrow(/same points/);
  });
});
