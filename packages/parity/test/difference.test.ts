import { describe, expect, test } from "vitest";
import { compareValues, type Value } from "../src/index.ts";

const value = (values: readonly number[], more: Partial<Value> = {}): Value => ({
  what: "the output",
  dtype: "float32",
  shape: [values.length],
  values,
  ...more,
});

describe("compareValues", () => {
  test("is relative to the largest magnitude, names the worst value, and is 0 for the same", () => {
    const worst = { what: "the gradient" };
    expect(compareValues([value([1, 4]), value([2, -7.5], worst)], [value([1, 4]), value([2, -8], worst)])).toEqual({
      difference: 0.5 / 8,
      what: "the gradient",
    });
    expect(compareValues([value([1, 4])], [value([1, 4])])).toEqual({ difference: 0, what: "the output" });
    expect(compareValues([value([0, 0.25])], [value([0, 0])])).toMatchObject({ difference: 0.25 });
  });

  test("is relative to the least magnitude where the value is smaller", () => {
    expect(compareValues([value([2e-9])], [value([1e-9], { least: 1e-3 })])).toMatchObject({ difference: 1e-6 });
    expect(compareValues([value([3])], [value([2], { least: 1 })])).toMatchObject({ difference: 0.5 });
  });

  test.each([
    ["NaN", [value([NaN, 1])], [value([1, 1])]],
    ["NaN after a number", [value([1, NaN])], [value([1, 1])]],
    ["infinity", [value([Infinity])], [value([1])]],
    ["a number where the reference has NaN", [value([1])], [value([NaN])]],
  ])("never gives %s as a result", (_, actual, expected) => {
    expect(compareValues(actual, expected)).toEqual({ reason: expect.stringContaining("NaN or infinite") as string });
  });

  test("takes NaN for the same as NaN, and infinity as infinity", () => {
    const odd = [NaN, -Infinity, 2];
    expect(compareValues([value(odd)], [value(odd)])).toMatchObject({ difference: 0 });
  });

  test.each([
    ["another type", [value([1], { dtype: "int32" })], "is int32, not float32"],
    ["another shape", [value([1], { shape: [1, 1] })], "has the shape [1, 1], not [1]"],
    ["another result", [value([1], { what: "the loss" })], "gave the loss where the reference gave the output"],
    ["fewer results", [], "gave 0 results where the reference gave 1"],
  ])("refuses %s", (_, actual, reason) => {
    expect(compareValues(actual, [value([1])])).toEqual({ reason: expect.stringContaining(reason) as string });
  });
});
