import { cpSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import {
  checkOptions,
  completeConfig,
  type ComponentRef,
  createComponent,
  type DataKind,
  type JsonObject,
  linearAxis,
  normalizeRef,
  openWorkbench,
  type Plugin,
  readConfig,
  resolveData,
  resolveDegrade,
  resolveRef,
  type SampleSpec,
  type Task,
  type TargetSpec,
} from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import { catalogue } from "@spectrai/datasets";
import { cubesSchema, spectraSchema } from "@spectrai/io-formats";
import { describe, expect, it } from "vitest";
import { manifests, isPluginPackage } from "../../scripts/pages/plugins.mjs";
import { withEnvironment } from "../../packages/cli/src/environment.ts";
import { at, fences, root } from "./support/fences.ts";
import { userFolder } from "./support/folder.ts";

const { parse } = createRequire(join(root, "packages", "cli", "package.json"))("yaml") as {
  parse(text: string): unknown;
};

const firstParty = manifests.filter(isPluginPackage).map((m) => m.name);

/** A part of a config is put into a whole one: without a task it may need more plugins than it names. */
function whole(config: JsonObject): JsonObject {
  const given = (config["plugins"] as string[] | undefined) ?? [];
  // The file with the network is not there: one that the config's plugins have stands for it.
  if ("start" in config && !("model" in config)) config = { ...config, model: "unet" };
  const plugins = "task" in config && given.length > 0 ? given : [...new Set([...firstParty, ...given])];
  return { task: "denoising", data: "raman-pairs", ...config, plugins };
}

const example = "spectrai-plugin-spectral-mlp";
async function load(name: string): Promise<Plugin> {
  if (name !== example) {
    expect(firstParty).toContain(name);
    return ((await import(name)) as { default: Plugin }).default;
  }
  const folder = userFolder();
  cpSync(join(root, "examples", "plugin-spectral-mlp", "src"), join(folder, "src"), { recursive: true });
  return ((await import(join(folder, "src", "index.ts"))) as { default: Plugin }).default;
}

/** Data as a task needs them; nothing is opened. */
function specFor(target: TargetSpec["kind"], data: DataKind): SampleSpec {
  const axis = linearAxis(500, 1800, 100, "cm-1");
  const shape = data === "spectrum" ? [100] : [8, 8, 100];
  const targets: Record<TargetSpec["kind"], TargetSpec> = {
    spectral: { kind: "spectral", shape, axis },
    mask: { kind: "mask", classes: ["a", "b"], ignored: -1 },
    class: { kind: "class", classes: ["a", "b"] },
    numbers: { kind: "numbers", names: ["a"], units: [""] },
    none: { kind: "none" },
  };
  return { data, shape, axis, target: targets[target] };
}

/** The options that a published set is opened with: checked when its files are there, and here without them. */
function checkScene({ scene, options }: JsonObject): void {
  const { name, ...recipe } = catalogue.find((entry) => entry.name === scene)!.recipe!;
  const schema = name === "spectra" ? spectraSchema : cubesSchema;
  checkOptions(schema, { ...recipe, ...(options as JsonObject) }, "data.options", "SPECTRAI_CONFIG_INVALID");
}

/** What opening the data would tell, for the model that is named: a model for cubes alone is meant for cubes. */
function specSeen(task: Task, kinds: readonly DataKind[] | undefined, made: boolean): SampleSpec {
  const data = task.data.find((d) => kinds?.includes(d) ?? true) ?? task.data[0]!;
  return specFor(made ? "none" : task.targets[0]!, data);
}

/** Goes the way of a run as far as data are not needed. */
async function accept(file: JsonObject): Promise<void> {
  const given = readConfig(file);
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const plugins = await Promise.all(given.raw.plugins.map(load));
  const bench = await openWorkbench({ plugins, files: nodeFileSystem(root), logger: quiet, seed: 1 });
  const data = resolveData(given, bench.registry);
  if (data.component.name === "scene") checkScene(data.options as JsonObject);
  const task = await createComponent(
    resolveRef(bench.registry, "task", { name: given.raw.task, options: {} }, "task"),
    bench.services,
  );
  const model = given.raw.model as ComponentRef | undefined;
  const named = typeof model === "string" || (model && "name" in model) ? model : undefined;
  const kinds = named
    ? resolveRef(bench.registry, "model", normalizeRef(named, "model"), "model").component.supports?.data
    : undefined;
  // Steps that make inputs from clean data are for data without targets, which they then have.
  const made = given.raw.degrade !== undefined;
  const degrade = resolveDegrade(given, bench.registry, task, { spec: specSeen(task, kinds, made) });
  const dataset = { spec: specSeen(task, kinds, false), samples: [] };
  const config = await completeConfig(given, bench.registry, task, dataset, { data, degrade }, quiet);
  expect(config.task).toBe(given.raw.task);
  expect(config.degrade).toHaveLength((given.raw.degrade as unknown[] | undefined)?.length ?? 0);
  const backend = normalizeRef(given.raw.backend as ComponentRef, "backend");
  if (backend.name !== "auto") resolveRef(bench.registry, "backend", backend, "backend");
  await bench.services.dispose();
}

const configs = fences.filter((f) => f.language === "yaml");

describe("the configs of the pages", () => {
  it("are there", () => expect(configs.length).toBeGreaterThan(20));

  it.each(configs.map((fence) => [at(fence), fence] as const))(
    "%s is a config, or a part of one, that is accepted",
    (_, fence) => accept(whole(parse(fence.code) as JsonObject)),
  );
});

const examples = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".yml") && !/(^|[/\\])(runs|node_modules)[/\\]/.test(path))
  .sort();

describe("the configs of examples", () => {
  it("are there", () => expect(examples.length).toBeGreaterThan(10));

  it.each(examples)("%s is accepted as it is", async (path) => {
    const text = readFileSync(join(root, "examples", path), "utf8");
    const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name!, "/data"]);
    await accept(withEnvironment(parse(text) as JsonObject, Object.fromEntries(names)));
  });
});
