import { describe, expect, it } from "vitest";
import {
  formatAxis,
  formatBytes,
  formatCount,
  formatNumber,
  formatPercent,
  formatSeconds,
  formatSetting,
  formatUnit,
} from "../src/index.ts";

describe("numbers for people", () => {
  it.each([
    [0.001912, "0.001912"],
    [0.00191, "0.001910"],
    [12345.6, "12\u202f346"],
    [1234.5, "1235"],
    [9999.7, "10\u202f000"],
    [27.2149, "27.21"],
    [-0.5, "\u22120.5000"],
    [3.2e-5, "3.200×10⁻⁵"],
    [-1.5e9, "\u22121.500×10⁹"],
    [0, "0"],
    [NaN, "–"],
    [-Infinity, "\u2212∞"],
  ])("%d is %s", (value, text) => expect(formatNumber(value)).toBe(text));

  it("writes settings as short as they go", () => {
    expect([10, 0.002, 1e-7, 31.622776, 1500000, -3].map(formatSetting)).toEqual([
      "10",
      "0.002",
      "1×10⁻⁷",
      "31.6228",
      "1\u202f500\u202f000",
      "\u22123",
    ]);
  });

  it("writes counts, durations, sizes and shares", () => {
    expect([0, 9999, 1283457].map(formatCount)).toEqual(["0", "9999", "1\u202f283\u202f457"]);
    expect([0.0421, 0.9999, 12.34, 59.97, 252.3, 3599.7, 7512].map(formatSeconds)).toEqual([
      "42.1 ms",
      "1.00 s",
      "12.3 s",
      "1 min 0 s",
      "4 min 12 s",
      "1 h 0 min",
      "2 h 5 min",
    ]);
    expect([12, 999, 1000, 5133928, 999999].map(formatBytes)).toEqual([
      "12 B",
      "999 B",
      "1.00 kB",
      "5.13 MB",
      "1.00 MB",
    ]);
    expect([0, 1, 0.123, 0.0004, 0.9999].map(formatPercent)).toEqual(["0 %", "100 %", "12.3 %", "< 0.1 %", "> 99.9 %"]);
  });

  it("prints units as spectroscopists do", () => {
    expect(["cm-1", "um", "nm", "index", undefined, "W m-2"].map(formatUnit)).toEqual([
      "cm⁻¹",
      "µm",
      "nm",
      "",
      "",
      "W m⁻²",
    ]);
    expect(formatAxis("Raman shift", "cm-1")).toBe("Raman shift (cm⁻¹)");
    expect(formatAxis("Point", "index")).toBe("Point");
  });
});
