import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SampleInfo } from "../src/contracts/sample.ts";
import type { Split, Splitter } from "../src/contracts/splitter.ts";
import { rng } from "../src/rng.ts";
import { splitters } from "../src/splitters/index.ts";

const create = (name: string, options: Record<string, unknown> = {}): Splitter => {
  const component = splitters.find((s) => s.name === name)!;
  const result = component.schema["~standard"].validate(options);
  if (result instanceof Promise || result.issues) throw new Error(JSON.stringify(result));
  return component.create(result.value, {}) as Splitter;
};
const issues = (name: string, options: Record<string, unknown>): string => {
  const component = splitters.find((s) => s.name === name)!;
  const result = component.schema["~standard"].validate(options);
  if (result instanceof Promise) throw new Error("options are checked at once");
  return (result.issues ?? []).map((i) => i.message).join("; ");
};
const samplesOf = (count: number, groupSize = 1, classes = 1): SampleInfo[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `s${i}`,
    group: `g${Math.floor(i / groupSize)}`,
    class: i % classes,
  }));
const split = (name: string, samples: readonly SampleInfo[], options: Record<string, unknown> = {}, seed = 1): Split =>
  create(name, options).split(samples, rng(seed, "split"));
const range = (start: number, stop: number): number[] => Array.from({ length: stop - start }, (_, i) => start + i);

/** Indices that exist, rising, in one part only. */
function expectParts(count: number, { train, validation, test }: Split): void {
  const all = [...train, ...validation, ...test];
  expect(new Set(all).size).toBe(all.length);
  expect(all.every((i) => Number.isInteger(i) && i >= 0 && i < count)).toBe(true);
  for (const part of [train, validation, test]) expect([...part].sort((a, b) => a - b)).toEqual(part);
}

const seed = fc.integer({ min: 0, max: 1e6 });
const shares = fc
  .record({
    validation: fc.double({ min: 0, max: 0.45, noNaN: true }),
    test: fc.double({ min: 0, max: 0.45, noNaN: true }),
  })
  .filter(({ validation, test }) => (validation === 0 || validation > 0.02) && (test === 0 || test > 0.02));

describe("every splitter", () => {
  it.each([
    ["random", {}],
    ["block", { guard: 2 }],
    ["group", {}],
    ["stratified", {}],
    ["k-fold", {}],
    ["k-fold", { by: "block", guard: 1 }],
    ["k-fold", { by: "group" }],
    ["k-fold", { by: "class" }],
  ])("%s %o gives disjoint parts, the same for the same seed", (name, options) => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 300 }), seed, (count, s) => {
        const samples = samplesOf(count, 3, 4);
        const parts = split(name, samples, options, s);
        expectParts(count, parts);
        for (const part of [parts.train, parts.validation, parts.test]) expect(part.length).toBeGreaterThan(0);
        expect(split(name, samples, options, s)).toEqual(parts);
      }),
      { numRuns: 30 },
    );
  });

  it.each(["random", "group", "stratified", "k-fold", "block"])("%s depends on the seed", (name) => {
    const samples = samplesOf(200, 2, 3);
    expect(split(name, samples, {}, 1)).not.toEqual(split(name, samples, {}, 2));
  });

  it("says that shares are not percentages, and that there is only one whole", () => {
    for (const name of ["random", "group", "stratified", "k-fold"])
      expect(issues(name, { validation: 15 })).toMatch(/not a percentage/);
    for (const name of ["random", "group", "stratified"]) {
      expect(issues(name, { test: 15 })).toMatch(/not a percentage/);
      expect(issues(name, { test: 0.6, validation: 0.5 })).toBe(
        "train, validation and test add up to 1.1; together they may be 1 at most",
      );
      expect(issues(name, { train: 0.7, test: 0.2, validation: 0.1 })).toBe("");
    }
    for (const part of ["test", "validation"]) {
      expect(issues("block", { [part]: 15 })).toMatch(/not a percentage/);
      expect(issues("block", { [part]: "some" })).toMatch(/share from 0 to 1 \(0.15 is 15 %\), or rows/);
    }
    expect(issues("file", { validation: 15 })).toMatch(/not a percentage/);
    expect(issues("file", { validation: {} })).toMatch(/share of the training part/);
  });

  it("says which part would be empty", () => {
    const refused = (name: string, count: number, options: Record<string, unknown>, message: RegExp): void =>
      expect(() => split(name, samplesOf(count), options)).toThrow(
        expect.objectContaining({ code: "SPECTRAI_DATA_SPLIT", message: expect.stringMatching(message) }),
      );
    refused("random", 5, { test: 0.05 }, /test part, 5 % of 5 samples, would be empty/);
    refused("random", 10, { test: 0.5, validation: 0.5 }, /training part would be empty/);
    refused("random", 0, {}, /would be empty/);
    refused("block", 5, { test: 0.01 }, /test part.* would be empty/);
    refused("block", 10, { test: [5, 10], validation: 0.05 }, /validation part.* would be empty/);
    refused("block", 10, { guard: 20 }, /would be empty/);
    refused("k-fold", 3, {}, /3 samples cannot be parted into 5 folds/);
  });
});

