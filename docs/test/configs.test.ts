import { createRequire } from "node:module";
import { cpSync } from "node:fs";
import { join } from "node:path";
import {
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
  resolveRef,
  type SampleSpec,
  type TargetSpec,
} from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import { describe, expect, it } from "vitest";
import { manifests, isPluginPackage } from "../../scripts/pages/plugins.mjs";
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

const configs = fences.filter((f) => f.language === "yaml");

describe("the configs of the pages", () => {
  it("are there", () => expect(configs.length).toBeGreaterThan(20));

  it.each(configs.map((fence) => [at(fence), fence] as const))(
    "%s is a config, or a part of one, that is accepted",
    async (_, fence) => {
      const given = readConfig(whole(parse(fence.code) as JsonObject));
      const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined };
      const plugins = await Promise.all(given.raw.plugins.map(load));
      const bench = await openWorkbench({ plugins, files: nodeFileSystem(root), logger: quiet, seed: 1 });
      const data = resolveData(given, bench.registry);
      const task = await createComponent(
        resolveRef(bench.registry, "task", { name: given.raw.task, options: {} }, "task"),
        bench.services,
      );
      // A model for cubes alone is meant for cubes.
      const model = given.raw.model as ComponentRef | undefined;
      const named = typeof model === "string" || (model && "name" in model) ? model : undefined;
      const kinds =
        named && resolveRef(bench.registry, "model", normalizeRef(named, "model"), "model").component.supports?.data;
      const spec = specFor(task.targets[0]!, task.data.find((d) => kinds?.includes(d) ?? true) ?? task.data[0]!);
      const config = await completeConfig(given, bench.registry, task, { spec, samples: [] }, data, quiet);
      expect(config.task).toBe(given.raw.task);
      const backend = normalizeRef(given.raw.backend as ComponentRef, "backend");
      if (backend.name !== "auto") resolveRef(bench.registry, "backend", backend, "backend");
      await bench.services.dispose();
    },
  );
});
