import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Figure, figureJson, figureTable, parse, runNode, withinLimit } from "../src/index.ts";

const figure: Figure = { name: "work", unit: "µs", ours: 50, limit: 70, reference: 7000, method: "median of 3" };

describe("figures", () => {
  it("print as a table with the ratio and where the reference's figure comes from", () => {
    const text = figureTable([figure, { ...figure, name: "late", ours: 80 }]);
    expect(text).toMatch(/work +50\.0 µs +70\.0 µs +met +7000 µs +140 ×/);
    expect(text).toMatch(/late +80\.0 µs +70\.0 µs +MISSED/);
    expect(text).toContain("not in the same sitting");
  });

  it("print as one JSON object a line", () => {
    const line = figureJson(figure);
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toMatchObject({ name: "work", ours: 50, ratio: 140, withinLimit: true });
    expect(withinLimit({ ...figure, ours: 70.1 })).toBe(false);
  });
});

describe("parse", () => {
  it("takes names, a config for denoising, and options", () => {
    expect(parse(["denoising", "a.yml", "--set", "train.epochs=1", "--json"])).toMatchObject({
      names: ["denoising"],
      config: "a.yml",
      set: ["train.epochs=1"],
      json: true,
    });
    expect(parse(["preprocess", "startup"])).toMatchObject({
      names: ["preprocess", "startup"],
      config: undefined,
      check: false,
    });
    expect(() => parse(["memory"])).toThrow(/no benchmark "memory"/);
  });
});

describe("runNode", () => {
  it("reports status, output, time and the peak of memory no longer held", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bench-test-"));
    try {
      const script = join(folder, "script.mjs");
      await writeFile(
        script,
        "let a = new Uint8Array(3e8).fill(1); const n = a.length; a = undefined; console.log(n); process.exitCode = 3;",
      );
      const run = await runNode([script], { measureMemory: true });
      expect(run).toMatchObject({ status: 3, stdout: "300000000\n", stderr: "" });
      expect(run.peakMegabytes).toBeGreaterThan(300);
      expect(run.peakMegabytes).toBeLessThan(450);
      expect(run.seconds).toBeGreaterThan(0);
      expect((await runNode([script])).peakMegabytes).toBeUndefined();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("kills what takes too long, even where SIGTERM is ignored", async () => {
    const run = await runNode(["--eval", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], {
      seconds: 0.5,
    });
    expect(run.status).toBeNull();
    expect(run.seconds).toBeLessThan(10);
  });
});