describe("random", () => {
  it("has sizes as asked, to a sample", () => {
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 2000 }), shares, seed, (count, part, s) => {
        const { train, validation, test } = split("random", samplesOf(count), part, s);
        expect(Math.abs(test.length - part.test * count)).toBeLessThanOrEqual(0.5);
        expect(Math.abs(validation.length - part.validation * count)).toBeLessThanOrEqual(0.5);
        expect(train.length + validation.length + test.length).toBe(count);
      }),
    );
  });

  it("uses no more for training than asked", () => {
    const { train, validation, test } = split("random", samplesOf(100), { train: 0.3, validation: 0.1, test: 0.2 });
    expect([train.length, validation.length, test.length]).toEqual([30, 10, 20]);
    const whole = split("random", samplesOf(101), { train: 0.7, validation: 0.15, test: 0.15 });
    expect(whole.train.length + whole.validation.length + whole.test.length).toBe(101);
  });

  it("handles as many samples as a cube has pixels", () => {
    const samples = samplesOf(300_000, 3, 5);
    for (const name of ["random", "block", "group", "stratified"])
      expect(split(name, samples).test.length).toBe(45_000);
    expect(split("k-fold", samples, { by: "group" }).test.length).toBe(60_000);
  });
});

describe("group", () => {
  const grouped = fc
    .array(fc.integer({ min: 1, max: 12 }), { minLength: 12, maxLength: 60 })
    .map((sizes) =>
      sizes.flatMap((n, g) => Array.from({ length: n }, (_, i) => ({ id: `${g}-${i}`, group: `g${g}` }))),
    );

  it("keeps groups whole and comes within a group of the sizes asked for", () => {
    fc.assert(
      fc.property(grouped, seed, (samples, s) => {
        const parts = split("group", samples, { validation: 0.2, test: 0.2 }, s);
        expectParts(samples.length, parts);
        const side = new Map<string, string>();
        for (const part of ["train", "validation", "test"] as const)
          for (const i of parts[part]) {
            expect(side.get(samples[i]!.group) ?? part).toBe(part);
            side.set(samples[i]!.group, part);
          }
        expect(parts.train.length + parts.validation.length + parts.test.length).toBe(samples.length);
        for (const part of ["validation", "test"] as const)
          expect(Math.abs(parts[part].length - 0.2 * samples.length)).toBeLessThanOrEqual(12);
      }),
    );
  });

  it("parts three groups in three, however unequal, and refuses two", () => {
    const sizes = [1, 1, 98];
    const samples = sizes.flatMap((n, g) => Array.from({ length: n }, (_, i) => ({ id: `${g}-${i}`, group: `g${g}` })));
    for (let s = 0; s < 20; s++) {
      const { train, validation, test } = split("group", samples, { test: 0.5, validation: 0.1 }, s);
      expect([train.length, validation.length, test.length].sort((a, b) => a - b)).toEqual([1, 1, 98]);
    }
    expect(() => split("group", samplesOf(10, 5))).toThrow(/only 2 groups left for 3 parts/);
    expect(() => split("group", samplesOf(10, 10))).toThrow(/only 1 group left/);
  });
});

