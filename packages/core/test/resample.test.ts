import { indexAxis, linearAxis, makeAxis, resampleLinear, spectralArray } from "@spectrai/core";
import { describe, expect, it } from "vitest";

const line = (v: number): number => 3 * v - 1;

describe("resampleLinear", () => {
  it.each([
    ["rising to rising", 0, 10, 2, 8],
    ["falling to rising", 10, 0, 2, 8],
    ["rising to falling", 0, 10, 8, 2],
    ["falling to falling", 10, 0, 8, 2],
    ["onto its own ends", 0, 10, 0, 10],
  ])("gives a straight line exactly (%s), for every row", (_, start, stop, from, to) => {
    const axis = linearAxis(start, stop, 21, "nm");
    const x = spectralArray(
      Float64Array.from([...axis.values.map(line), ...axis.values.map((v) => -line(v))]),
      [2, 21],
      axis,
    );
    const target = linearAxis(from, to, 7, "nm");
    const out = resampleLinear(x, target);
    expect(out.shape).toEqual([2, 7]);
    const expected = [...target.values.map(line), ...target.values.map((v) => -line(v))];
    // Rounding of one multiplication and one addition.
    for (const [i, v] of expected.entries()) expect(Math.abs(out.data[i]! - v)).toBeLessThan(1e-12);
  });

  it("keeps the element type", () => {
    const x = spectralArray(Float32Array.of(1, 2), [2], linearAxis(0, 1, 2, "nm"));
    expect(resampleLinear(x, linearAxis(0, 1, 3, "nm")).data).toEqual(Float32Array.of(1, 1.5, 2));
  });

  it("converts the unit where both measure the same, and turns round with it", () => {
    // 500, 1000 and 2000 nm are 20000, 10000 and 5000 cm-1.
    const x = spectralArray(Float64Array.of(1, 2, 3), [3], makeAxis(Float64Array.of(500, 1000, 2000), "nm"));
    expect([...resampleLinear(x, makeAxis(Float64Array.of(5000, 7500, 10000, 20000), "cm-1")).data]).toEqual([
      3, 2.5, 2, 1,
    ]);
    expect(() => resampleLinear(x, linearAxis(500, 1800, 5, "cm-1"))).toThrow(
      /cover 500–2000 nm \(5000–20000 cm-1\), but the model needs 500–1800 cm-1/,
    );
  });

  it("refuses what the data do not cover, and an axis that is none", () => {
    const x = spectralArray(new Float64Array(11), [11], linearAxis(500, 600, 11, "nm"));
    expect(() => resampleLinear(x, linearAxis(500, 650, 5, "nm"))).toThrow(
      /cover 500–600 nm, but the model needs 500–650 nm/,
    );
    expect(() => resampleLinear(x, indexAxis(11))).toThrow(/axis in nm cannot be converted to points/);
    expect(() => makeAxis(Float64Array.of(1, 2, 2), "nm")).toThrow(/rise or fall throughout/);
  });
});
