import { describe, expect, it } from "vitest";
import { mustBeSet, withEnvironment } from "../src/environment.ts";

describe("a variable of the environment in a config", () => {
  it("is replaced wherever it stands, and named where it is not set or empty", () => {
    const given = { data: { input: "${A}/x-${B}.csv" }, metrics: ["${A}"], seed: 1 };
    const filled = withEnvironment(given, { A: "/d", B: "" });
    expect(filled).toEqual({ data: { input: "/d/x-${B}.csv" }, metrics: ["/d"], seed: 1 });
    expect(() => mustBeSet(filled)).toThrow(
      /^data\.input: the environment variable B is not set; .*--set data\.input=/,
    );
    expect(() => mustBeSet(withEnvironment(given, { A: "a", B: "b" }))).not.toThrow();
  });

  it("is not looked for in what a variable holds", () => {
    expect(withEnvironment({ a: "${A}" }, { A: "${B}", B: "b" })).toEqual({ a: "${B}" });
  });
});
