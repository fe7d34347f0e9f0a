import { expectAllClose, fixturesFolder, fixtureValues, readFixture } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import type { RunningSchedule, ScheduleContext } from "../src/contracts/schedule.ts";
import { plateauSchema, schedules } from "../src/schedules/index.ts";

const start = (
  name: string,
  context: Partial<ScheduleContext>,
  options: Record<string, unknown> = {},
): RunningSchedule => {
  const component = schedules.find((s) => s.name === name)!;
  const result = component.schema["~standard"].validate(options) as { value: Record<string, unknown> };
  const schedule = component.create(result.value, {});
  if (schedule instanceof Promise) throw new Error("a schedule is made at once");
  return schedule.start({ rate: 1e-3, epochs: 1, stepsPerEpoch: 1, ...context });
};

/** Element by element: a rate of 1e-7 must be as right as one of 1e-3. */
function expectRates(found: readonly number[], expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  expectAllClose(
    found.map((v, i) => v / expected[i]!),
    found.map(() => 1),
    { atol: 1e-6 },
  );
}

describe.skipIf(!fixturesFolder())("sequences of the reference", () => {
  const golden = (name: string): Float64Array =>
    fixtureValues(readFixture("reference/optimizers.safetensors"), `schedule/${name}`);

  it.each(["step", "multiplicative"])("%s, an epoch a value", (name) => {
    const expected = golden(name);
    const schedule = start(name, { epochs: expected.length, stepsPerEpoch: 7 });
    expectRates(
      Array.from(expected, (_, epoch) => schedule.rate(epoch * 7 + 3, epoch)),
      expected,
    );
  });

  // The reference ran 152 of the 153 steps that its one-cycle was planned for.
  it.each([
    ["cyclic", "cyclic", 9000, {}],
    ["onecycle", "one-cycle", 153, {}],
    ["cosine", "cosine", 40, { warmUp: 0, finalFactor: 1e-3 }],
  ])("%s, a step a value", (fixture, name, steps, options) => {
    const expected = golden(fixture);
    const schedule = start(name, { epochs: 1, stepsPerEpoch: steps }, options);
    expectRates(
      Array.from(expected, (_, step) => schedule.rate(step, 0)),
      expected,
    );
  });

  it("plateau, with the metric it was given", () => {
    const metric = golden("plateau_metric");
    const schedule = start("plateau", {});
    const found = Array.from(metric, (value, epoch) => {
      const rate = schedule.rate(epoch, epoch);
      schedule.observe!(value);
      return rate;
    });
    expectRates(found, golden("plateau"));
  });
});

describe("one-cycle", () => {
  it.each([1, 2, 3, 4, 10])("stays finite, positive and below its peak in a run of %i steps", (steps) => {
    const schedule = start("one-cycle", { epochs: steps, stepsPerEpoch: 1 });
    for (let step = 0; step <= steps + 2; step++) {
      const rate = schedule.rate(step, step);
      expect(rate).toBeGreaterThan(0);
      expect(rate).toBeLessThanOrEqual(1e-3);
    }
  });

  it("is piecewise linear where asked", () => {
    const schedule = start(
      "one-cycle",
      { epochs: 10, stepsPerEpoch: 10 },
      { anneal: "linear", rise: 0.5, startDivisor: 10 },
    );
    expectAllClose(
      [0, 24.5, 49, 74, 99].map((s) => schedule.rate(s, 0) * 1e3),
      [0.1, 0.55, 1, 0.500005, 1e-5],
      { atol: 1e-12 },
    );
  });
});

describe("cyclic", () => {
  it("rises and falls in the steps it is told, all cycles alike", () => {
    const schedule = start("cyclic", {}, { mode: "triangular", stepsUp: 2, stepsDown: 4, baseFactor: 0.5 });
    const expected = [0.5, 0.75, 1, 0.875, 0.75, 0.625, 0.5, 0.75, 1];
    expectAllClose(
      expected.map((_, s) => schedule.rate(s, 0) * 1e3),
      expected,
      { atol: 1e-12 },
    );
  });
});

describe("cosine", () => {
  it("rises in a straight line and ends at its final rate", () => {
    const schedule = start(
      "cosine",
      { epochs: 10, stepsPerEpoch: 10 },
      { warmUp: 0.1, startFactor: 0.1, finalFactor: 0.2 },
    );
    expectAllClose(
      [0, 5, 10, 55, 100, 150].map((s) => schedule.rate(s, 0) * 1e3),
      [0.1, 0.55, 1, 0.6, 0.2, 0.2],
      { atol: 1e-12 },
    );
  });
});

describe("plateau", () => {
  const observeAll = (schedule: RunningSchedule, values: readonly number[]): number[] =>
    values.map((v) => {
      schedule.observe!(v);
      return schedule.rate(0, 0);
    });

  it("rests after a fall and stops at its minimum", () => {
    const schedule = start("plateau", { rate: 1 }, { patience: 0, factor: 0.5, cooldown: 2, minimum: 0.3 });
    expect(observeAll(schedule, [1, 1, 1, 1, 1, 1, 1, 1])).toEqual([1, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3]);
  });

  it("takes a metric that is not a number, or negative and worse, for no improvement", () => {
    const worse = start("plateau", { rate: 1 }, { patience: 1, factor: 0.5 });
    expect(observeAll(worse, [-1, NaN, NaN])).toEqual([1, 1, 0.5]);
    const negative = start("plateau", { rate: 1 }, { patience: 1, factor: 0.5, threshold: 0.1 });
    expect(observeAll(negative, [-1, -0.95, -0.95])).toEqual([1, 1, 0.5]);
    const better = start("plateau", { rate: 1 }, { patience: 1, factor: 0.5, threshold: 0.1 });
    expect(observeAll(better, [-1, -1.2, -1.4, -1.6])).toEqual([1, 1, 1, 1]);
  });

  it("goes on from its state, which survives JSON, as if never interrupted", () => {
    const values = Array.from({ length: 40 }, (_, i) => 1 / (1 + Math.min(i, 7)) + 0.001 * (i % 3));
    const options = { patience: 3, cooldown: 2, factor: 0.3 };
    const through = start("plateau", {}, options);
    const expected = observeAll(through, values);
    for (const cut of [0, 1, 9, 12, 25]) {
      const first = start("plateau", {}, options);
      observeAll(first, values.slice(0, cut));
      const second = start("plateau", {}, options);
      second.restore!(JSON.parse(JSON.stringify(first.state!())));
      expect(observeAll(second, values.slice(cut))).toEqual(expected.slice(cut));
    }
  });

  it("has PyTorch's defaults", () => {
    expect(plateauSchema.parse({})).toEqual({
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      cooldown: 0,
      minimum: 0,
      smallestChange: 1e-8,
    });
  });
});
