import {
  applyModel,
  confidenceBins,
  crossValidate,
  type DataFile,
  decodeModelFile,
  evaluateRun,
  type FileContent,
  fitTemperature,
  forNetwork,
  type Judged,
  type JsonObject,
  learnScale,
  loadModel,
  ndarray,
  openWorkbench,
  type OutputFolder,
  parseSetting,
  type Part,
  readAll,
  readConfig,
  readOutput,
  rng,
  type Sample,
  services as tokens,
  spectralArray,
  trainRun,
  type TrainedRun,
  trustOf,
  type Workbench,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { classesConfig, labelsPlugin, numbersConfig } from "./support/toy-labels.ts";
import { memoryStore, noFiles, silent, toyPlugin } from "./support/toy-plugin.ts";

/** Spectra that applying said were done, and of how many. */
const told: [number, number][] = [];

const open = (): Promise<Workbench> =>
  openWorkbench({ plugins: [toyPlugin, labelsPlugin], files: noFiles, logger: silent, seed: 1 });

async function run(config: unknown, set: readonly string[] = [], store = memoryStore()): Promise<TrainedRun> {
  const bench = await open();
  const given = readConfig(config as JsonObject, set.map(parseSetting));
  const trained = await trainRun(bench, { given, store, runId: "r", resume: false });
  trained.model.dispose();
  await bench.services.dispose();
  return trained;
}

const numbers = (...values: number[][]): Part => ({
  size: values.length,
  read: (i) =>
    Promise.resolve<Sample>({
      id: `${i}`,
      group: `${i}`,
      input: spectralArray(Float64Array.of(1), [1]),
      target: { kind: "numbers", value: Float64Array.from(values[i]!) },
    }),
});

describe("evaluate", () => {
  it.each([
    [classesConfig, ["b", "a", "c"], /m predicts the classes a, b, c, but the data have b, a, c/],
    [numbersConfig, ["u", "w"], /m predicts the values u, v, but the data have u, w/],
  ])("refuses data of other classes or values", async (config, names, sentence) => {
    const store = memoryStore();
    await run(config, [], store);
    const bench = await open();
    const given = readConfig({
      ...config,
      data: { name: "labelled", ...(config === classesConfig ? { target: "class" } : {}), names },
    } as unknown as JsonObject);
    const bytes = store.files.get("model.safetensors")!;
    await expect(evaluateRun(bench, { given, bytes, name: "m", store })).rejects.toThrow(sentence);
    await bench.services.dispose();
  });
});

describe("the scale of numbers", () => {
  it("is the mean and standard deviation of the training part, and is undone exactly", async () => {
    const part = numbers([1, 7, 5], [3, 7, 1e9]);
    const readout = await learnScale(part);
    expect(readout.scale).toEqual({ mean: [2, 7, 500000002.5], sd: [1, 1, 499999997.5] });
    const { target } = forNetwork(await part.read(1), readout);
    expect(target.kind === "numbers" && Array.from(target.value)).toEqual([1, 0, 1]);
    expect(Array.from(readOutput({ data: Float64Array.of(1, 0, 1), shape: [3] }, readout).data)).toEqual([3, 7, 1e9]);
  });

  it("makes training the same whatever the unit of the numbers", async () => {
    const [plain, scaled] = [
      await run(numbersConfig),
      await run(numbersConfig, ["data.factor=1000", "data.offset=5e4"]),
    ];
    // The network saw the same z-scores to float32's rounding, so its errors are 1000 times as large, to the rounding of eight epochs.
    expect(scaled.result.metrics["rmse"]! / plain.result.metrics["rmse"]!).toBeCloseTo(1000, 1);
    expect(scaled.result.metrics["loss"]).toBeCloseTo(plain.result.metrics["loss"]!, 5);
    expect(scaled.history.map((h) => h.validation["rmse"]! / 1000)).toEqual(
      plain.history.map((h) => expect.closeTo(h.validation["rmse"]!, 3) as number),
    );
    expect(plain.result.metrics["rmse"]).toBeLessThan(0.6 * plain.result.baselines["usual"]!.metrics["rmse"]!);
  });

  it("is learned on the training part alone, and kept in the model file for evaluate and apply", async () => {
    const store = memoryStore();
    const set = ["data.factor=3", "data.offset=100"];
    const trained = await run(numbersConfig, set, store);
    const part = trained.data.parts.train;
    const samples = await readAll(part);
    const means = [0, 1].map(
      (k) =>
        samples
          .map(({ target: t }) => t)
          .map((t) => (t.kind === "numbers" ? t.value[k]! : NaN))
          .reduce((a, b) => a + b) / part.size,
    );
    const bytes = store.files.get("model.safetensors")!;
    const { readout } = decodeModelFile(bytes, "m").card;
    expect(readout?.scale?.mean[0]).toBeCloseTo(means[0]!, 10);
    expect(readout?.scale?.mean[1]).toBeCloseTo(means[1]!, 10);

    const bench = await open();
    const given = readConfig(numbersConfig as unknown as JsonObject, set.map(parseSetting));
    const again = await evaluateRun(bench, { given, bytes, name: "m", store });
    expect(again.result.metrics).toEqual(trained.result.metrics);

    // What apply writes for the test part has the error that was measured.
    const held = trained.data.parts.test;
    const rows = await readAll(held);
    const written = await applied(bench, bytes, rows);
    const values = written.variables["values"]!.data as Float64Array;
    const squares = rows.flatMap(({ target }, i) =>
      [0, 1].map((k) => (values[2 * i + k]! - (target.kind === "numbers" ? target.value[k]! : NaN)) ** 2),
    );
    const rmse = Math.sqrt(squares.reduce((a, b) => a + b) / squares.length);
    // float32 of numbers near 100 has steps of 8e-6.
    expect(rmse).toBeCloseTo(trained.result.metrics["rmse"]!, 4);
    again.loaded.model.dispose();
    await bench.services.dispose();
  });
});

/** What `apply` writes for one file that holds these samples' inputs: arrays, or the table. */
async function applied(bench: Workbench, bytes: Uint8Array, rows: readonly Sample[]): Promise<FileContent>;
async function applied(
  bench: Workbench,
  bytes: Uint8Array,
  rows: readonly Sample[],
  extension: ".csv",
): Promise<string>;
async function applied(
  bench: Workbench,
  bytes: Uint8Array,
  rows: readonly Sample[],
  extension = ".mat",
): Promise<FileContent | string> {
  const length = rows[0]!.input.data.length;
  const matrix = new Float64Array(rows.length * length);
  rows.forEach((r, i) => matrix.set(r.input.data, i * length));
  const file = {
    variables: [{ name: "x", kind: "numeric", shape: [rows.length, length], dtype: "float64" }],
    attributes: {},
    read: async () => ndarray(matrix, [rows.length, length]),
    close: async () => undefined,
  } as unknown as DataFile;
  let content: FileContent | undefined;
  bench.services.get(tokens.files).open = async () =>
    ({ name: "x", size: 1, read: async () => new Uint8Array(1) }) as never;
  Object.assign(bench.services.get(tokens.formats), {
    open: async () => file,
    writer: async () => ({ write: async (c: FileContent) => void (content = c) }),
  });
  const tables: Record<string, string> = {};
  const output: OutputFolder = {
    location: "out",
    create: async (name) => {
      let text = "";
      return {
        write: async (chunk) => void (text += new TextDecoder().decode(chunk)),
        commit: async () => void (tables[name] = text),
        abort: async () => undefined,
      };
    },
  };
  const loaded = await loadModel(bench, bytes, "m");
  await applyModel(bench, loaded, {
    inputs: [{ path: "x, 1.csv", relative: "x, 1.csv", size: 1 }],
    output,
    extension,
    normalized: false,
    blend: "gaussian",
    tta: "none",
    probabilities: false,
    batchSize: 2,
    spectra: (done, total) => told.push([done, total]),
  });
  loaded.model.dispose();
  return content ?? tables["predictions.csv"]!;
}

describe("the table of predictions", () => {
  it("has a line a spectrum with what the arrays have, for classes and for numbers", async () => {
    for (const [config, header] of [
      [classesConfig, "file,row,class,P(a),P(b),P(c)"],
      [numbersConfig, "file,row,u (%),v (g)"],
    ] as const) {
      const store = memoryStore();
      const { data } = await run(config, ["train.epochs=1"], store);
      const rows = (await readAll(data.parts.test)).slice(0, 3);
      const bench = await open();
      const bytes = store.files.get("model.safetensors")!;
      told.length = 0;
      const { variables } = await applied(bench, bytes, rows);
      expect(told).toEqual([
        [2, 3],
        [3, 3],
      ]);
      const table = await applied(bench, bytes, rows, ".csv");
      await bench.services.dispose();
      const [first, ...lines] = table.trimEnd().split("\n");
      expect(first).toBe(header);
      expect(lines).toHaveLength(3);
      for (const [i, line] of lines.entries()) {
        expect(line.startsWith(`"x, 1.csv",${i},`)).toBe(true);
        const cells = line.split(`,${i},`)[1]!.split(",");
        const named = config === classesConfig;
        if (named) expect(cells.shift()).toBe(["a", "b", "c"][variables["class"]!.data[i] as number]);
        const array = variables[named ? "probability" : "values"]!.data as Float32Array;
        const width = cells.length;
        expect(cells.map(Number)).toEqual(
          Array.from({ length: width }, (_, k) => expect.closeTo(array[i * width + k]!, 5) as number),
        );
      }
    }
  });
});

/** Two classes; the first `right` of `n` predictions are right, all with logits ±margin. */
const sure = (n: number, right: number, margin: number): Judged[] =>
  Array.from({ length: n }, (_, i) => ({ logits: [margin, -margin], label: i < right ? 0 : 1 }));

describe("the temperature", () => {
  it("is the closed form for two classes", () => {
    // σ(2m/T) is to be the share that is right, with one sample more that is half right.
    for (const [n, right, margin] of [
      [40, 30, 4],
      [10, 10, 0.5],
      [7, 4, 5],
    ] as const) {
      const p = ((right * n) / (n + 1) + (n * 0.5) / (n + 1)) / n;
      expect(fitTemperature(sure(n, right, margin))).toBeCloseTo((2 * margin) / Math.log(p / (1 - p)), 8);
    }
  });

  it("is where a slow search finds the least log loss, for many classes", () => {
    const r = rng("temperature");
    const judged = Array.from({ length: 50 }, () => {
      const logits = Array.from({ length: 5 }, () => r.normal(0, 3));
      return { logits, label: r.uniform(0, 1) < 0.5 ? logits.indexOf(Math.max(...logits)) : r.integer(5) };
    });
    const doubt = 1 / 51;
    const loss = (t: number): number =>
      judged.reduce((sum, { logits, label }) => {
        const scaled = logits.map((z) => z / t);
        const all = Math.log(scaled.reduce((s, z) => s + Math.exp(z), 0));
        return sum + scaled.reduce((s, z, k) => s - ((k === label ? 1 - doubt : 0) + doubt / 5) * (z - all), 0);
      }, 0);
    const found = fitTemperature(judged);
    const grid = Array.from({ length: 4001 }, (_, i) => 0.5 * 1.001 ** i);
    const slow = grid.reduce((a, b) => (loss(b) < loss(a) ? b : a));
    expect(Math.abs(found / slow - 1)).toBeLessThan(0.001);
  });

  it("stays within bounds where the logits say nothing, or the opposite", () => {
    expect(fitTemperature(sure(20, 0, 5))).toBe(100);
    expect(fitTemperature([{ logits: [1, 1], label: 0 }])).toBeLessThanOrEqual(100);
  });

  it("is fitted on the validation part, kept, applied, and reported", async () => {
    const store = memoryStore();
    const set = ["data.wrong=0.5", "data.samples=200", "model.sharpness=30"];
    const trained = await run(classesConfig, set, store);
    const { calibration } = trained.result;
    expect(calibration!.temperature).toBeGreaterThan(2);
    expect(calibration!.after.logLoss).toBeLessThan(0.5 * calibration!.before.logLoss);
    expect(calibration!.after.ece).toBeLessThan(calibration!.before.ece);
    const bytes = store.files.get("model.safetensors")!;
    expect(decodeModelFile(bytes, "m").card.readout).toEqual({ temperature: calibration!.temperature });

    const bench = await open();
    const given = readConfig(classesConfig as unknown as JsonObject, set.map(parseSetting));
    const again = await evaluateRun(bench, { given, bytes, name: "m", store });
    expect(again.result.calibration).toEqual(calibration);
    const held = trained.data.parts.test;
    const rows = await readAll(held);
    const written = await applied(bench, bytes, rows);
    const p = written.variables["probability"]!.data as Float32Array;
    const logLoss =
      rows.reduce((s, { target }, i) => s - Math.log(p[3 * i + (target.kind === "class" ? target.value : NaN)]!), 0) /
      rows.length;
    // Probabilities are written as float32.
    expect(logLoss).toBeCloseTo(calibration!.after.logLoss, 5);
    again.loaded.model.dispose();
    await bench.services.dispose();
  });

  it("is not fitted without a validation part, which is said", async () => {
    const { result } = await run(classesConfig, ['split={"name":"random","validation":0,"test":0.3}']);
    expect(result.calibration).toMatchObject({ temperature: null });
    expect(result.calibration!.after).toEqual(result.calibration!.before);
  });
});

describe("reliability", () => {
  it("bins by confidence as Guo et al. do", () => {
    // Confidences 0.9 (right), 0.9 (wrong), 0.6 (right).
    const logit = (p: number): number => Math.log(p / (1 - p));
    const judged = [
      { logits: [logit(0.9), 0], label: 0 },
      { logits: [logit(0.9), 0], label: 1 },
      { logits: [0, logit(0.6)], label: 1 },
    ];
    const bins = confidenceBins(judged, 10).filter((b) => b.count > 0);
    expect(bins.map((b) => [b.count, b.accuracy])).toEqual([
      [1, 1],
      [2, 0.5],
    ]);
    // 2/3 · |0.5 − 0.9| + 1/3 · |1 − 0.6| = 0.4; −(ln 0.9 + ln 0.1 + ln 0.6) / 3.
    expect(trustOf(judged).ece).toBeCloseTo(0.4, 12);
    expect(trustOf(judged).logLoss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.1) + Math.log(0.6)) / 3, 12);
    // A logit so far ahead that the others' probabilities are 0 in floating point.
    expect(trustOf([{ logits: [2000, 0], label: 1 }]).logLoss).toBe(2000);
  });
});

describe("cross-validation with labels", () => {
  it("scores the predictions of all folds together, in their units", async () => {
    const bench = await open();
    const given = readConfig(
      numbersConfig as unknown as JsonObject,
      ["data.factor=7", "data.offset=30"].map(parseSetting),
    );
    const { methods, records, comparison } = await crossValidate(bench, {
      given,
      folds: 4,
      repeats: 2,
      network: true,
      store: memoryStore(),
    });
    for (const method of ["network", "usual"]) {
      // Folds of equal size: the pooled mean square is the mean of the folds'.
      const values = records.filter((r) => r.repeat === 1).map((r) => r.methods[method]!.metrics["rmse"]!);
      const pooled = Math.sqrt(values.reduce((s, v) => s + v * v, 0) / 4);
      expect(methods[method]!["rmse"]!.pooled![1]).toBeCloseTo(pooled, 5);
    }
    expect(comparison).toMatchObject({ baseline: "usual", verdict: "better" });
    await bench.services.dispose();
  });
});
