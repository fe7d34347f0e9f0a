import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expandBraces, globDepth, globMatcher, isGlob, splitGlob } from "../src/node/glob.ts";
import { naturalOrder } from "../src/node/natural-order.ts";

describe("globMatcher", () => {
  it.each([
    ["*.mat", ["a.mat", ".mat"], ["a.csv", "b/a.mat", "amat"]],
    ["cell?.csv", ["cell1.csv", "cellé.csv"], ["cell.csv", "cell10.csv"]],
    ["**/*.mat", ["a.mat", "b/a.mat", "c/b/a.mat"], ["a.mat/b", "b/a.csv"]],
    ["raw/**", ["raw/a", "raw/b/a"], ["raw", "other/a"]],
    ["raw/**/x/*.npy", ["raw/x/a.npy", "raw/b/c/x/a.npy"], ["raw/a.npy", "raw/x/b/a.npy"]],
    ["**/**/a", ["a", "b/a", "c/b/a"], ["b"]],
    ["*.{mat,csv}", ["a.mat", "a.csv"], ["a.npy", "a.{mat,csv}"]],
    ["{a,b/{c,d}}/x", ["a/x", "b/c/x", "b/d/x"], ["b/x", "c/x"]],
    ["a{b", ["a{b"], ["ab"]],
    ["a(1)+[x].*", ["a(1)+[x].mat"], ["a1x.mat", "a(1)+x.mat"]],
    ["𝛼?", ["𝛼𝛽"], ["𝛼"]],
  ])("%s", (pattern, yes, no) => {
    const test = globMatcher(pattern);
    for (const path of yes) expect(test(path), path).toBe(true);
    for (const path of no) expect(test(path), path).toBe(false);
  });

  it("matches a plain path exactly where it is equal", () => {
    const name = fc.stringMatching(/^[a-z.()[\]+$^|]{1,5}$/);
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((p) => p.join("/"));
    fc.assert(fc.property(path, path, (a, b) => globMatcher(a)(b) === (a === b) && globMatcher(a)(a)));
  });

  it("is fast for patterns that make expressions backtrack", () => {
    const started = performance.now();
    expect(globMatcher(`${"*".repeat(200)}b`)("a".repeat(2000))).toBe(false);
    expect(globMatcher("**/".repeat(50) + "b")(Array(200).fill("a").join("/"))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("parts of a pattern", () => {
  it("split into plain folders and the rest", () => {
    expect(splitGlob("data/raw/*.mat")).toEqual({ folder: "data/raw", rest: "*.mat" });
    expect(splitGlob("*.mat")).toEqual({ folder: ".", rest: "*.mat" });
    expect(splitGlob("/*/x")).toEqual({ folder: "/", rest: "*/x" });
    expect(splitGlob("/data/{a,b}/x")).toEqual({ folder: "/data", rest: "{a,b}/x" });
  });

  it("tell how deep it can match", () => {
    expect(globDepth("*.mat")).toBe(1);
    expect(globDepth("{a,b/c}/*.mat")).toBe(3);
    expect(globDepth("a/**/b")).toBe(Infinity);
    expect([isGlob("a/b.mat"), isGlob("a[1].mat"), isGlob("a/*")]).toEqual([false, false, true]);
  });

  it("expand braces", () => {
    expect(expandBraces("a{b,c{d,e}}f{,g}")).toEqual(["abf", "abfg", "acdf", "acdfg", "acef", "acefg"]);
    expect(expandBraces("a}b{c,d")).toEqual(["a}b{c,d"]);
  });
});

describe("naturalOrder", () => {
  it("has 2 before 10 and is a total order", () => {
    expect(["s10", "s2", "S2", "s02", "s1"].sort(naturalOrder)[0]).toBe("s1");
    expect(["s10.mat", "s9.mat", "s2.mat"].sort(naturalOrder)).toEqual(["s2.mat", "s9.mat", "s10.mat"]);
    expect(naturalOrder("s02", "s2")).not.toBe(0);
    expect(naturalOrder("a", "a")).toBe(0);
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (a, b) => Math.sign(naturalOrder(a, b)) === -Math.sign(naturalOrder(b, a)) || a === b,
      ),
    );
  });
});
