import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearTicks, makeScale } from "../src/plot/scale.ts";

const labels = (ticks: { label: string }[]): string[] => ticks.map((t) => t.label).filter(Boolean);

describe("scales", () => {
  it("put ticks at round values", () => {
    expect(labels(linearTicks(600, 1800, 6))).toEqual(["600", "800", "1000", "1200", "1400", "1600", "1800"]);
    expect(labels(linearTicks(-0.04, 0.04, 3))).toEqual(["\u22120.025", "0", "0.025"]);
    expect(labels(linearTicks(0, 0.002, 4))).toEqual(["0", "0.0005", "0.0010", "0.0015", "0.0020"]);
    expect(labels(linearTicks(0, 4e6, 4))).toEqual(["0", "1×10⁶", "2×10⁶", "3×10⁶", "4×10⁶"]);
    expect(labels(linearTicks(0, 7e-5, 3))).toEqual(["0", "2.5×10⁻⁵", "5.0×10⁻⁵"]);
  });

  it("label decades and, over few decades, 2 and 5", () => {
    expect(labels(makeScale({ scale: "log" }, [[0.001, 1000]], 0).ticks(7))).toEqual([
      "0.001",
      "0.01",
      "0.1",
      "1",
      "10",
      "100",
      "1000",
    ]);
    expect(labels(makeScale({ scale: "log" }, [[0.0015, 0.03]], 0).ticks(6))).toEqual([
      "0.002",
      "0.005",
      "0.01",
      "0.02",
    ]);
    expect(labels(makeScale({ scale: "log" }, [[1e-9, 1e-3]], 0).ticks(3))).toEqual(["10⁻⁸", "10⁻⁶", "0.0001"]);
  });

  it("have ticks that say what they are and lie on the axis, for any range", () => {
    const range = fc.tuple(
      fc.double({ min: -1e12, max: 1e12, noNaN: true }),
      fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
    );
    fc.assert(
      fc.property(range, fc.integer({ min: 2, max: 12 }), ([low, length], count) => {
        fc.pre(length > Math.abs(low) * 1e-6);
        const ticks = linearTicks(low, low + length, count);
        expect(ticks.length).toBeGreaterThan(0);
        expect(ticks.length).toBeLessThanOrEqual(3 * count + 3);
        const step = ticks.length > 1 ? ticks[1]!.value - ticks[0]!.value : length;
        for (const tick of ticks) {
          expect(tick.value).toBeGreaterThanOrEqual(low - step * 1e-6);
          expect(tick.value).toBeLessThanOrEqual(low + length + step * 1e-6);
          const plain = tick.label
            .replace("\u2212", "-")
            .replace(
              /×10(.*)/,
              (_, power: string) =>
                `e${Array.from(power, (c) => (c === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c))).join("")}`,
            );
          expect(Math.abs(Number(plain) - tick.value)).toBeLessThanOrEqual(step * 0.01);
        }
      }),
    );
  });

  it("make room around a single value, and a range where there is no value", () => {
    const one = makeScale(undefined, [[5, 5]], 0);
    expect(one.position(5)).toBeCloseTo(0.5, 12);
    expect(one.high).toBeGreaterThan(5);
    const none = makeScale(undefined, [[NaN, null]], 0);
    expect([none.low, none.high]).toEqual([0, 1]);
    const zero = makeScale({ scale: "log" }, [[0, -1]], 0);
    expect(zero.low).toBeGreaterThan(0);
  });

  it("keep the ends the caller set, and leave air at the others", () => {
    const scale = makeScale({ low: 0 }, [[2, 10]], 0.1);
    expect(scale.low).toBe(0);
    expect(scale.high).toBeCloseTo(11, 12);
    expect(makeScale({ scale: "log", low: -3 }, [[1, 10]], 0).low).toBeCloseTo(1, 12);
  });
});
