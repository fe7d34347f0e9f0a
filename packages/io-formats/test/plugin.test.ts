import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import plugin from "../src/index.ts";

describe("plugin", () => {
  it("has every component under its kind and name, each described", () => {
    expect(plugin.components.map((c) => `${c.kind} ${c.name}`).sort()).toEqual([
      "dataset cubes",
      "dataset spectra",
      "reader csv",
      "reader envi",
      "reader hdf5",
      "reader mat",
      "reader netcdf",
      "reader npy",
      "reader npz",
      "reader png",
      "reader tiff",
      "reader zarr",
      "writer csv",
      "writer envi",
      "writer mat",
      "writer npy",
      "writer npz",
      "writer png",
      "writer tiff",
    ]);
    for (const { summary, schema } of plugin.components) {
      expect(summary).toMatch(/^[A-Z].*\.$/);
      const json = schema["~standard"].jsonSchema.output({ target: "draft-2020-12" }) as {
        properties?: Record<string, { description?: string; group?: string }>;
      };
      for (const [name, option] of Object.entries(json.properties ?? {})) {
        expect(option.description, name).toMatch(/^[A-Z].*\.$/);
        expect(option.group, name).toBeTruthy();
      }
    }
  });

  it("imports nothing of Node.js, and libraries and decoders only when they are used", () => {
    const folder = join(import.meta.dirname, "../src");
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts"));
    for (const file of sources) {
      const text = readFileSync(join(folder, file), "utf8");
      expect(text, file).not.toMatch(/from "node:|import\("node:|\bBuffer\b|require\(/);
      for (const [, from] of text.matchAll(/^import (?!type)[^;]*? from "([^"./][^"]*)"/gms))
        expect(["@spectrai/core", "zod"], file).toContain(from);
    }
  });
});
