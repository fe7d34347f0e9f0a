import { checkOptions, corePlugin, type Schema } from "@spectrai/core";
import { cubesSchema, spectraSchema } from "@spectrai/io-formats";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue, findEntry, recipeIn, setFolder } from "../src/index.ts";

const splitters = new Map<string, Schema>(
  corePlugin.components.filter((c) => c.kind === "splitter").map((c) => [c.name, c.schema as Schema]),
);

describe("the catalogue", () => {
  it("names each set once, and those that are asked for", () => {
    const names = catalogue.map((e) => e.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        "indian-pines",
        "pavia-university",
        "pavia-centre",
        "salinas",
        "ksc",
        "botswana",
        "houston-2013",
        "houston-2018",
        "aerorit",
        "chikusei",
        "cave",
        "icvl",
        "helicoid",
        "deeper-denoising",
        "bacteria-id",
      ]),
    );
  });

  it.each(catalogue.map((e) => [e.name, e] as const))("%s has facts that fit together", (name, entry) => {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    for (const text of [entry.title, entry.about, entry.sensor, entry.licence, entry.citation])
      expect(text.length).toBeGreaterThan(3);
    expect(entry.page).toMatch(/^https?:\/\//);
    expect(entry.axis.last).toBeGreaterThan(entry.axis.first);
    expect(entry.shape).toContain(String(entry.axis.points));
    expect(entry.files.length).toBeGreaterThan(0);
    for (const file of entry.files) {
      expect(file.name).not.toMatch(/^[./]|\.\.|\\/);
      if (file.url !== undefined) expect(new URL(file.url).protocol).toMatch(/^https?:$/);
      if (file.sha256 !== undefined) expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
      if (file.name.endsWith(".zip")) expect(file.holds?.length).toBeGreaterThan(0);
    }
    // Either a program can fetch it, or it says what to do.
    expect(entry.manual === undefined || entry.manual.length > 0).toBe(true);
    expect(entry.manual === undefined).toBe(entry.files.every((f) => f.url !== undefined));
  });

  it.each(catalogue.filter((e) => e.recipe).map((e) => [e.name, e] as const))(
    "%s is read by options that exist, from files that it has",
    (_, entry) => {
      const { name, ...options } = recipeIn(entry, "/data/x");
      const schema: Schema = name === "spectra" ? spectraSchema : cubesSchema;
      const checked = checkOptions(schema, options, "recipe") as {
        input: string;
        target?: string;
        classNames?: string[];
        classColors?: Record<string, unknown>;
      };
      for (const path of [checked.input, checked.target ?? checked.input]) {
        expect(path.startsWith("/data/x/")).toBe(true);
        const relative = path.slice("/data/x/".length);
        const held = entry.files.flatMap((f) => f.holds ?? [f.name]);
        expect(
          held.some((h) => relative === h || relative.startsWith(`${h}/`)),
          relative,
        ).toBe(true);
      }
      if (checked.classNames) expect(checked.classNames).toEqual(entry.classes);
      if (checked.classColors) expect(Object.keys(checked.classColors)).toEqual(entry.classes);
    },
  );

  it.each(catalogue.flatMap((e) => e.splits.map((s) => [`${e.name}, ${s.name}`, s.split] as const)))(
    "%s is a split that exists",
    (_, split) => {
      const { name, ...options } = split;
      const schema = splitters.get(name as string);
      expect(schema, JSON.stringify(split)).toBeDefined();
      checkOptions(schema!, options, "split");
    },
  );

  it("has the addresses that the Basque Country's server gives to files of these names", () => {
    // That server's software puts a file into folders named by the MD5 of its name.
    const files = catalogue.flatMap((e) => e.files).filter((f) => f.url?.startsWith("https://www.ehu.eus/"));
    expect(files.length).toBe(14);
    for (const { name, url } of files) {
      const hash = createHash("md5").update(name).digest("hex");
      expect(url).toBe(`https://www.ehu.eus/ccwintco/uploads/${hash[0]}/${hash.slice(0, 2)}/${name}`);
    }
  });

  it("is told of in the documentation, whole", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/datasets.md"), "utf8");
    for (const { name } of catalogue) expect(page).toContain(`\`${name}\``);
  });

  it("offers the nearest name", () => {
    expect(findEntry("samson").title).toBe("Samson");
    expect(() => findEntry("indian-pine")).toThrow(
      'There is no data set called "indian-pine". Did you mean "indian-pines"?',
    );
    expect(() => findEntry("zzzzzzzzzzzz")).toThrow("Known: indian-pines, ");
  });

  it("knows where sets are kept", () => {
    expect(setFolder("ksc", { HOME: "/home/a" })).toBe("/home/a/.cache/spectrai/data/ksc");
    expect(setFolder("ksc", { HOME: "/home/a", SPECTRAI_DATA_HOME: "/mnt/sets/" })).toBe("/mnt/sets/ksc");
    expect(setFolder("ksc", { USERPROFILE: "C:/Users/a" })).toBe("C:/Users/a/.cache/spectrai/data/ksc");
    expect(() => setFolder("ksc", {})).toThrow("set SPECTRAI_DATA_HOME");
  });
});