describe("stratified", () => {
  it("has the share of every class, to a sample or two, and the sizes asked for", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 8 }),
        shares,
        seed,
        (sizes, part, s) => {
          const samples = sizes.flatMap((n, c) =>
            Array.from({ length: n }, (_, i) => ({ id: `${c}-${i}`, group: `${c}-${i}`, class: c })),
          );
          fc.pre(samples.length >= 60);
          const parts = split("stratified", samples, part, s);
          expectParts(samples.length, parts);
          sizes.forEach((n, c) => {
            const of = (name: "train" | "validation" | "test"): number =>
              parts[name].filter((i) => samples[i]!.class === c).length;
            expect(Math.abs(of("test") - part.test * n)).toBeLessThanOrEqual(1 + 1e-9 + 0.5 * (n / samples.length));
            expect(Math.abs(of("validation") - part.validation * n)).toBeLessThanOrEqual(2.5);
            expect(of("train")).toBeGreaterThan(0);
          });
        },
      ),
    );
  });

  it("comes to the sizes asked for where classes are not tiny", () => {
    const { validation, test } = split("stratified", samplesOf(1000, 1, 7));
    expect([validation.length, test.length]).toEqual([150, 150]);
  });

  it("needs classes", () => {
    expect(() =>
      split(
        "stratified",
        [
          { id: "a", group: "a" },
          { id: "b", group: "b", class: 1 },
        ],
        { test: 0.5, validation: 0 },
      ),
    ).toThrow(/"a" has none/);
  });
});

describe("block", () => {
  it("says 'rows 0 to 799 for training, validation as blocks of them, 800 to 999 as test', and the exchange", () => {
    const parts = split("block", samplesOf(1000), { test: [800, 1000], validation: 0.15 });
    expect(parts.test).toEqual(range(800, 1000));
    expect(parts.validation).toHaveLength(120);
    expect([...parts.train, ...parts.validation].sort((a, b) => a - b)).toEqual(range(0, 800));
    const exchanged = split("block", samplesOf(1000), { test: [0, 200] });
    expect(exchanged.test).toEqual(range(0, 200));
    expect([...exchanged.train, ...exchanged.validation].sort((a, b) => a - b)).toEqual(range(200, 1000));
    const reversed = split("block", samplesOf(1000), { train: [800, 1000], test: [0, 800], validation: 0 });
    expect(reversed).toEqual({ train: range(800, 1000), validation: [], test: range(0, 800) });
  });

  it("takes the last rows as test and spreads validation over blocks", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 500 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 2 }),
        seed,
        (count, blocks, guard, s) => {
          const parts = split("block", samplesOf(count), { test: 0.2, validation: 0.25, blocks, guard }, s);
          expectParts(count, parts);
          expect(parts.test).toEqual(range(count - Math.round(0.2 * count), count));
          const pool = count - parts.test.length - guard;
          expect(parts.validation).toHaveLength(Math.round(0.25 * pool));
          const starts = parts.validation.filter((i) => !parts.validation.includes(i - 1));
          expect(starts.length).toBeLessThanOrEqual(blocks);
          // Blocks lie in different stretches of the pool: the first in its first part, the last in its last.
          expect(parts.validation[0]).toBeLessThanOrEqual(Math.ceil(pool / blocks));
          // No two parts come closer than the guard, and nothing is dropped without need.
          const side = new Map<number, string>();
          for (const part of ["train", "validation", "test"] as const) for (const i of parts[part]) side.set(i, part);
          for (let i = 0; i < count; i++)
            for (let d = 1; d <= guard; d++)
              if (side.has(i) && side.has(i + d)) expect(side.get(i)).toBe(side.get(i + d));
          expect(count - side.size).toBeLessThanOrEqual(guard * (1 + 2 * blocks));
          if (guard === 0) expect(side.size).toBe(count);
        },
      ),
    );
  });

  it("moves the blocks with the seed and keeps them apart", () => {
    const firsts = new Set(
      range(0, 30).map((s) => split("block", samplesOf(1000), { test: [800, 1000] }, s).validation[0]),
    );
    expect(firsts.size).toBeGreaterThan(15);
  });

  it("takes validation rows that are named, and several ranges", () => {
    const parts = split("block", samplesOf(100), {
      test: [
        [0, 10],
        [90, 100],
      ],
      validation: [40, 50],
      guard: 2,
    });
    expect(parts.test).toEqual([...range(0, 10), ...range(90, 100)]);
    expect(parts.validation).toEqual(range(40, 50));
    expect(parts.train).toEqual([...range(12, 38), ...range(52, 88)]);
  });

  it("refuses rows that are not there, are none, or are in two parts", () => {
    expect(() => split("block", samplesOf(500), { test: [800, 1000] })).toThrow(
      /test: \[800, 1000\] goes beyond the 500 samples, whose rows are 0 to 499/,
    );
    expect(() => split("block", samplesOf(500), { test: [300, 200] })).toThrow(/names no rows/);
    expect(() => split("block", samplesOf(500), { train: [0, 300], test: [200, 400] })).toThrow(
      /Row 200 is both in the test and in the train part/,
    );
    expect(() => split("block", samplesOf(500), { validation: [0, 300], test: [200, 400] })).toThrow(/Row 200/);
    expect(issues("block", { test: [1] })).toMatch(/rows as \[first, end\]/);
    expect(issues("block", { train: [-1, 5] })).toMatch(/rows from 0 up/);
  });
});

