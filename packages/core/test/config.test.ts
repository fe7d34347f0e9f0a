import {
  completeConfig,
  createComponent,
  configJsonSchema,
  type JsonObject,
  openDataset,
  openWorkbench,
  parseSetting,
  readConfig,
  resolveData,
  resolveRef,
  type RunConfig,
  setPath,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { noFiles, silent, toyConfig, toyPlugin } from "./support/toy-plugin.ts";

async function complete(file: JsonObject, settings: readonly string[] = []): Promise<RunConfig> {
  const bench = await openWorkbench({ plugins: [toyPlugin], files: noFiles, logger: silent, seed: 1 });
  const given = readConfig(file, settings.map(parseSetting));
  const task = await createComponent(
    resolveRef(bench.registry, "task", { name: given.raw.task, options: {} }, "task"),
    bench.services,
  );
  const data = resolveData(given, bench.registry);
  const dataset = await openDataset(bench, data);
  return completeConfig(given, bench.registry, task, dataset, { data, degrade: [] }, silent);
}

const toy = toyConfig as unknown as JsonObject;

describe("config", () => {
  it("knows where every value came from", async () => {
    const { provenance, json } = await complete(toy, ["train.epochs=3", "model.dropout=0.1"]);
    expect(provenance).toMatchObject({
      "train.epochs": "flag",
      "model.dropout": "flag",
      "model.name": "file",
      "model.explodeAfter": "default",
      "train.batchSize": "file",
      "train.accumulate": "default",
      "data.name": "file",
      "data.samples": "default",
    });
    expect(json["train"]).toMatchObject({ epochs: 3 });
  });

  it("is frozen to its depths", async () => {
    const { json } = await complete(toy);
    expect(() => {
      (json["train"] as Record<string, unknown>)["epochs"] = 9;
    }).toThrow(TypeError);
  });

  it("hashes what the numbers depend on, whatever the order it was written in", async () => {
    const base = await complete(toy);
    const shuffled = Object.fromEntries(Object.entries(toy).reverse());
    expect((await complete(shuffled)).hash).toBe(base.hash);
    expect((await complete(toy, ["output=elsewhere"])).hash).toBe(base.hash);
    expect((await complete(toy, ["train.epochs=7"])).hash).not.toBe(base.hash);
    expect((await complete(toy, ["data.samples=41"])).hash).not.toBe(base.hash);
  });

  it.each([
    ["an unknown key", ["sed=3"], /sed: there is no such option\. Did you mean "seed"\?/],
    [
      "an unknown training option",
      ["train.epoch=3"],
      /train\.epoch: there is no such option\. Did you mean "epochs"\?/,
    ],
    [
      "an unknown component option",
      ["model.dropuot=0.1"],
      /model\.dropuot: there is no such option\. Did you mean "dropout"\?/,
    ],
    ["a value out of bounds", ["train.epochs=-1"], /train\.epochs: .*>=0/],
    ["a value of another type", ["train.batchSize=many"], /train\.batchSize: .*number/],
    ["an unknown model", ["model=afine"], /model: there is no model called "afine"\. Did you mean "affine"\?/],
    ["an unknown task", ["task=denoise"], /task: there is no task called "denoise"\. Did you mean "denoising"\?/],
    ["a monitor that is not measured", ["train.monitor=f1"], /train\.monitor: "f1" is not measured/],
    ["a component without a name", ["metrics=[{}]"], /metrics\[0\]: the name of the component is missing/],
  ])("refuses %s", async (_, settings, message) => {
    await expect(complete(toy, settings)).rejects.toThrow(message);
  });

  it("gives an option to a default component without naming it", async () => {
    const { optimizer } = await complete({ ...toy, train: { optimizer: { name: "sgd" } } }, [
      "train.optimizer.momentum=0.5",
    ]);
    expect([optimizer.name, optimizer.options["momentum"]]).toEqual(["sgd", 0.5]);
  });

  it("takes the recipe's least number of steps only where the config states no epochs", async () => {
    const { epochs: _, ...train } = toyConfig.train;
    expect((await complete({ ...toy, train })).train.minSteps).toBe(200);
    expect((await complete(toy)).train.minSteps).toBeNull();
    expect((await complete(toy, ["train.minSteps=9"])).train.minSteps).toBe(9);
  });

  it("describes every option for editors", async () => {
    const bench = await openWorkbench({ plugins: [toyPlugin], files: noFiles, logger: silent, seed: 1 });
    const schema = JSON.parse(JSON.stringify(configJsonSchema(bench.registry))) as {
      properties: Record<string, { description?: string; properties?: Record<string, { description?: string }> }>;
    };
    for (const [name, p] of Object.entries(schema.properties)) expect(p.description, name).toBeTruthy();
    for (const [name, p] of Object.entries(schema.properties["train"]!.properties!))
      expect(p.description, name).toBeTruthy();
    expect(JSON.stringify(schema.properties["model"])).toContain('"const":"affine"');
  });
});

describe("--set", () => {
  it("reads JSON where it is JSON, text otherwise", () => {
    expect(parseSetting("a.b=3")).toEqual({ path: ["a", "b"], value: 3 });
    expect(parseSetting("a=x=y")).toEqual({ path: ["a"], value: "x=y" });
    expect(parseSetting('a=["b"]').value).toEqual(["b"]);
  });
  it.each(["", "a", "=3", "a..b=1"])("refuses %j", (text) => expect(() => parseSetting(text)).toThrow(/path=value/));
  it("turns a name into a component with options, and reaches into lists", () => {
    expect(setPath({ model: "unet" }, ["model", "width"], 8)).toEqual({ model: { name: "unet", width: 8 } });
    expect(setPath({ m: ["a", "b"] }, ["m", "1", "k"], 1)).toEqual({ m: ["a", { name: "b", k: 1 }] });
    expect(setPath({ m: [] }, ["m", "0"], "a")).toEqual({ m: ["a"] });
    expect(() => setPath({ m: [] }, ["m", "x"], 1)).toThrow(/list of 0/);
    expect(() => setPath({}, ["m", "0"], "a")).toThrow(/m is not a list in the config/);
  });
  it("does not touch prototypes", () => {
    setPath({}, ["__proto__", "polluted"], 1);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
