import {
  type ArtifactStore,
  correctedError,
  crossValidate,
  type CrossValidateOptions,
  type CrossValidation,
  type FoldProgress,
  indexAxis,
  type JsonObject,
  openWorkbench,
  parseSetting,
  readConfig,
  spreadOf,
  type TargetSpec,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { suitedSplit } from "../src/run/suited-split.ts";
import { memoryStore, noFiles, silent, toyConfig, toyPlugin } from "./support/toy-plugin.ts";

interface Options extends Partial<Omit<CrossValidateOptions, "given" | "store">> {
  readonly set?: readonly string[];
  readonly store?: ArtifactStore;
  readonly config?: object;
}

async function validate({
  set = [],
  store = memoryStore(),
  config = toyConfig,
  ...options
}: Options = {}): Promise<CrossValidation> {
  const bench = await openWorkbench({ plugins: [toyPlugin], files: noFiles, logger: silent, seed: 1 });
  const given = readConfig(config as JsonObject, ["train.epochs=2", ...set].map(parseSetting));
  try {
    return await crossValidate(bench, { given, store, folds: 4, repeats: 2, network: true, ...options });
  } finally {
    await bench.services.dispose();
  }
}

describe("a repeated cross-validation", () => {
  it("tests every sample once a repeat, with other folds in each repeat", async () => {
    const { records, split } = await validate();
    expect(split).toMatchObject({ folds: 4, repeats: 2, by: "shuffle" });
    for (const repeat of [0, 1]) {
      const tested = records.filter((r) => r.repeat === repeat).flatMap((r) => r.samples);
      expect([...tested].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    }
    expect(records[4]!.samples).not.toEqual(records[0]!.samples);
    expect(records.map((r) => r.seed)).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
  });

  it("gives each method's mean and spread over all folds", async () => {
    const { methods, records } = await validate();
    for (const method of ["network", "raw"])
      for (const metric of ["mse", "mae"]) {
        const values = records.map((r) => r.methods[method]!.metrics[metric]!);
        const mean = values.reduce((a, b) => a + b) / 8;
        const sd = Math.sqrt(values.map((v) => (v - mean) ** 2).reduce((a, b) => a + b) / 7);
        expect(methods[method]![metric]!.mean).toBeCloseTo(mean, 12);
        expect(methods[method]![metric]!.sd).toBeCloseTo(sd, 12);
      }
    // Every sample has as many points and is in one test part a repeat: raw's error does not depend on the folds.
    expect(methods["raw"]!["mse"]!.mean).toBeCloseTo((await validate({ folds: 5 })).methods["raw"]!["mse"]!.mean, 10);
  });

  it("compares the network with the best baseline fold by fold", async () => {
    const trained = await validate({ set: ["train.epochs=40", "train.learningRate=0.2"] });
    expect(trained.comparison).toMatchObject({ metric: "mse", baseline: "raw", verdict: "better" });
    expect(trained.comparison!.wins["raw"]).toEqual({ better: 8, equal: 0, worse: 0 });
    const frozen = await validate({ set: ["train.learningRate=1e-9"] });
    expect(frozen.comparison!.wins["raw"]!.better).toBeLessThan(8);
  });

  it("keeps finished folds, and goes on from them to the same numbers", async () => {
    const whole = await validate();
    const store = memoryStore();
    const interrupt = new AbortController();
    const told: FoldProgress[] = [];
    const progress = (e: FoldProgress): void => {
      told.push(e);
      if (e.done === 3) interrupt.abort();
    };
    await expect(validate({ store, signal: interrupt.signal, progress })).rejects.toThrow(/after 3 of 8 folds/);
    const resumed: FoldProgress[] = [];
    const result = await validate({ store, progress: (e) => resumed.push(e) });
    expect(resumed[0]).toMatchObject({ done: 3, kept: 3, repeat: 0, fold: 3 });
    expect(result.methods).toEqual(whole.methods);

    const again: FoldProgress[] = [];
    await validate({ store, repeats: 3, progress: (e) => again.push(e) });
    expect(again.map((e) => e.done)).toEqual([8, 9, 10, 11, 12]);
    const fresh: FoldProgress[] = [];
    await validate({ store, fresh: true, progress: (e) => fresh.push(e) });
    expect(fresh[0]).toMatchObject({ done: 0, kept: 0 });
  });

  it("does not mistake the folds of one config for those of another", async () => {
    const store = memoryStore();
    await validate({ store });
    const told: FoldProgress[] = [];
    await validate({ store, set: ["train.learningRate=0.01"], progress: (e) => told.push(e) });
    expect(told[0]).toMatchObject({ done: 0, kept: 0 });
  });

  it("measures the baselines alone without training anything", async () => {
    const { methods, comparison, model } = await validate({ network: false });
    expect(Object.keys(methods)).toEqual(["raw"]);
    expect(comparison).toBeNull();
    expect(model).toBeNull();
  });

  it("refuses a damaged file of folds", async () => {
    const store = memoryStore();
    const { file } = await validate({ store });
    await store.write(file.split("/").at(-1)!, "{");
    await expect(validate({ store })).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
  });
});

describe("the split where the config says none", () => {
  const samples = (groups: number) => Array.from({ length: 6 }, (_, i) => ({ id: `${i}`, group: `${i % groups}` }));
  const numbers: TargetSpec = { kind: "numbers", names: ["a"], units: [""] };
  const spectral: TargetSpec = { kind: "spectral", shape: [3], axis: indexAxis(3) };
  it.each([
    ["stratified", { kind: "class", classes: ["a", "b"] }, 6],
    ["random", numbers, 6],
    ["block", spectral, 6],
    ["group", numbers, 3],
    ["block", spectral, 3],
    ["group", { kind: "class", classes: ["a", "b"] }, 3],
  ] as const)("is %s where that suits the data", (name, target, groups) => {
    const spec = { data: "spectrum" as const, shape: [3], axis: indexAxis(3), target };
    expect(suitedSplit({ spec, samples: samples(groups) })).toBe(name);
  });

  it("is what the folds are made of, unless the config or the caller says otherwise", async () => {
    const { split: _, ...unsplit } = toyConfig;
    const by = async (config: object, options: Options = {}) =>
      (await validate({ network: false, config, ...options })).split.by;
    expect(await by(unsplit)).toBe("block");
    expect(await by(unsplit, { by: "shuffle" })).toBe("shuffle");
    expect(await by({ ...unsplit, split: "random" })).toBe("shuffle");
    expect(await by({ ...unsplit, split: { name: "k-fold", by: "group" } })).toBe("group");
    expect(await by({ ...unsplit, split: { validation: 0.3 } })).toBe("block");
  });
});

describe("statistics over folds", () => {
  it("are those of the textbook", () => {
    // 2, 4, 9: mean 5, squares 9 + 1 + 16 = 26, variance 13.
    expect(spreadOf([2, 4, 9])).toEqual({ mean: 5, sd: Math.sqrt(13) });
    expect(spreadOf([3])).toEqual({ mean: 3, sd: 0 });
    // Nadeau and Bengio: sqrt((1/n + test/train) · s²) with n = 3 and a test part a quarter of the training part.
    expect(correctedError([2, 4, 9], 0.25)).toBeCloseTo(Math.sqrt((1 / 3 + 1 / 4) * 13), 12);
  });
});
