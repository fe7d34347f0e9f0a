import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packagesOf, type Plugin, whoProvides } from "@spectrai/core";
import { expect, it } from "vitest";
import table from "../../core/src/directory-table.ts";
import { root } from "./support/spectrai.ts";

interface Manifest {
  readonly name: string;
  readonly keywords?: readonly string[];
}

const plugins = readdirSync(join(root, "packages"))
  .map((folder) => JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as Manifest)
  .filter((manifest) => manifest.keywords?.includes("spectrai-plugin"))
  .map((manifest) => manifest.name);

it("says which package has a component, for every component of every package", async () => {
  const actual: Record<string, string> = {};
  for (const name of plugins) {
    const { default: plugin } = (await import(name)) as { default: Plugin };
    expect(plugin.name).toBe(name);
    for (const component of plugin.components) actual[`${component.kind}/${component.name}`] = name;
  }
  expect(table, "run node scripts/directory.mjs").toEqual(actual);
  expect([...packagesOf()].sort()).toEqual([...new Set(Object.values(actual))].sort());
  for (const [key, name] of Object.entries(actual)) {
    const [kind, component] = key.split("/");
    expect(whoProvides(kind!, component!)).toBe(name);
  }
});