describe("k-fold", () => {
  it.each(["shuffle", "block", "group", "class"])("by %s: every sample is tested in exactly one fold", (by) => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 200 }), fc.integer({ min: 2, max: 6 }), seed, (count, folds, s) => {
        const samples = samplesOf(count, 3, 4);
        const runs = range(0, folds).map((fold) => split("k-fold", samples, { folds, fold, by }, s));
        expect(runs.flatMap((r) => r.test).sort((a, b) => a - b)).toEqual(range(0, count));
        const groupSize = by === "group" ? 3 : 1;
        for (const { train, validation, test } of runs) {
          expect(Math.abs(test.length - count / folds)).toBeLessThanOrEqual(groupSize);
          expect(train.length + validation.length + test.length).toBe(count);
          if (by === "group") {
            const groups = (part: readonly number[]): Set<string> => new Set(part.map((i) => samples[i]!.group));
            for (const g of groups(test)) expect(groups(train).has(g) || groups(validation).has(g)).toBe(false);
            for (const g of groups(validation)) expect(groups(train).has(g)).toBe(false);
          }
          if (by === "class")
            for (const c of range(0, 4))
              expect(
                Math.abs(test.filter((i) => samples[i]!.class === c).length - count / 4 / folds),
              ).toBeLessThanOrEqual(1.25);
          if (by === "block") expect(test.at(-1)! - test[0]! + 1).toBe(test.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("by group: gives every class its share in each part, where each group is of one class", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 7, max: 20 }), { minLength: 2, maxLength: 5 }), seed, (groups, s) => {
        // `groups[c]` groups of three samples of class c.
        const samples = groups.flatMap((n, c) =>
          range(0, 3 * n).map((i) => ({ id: `${c}-${i}`, group: `${c}-${Math.floor(i / 3)}`, class: c })),
        );
        for (const fold of range(0, 4)) {
          const { validation, test } = split("k-fold", samples, { folds: 4, fold, by: "group", validation: 0.2 }, s);
          for (const [c, n] of groups.entries()) {
            const of = (part: readonly number[]): number => part.filter((i) => samples[i]!.class === c).length / 3;
            // Test folds differ by a group at most; validation is the nearest whole number of groups, give or take one.
            expect([Math.floor(n / 4), Math.ceil(n / 4)]).toContain(of(test));
            expect(Math.abs(of(validation) - 0.2 * (n - of(test)))).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it("by group: spreads classes that lie unevenly in the groups", () => {
    // Twelve groups of class 0 and twelve, four times as large, of class 1, in four folds of three each.
    const samples = range(0, 24).flatMap((g) =>
      range(0, g < 12 ? 2 : 8).map((i) => ({ id: `${g}-${i}`, group: `g${g}`, class: g < 12 ? 0 : 1 })),
    );
    for (const fold of range(0, 4)) {
      const { test } = split("k-fold", samples, { folds: 4, fold, by: "group" });
      expect([0, 1].map((c) => test.filter((i) => samples[i]!.class === c).length)).toEqual([6, 24]);
    }
  });

  it("leaves a guard between blocks", () => {
    const { train, validation, test } = split("k-fold", samplesOf(100), {
      by: "block",
      folds: 5,
      fold: 2,
      validation: 0,
      guard: 3,
    });
    expect(test).toEqual(range(40, 60));
    expect(validation).toEqual([]);
    expect(train).toEqual([...range(0, 37), ...range(63, 100)]);
  });

  it("refuses a fold that does not exist", () => {
    expect(issues("k-fold", { folds: 3, fold: 3 })).toMatch(/counted from 0/);
  });
});
