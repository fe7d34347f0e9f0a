import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import {
  createComponent,
  type Dataset,
  type JsonObject,
  openDataset,
  openWorkbench,
  readConfig,
  resolveData,
  resolveRef,
  rng,
  type Split,
} from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import ioFormats from "@spectrai/io-formats";
import { dataFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { withEnvironment } from "../../packages/cli/src/environment.ts";
import { root } from "./support/fences.ts";

const { parse } = createRequire(join(root, "packages", "cli", "package.json"))("yaml") as {
  parse(text: string): unknown;
};
const data = dataFolder();

/** The data of a config of examples/benchmarks, and its split. */
async function open(name: string): Promise<{ dataset: Dataset; split: Split; warnings: string[] }> {
  const text = readFileSync(join(root, "examples", "benchmarks", `${name}.yml`), "utf8");
  const given = readConfig(withEnvironment(parse(text) as JsonObject, { SPECTRAI_DATA: data! }));
  const warnings: string[] = [];
  const logger = { debug: () => undefined, info: () => undefined, warn: (m: string) => void warnings.push(m) };
  const bench = await openWorkbench({ plugins: [ioFormats], files: nodeFileSystem(root), logger, seed: 1 });
  const task = resolveRef(bench.registry, "task", { name: given.raw.task, options: {} }, "task");
  const dataset = await openDataset(bench, resolveData(given, bench.registry), undefined, {
    name: task.name,
    task: await createComponent(task, bench.services),
  });
  const { name: splitter, ...options } = given.raw.split as { name: string } & JsonObject;
  const split = resolveRef(bench.registry, "splitter", { name: splitter, options }, "split");
  const parts = (await createComponent(split, bench.services)).split(dataset.samples, rng(1, "split"));
  return { dataset, split: parts, warnings };
}

const count = (values: readonly (string | number | undefined)[]): number[] => {
  const seen = new Map<string | number | undefined, number>();
  for (const v of values) seen.set(v, (seen.get(v) ?? 0) + 1);
  return [...seen.values()].sort((a, b) => a - b);
};

describe.skipIf(!data)("the benchmark's configs", () => {
  it.each([
    ["fruit-purees", 235, "cm-1", ["Not Strawberry", "Strawberry"], [351, 632], 983],
    ["fresh-meats", 448, "cm-1", ["Chicken", "Pork", "Turkey"], [40, 40, 40], 60],
    ["olive-oils", 570, "cm-1", ["Greece", "Italy", "Portugal", "Spain"], [16, 20, 34, 50], 60],
    [
      "milk-powder",
      601,
      "index",
      Array.from({ length: 11 }, (_, i) => String(i + 1)),
      Array.from({ length: 11 }, () => 20),
      220,
    ],
  ] as const)(
    "%s has the classes and groups that its authors describe",
    async (name, points, unit, classes, sizes, groups) => {
      const { dataset, split, warnings } = await open(name);
      expect(dataset.spec.shape).toEqual([points]);
      expect(dataset.spec.axis.unit).toBe(unit);
      expect(dataset.spec.target).toEqual({ kind: "class", classes });
      expect(count(dataset.samples.map((s) => s.class))).toEqual(sizes);
      expect(new Set(dataset.samples.map((s) => s.group)).size).toBe(groups);
      expect(warnings).toEqual([]);
      // Every class in both parts, and no group in two.
      for (const part of [split.train, split.test])
        expect(new Set(part.map((i) => dataset.samples[i]!.class)).size).toBe(classes.length);
      const testGroups = new Set(split.test.map((i) => dataset.samples[i]!.group));
      expect(split.train.some((i) => testGroups.has(dataset.samples[i]!.group))).toBe(false);
    },
  );

  it("mineral-mixtures has shares of three minerals", async () => {
    const { dataset } = await open("mineral-mixtures");
    expect(dataset.samples).toHaveLength(303);
    expect(dataset.spec.shape).toEqual([1500]);
    expect(dataset.spec.axis.unit).toBe("cm-1");
    expect(dataset.spec.axis.values[0]).toBe(122.3311);
    const { target } = await dataset.read(0);
    expect(target.kind === "numbers" && target.value.reduce((s, v) => s + v)).toBeCloseTo(1, 6);
  });

  it("corn has four properties in percent, and its instruments are paired by row", async () => {
    const corn = await open("corn");
    expect(corn.dataset.spec.target).toEqual({
      kind: "numbers",
      names: ["Moisture", "Oil", "Protein", "Starch"],
      units: ["%", "%", "%", "%"],
    });
    expect((await corn.dataset.read(79)).target.kind).toBe("numbers");
    for (const name of ["corn-transfer-mp5", "corn-transfer-mp6"]) {
      const { dataset } = await open(name);
      expect(dataset.samples).toHaveLength(80);
      expect(dataset.spec).toMatchObject({ shape: [700], axis: { unit: "nm" } });
      const { input, target } = await dataset.read(3);
      // The instruments differ by an offset of about 0.1 absorbance, not in shape.
      expect(input.data).not.toEqual(target.kind === "spectral" && target.value.data);
      expect(target.kind === "spectral" && Math.abs(target.value.data[300]! - input.data[300]!)).toBeLessThan(0.2);
    }
  });
});
