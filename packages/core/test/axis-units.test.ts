import { axisUnits, convertAxis, indexAxis, makeAxis } from "@spectrai/core";
import { describe, expect, it } from "vitest";

describe("convertAxis", () => {
  // 1 eV is 1239.841984… nm and 8065.543937… cm-1 (CODATA 2018, NIST).
  it.each([
    ["nm", "cm-1", 1000, 10000],
    ["um", "nm", 2.5, 2500],
    ["um", "cm-1", 2.5, 4000],
    ["eV", "nm", 1, 1239.841984],
    ["eV", "cm-1", 1, 8065.543937],
    ["nm", "eV", 1239.841984, 1],
    ["cm-1", "um", 4000, 2.5],
  ] as const)("%s to %s", (from, to, value, expected) => {
    const converted = convertAxis(makeAxis(Float64Array.of(value), from), to);
    expect(converted.unit).toBe(to);
    // The constants are given to ten digits.
    expect(Math.abs(converted.values[0]! / expected - 1)).toBeLessThan(1e-9);
  });

  it("comes back to where it was, from every unit to every other", () => {
    const physical = axisUnits.filter((u) => u !== "index");
    for (const from of physical)
      for (const to of physical) {
        const axis = makeAxis(Float64Array.of(0.5, 1, 700, 2000), from, "wave");
        const back = convertAxis(convertAxis(axis, to), from);
        expect(back).toMatchObject({ unit: from, name: "wave" });
        // Two divisions each way.
        back.values.forEach((v, i) => expect(Math.abs(v / axis.values[i]! - 1)).toBeLessThan(1e-14));
      }
  });

  it("leaves an axis of the unit as it is, and refuses points and values that have no wavelength", () => {
    const axis = makeAxis(Float64Array.of(1, 2), "nm");
    expect(convertAxis(axis, "nm")).toBe(axis);
    expect(() => convertAxis(indexAxis(3), "nm")).toThrow(/in points cannot be converted to nm/);
    expect(() => convertAxis(axis, "index")).toThrow(/in nm cannot be converted to points/);
    expect(() => convertAxis(makeAxis(Float64Array.of(-5, 5), "cm-1"), "nm")).toThrow(/value -5 cannot be converted/);
  });
});
