import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import {
  applyModel,
  type ArtifactStore,
  type DataFile,
  type FileContent,
  type FileEntry,
  forward,
  isSpectraiError,
  type JsonObject,
  loadModel,
  makeBatch,
  ndarray,
  openRun,
  openWorkbench,
  type OutputFolder,
  prepareData,
  readAll,
  readConfig,
  type Region,
  services as tokens,
  trainRun,
  type Workbench,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { lossOf } from "../src/run/masked-loss.ts";
import { memoryStore, noFiles, silent, squared, toyPlugin } from "./support/toy-plugin.ts";
import { bands, labelAt, scenePlugin, valueAt } from "./support/scene-plugin.ts";

const config = (data: JsonObject, rest: JsonObject = {}): JsonObject => ({
  plugins: ["toy", "scene"],
  task: data["target"] === "none" ? "denoising" : "segmentation",
  data: { name: "scene", ...data },
  split: { name: "strips", train: 0.6, validation: 0.25, guard: 2 },
  preprocess: ["training-scale"],
  augment: [],
  model: "small-convolution",
  loss: "mse",
  metrics: data["target"] === "none" ? ["mse"] : [],
  baselines: [],
  backend: "cpu",
  train: { epochs: 2, batchSize: 3, learningRate: 0.01, monitor: "loss" },
  ...rest,
});

const open = (): Promise<Workbench> =>
  openWorkbench({ plugins: [toyPlugin, scenePlugin], files: noFiles, logger: silent, seed: 1 });

async function prepare(file: JsonObject) {
  const bench = await open();
  const opened = await openRun(bench, readConfig(file));
  return prepareData(bench, opened.config, opened.dataset);
}

describe("the windows of divided images", () => {
  it("lie inside their part, cover it, and are measured once", async () => {
    const data = await prepare(config({ patch: 8, stride: 5, evaluationPatch: 8 }));
    expect(data.images).toMatchObject([{ info: { id: "image-0" }, parts: { kind: "rectangles" } }]);
    expect(data.spec.shape).toEqual([8, 8, bands]);
    const places = (part: "train" | "validation" | "test") =>
      data.split[part].map((i) => data.dataset.samples[i]!.place!);
    // Training columns 0 to 17 of rows 0 to 14, test columns 20 to 29.
    expect(places("train").map((p) => [p.y0, p.x0])).toEqual([0, 5, 7].flatMap((y) => [0, 5, 10].map((x) => [y, x])));
    const seen = new Map<string, number>();
    for (const { y0, y1, x0, x1 } of places("test"))
      for (let y = y0; y < y1; y++)
        for (let x = x0; x < x1; x++) seen.set(`${y},${x}`, (seen.get(`${y},${x}`) ?? 0) + 1);
    expect(seen.size).toBe(20 * 10);
    expect(new Set(seen.values())).toEqual(new Set([1]));
    expect(data.leak([9, 9])).toBe(0);
    const [first] = await readAll(data.parts.test);
    expect((await data.parts.test.original(0)).data[0]).toBe(valueAt(0, 0, 20, 0));
    expect(first!.target.kind === "mask" && first!.target.value.data[0]).toBe(labelAt(0, 20));
    // The scale was learned on the training part: its largest value is that of row 14, column 17.
    expect(first!.input.data[0]).toBeCloseTo(valueAt(0, 0, 20, 0) / valueAt(0, 14, 17, 2), 12);
  });

  it("count only their own pixels where a split goes by pixels, and say how much they leak", async () => {
    const split = { name: "class-rows", train: 0.5, validation: 0, guard: 0 };
    const data = await prepare(config({ patch: 10, evaluationPatch: 10 }, { split }));
    const { parts } = data.images![0]!;
    if (parts.kind !== "pixels") throw new Error("the split is by pixels");
    const counted = new Uint8Array(600);
    for (const [name, code] of [
      ["train", 1],
      ["test", 3],
    ] as const) {
      const samples = await readAll(data.parts[name]);
      for (const { target, place } of samples) {
        if (target.kind !== "mask") throw new Error("a mask");
        for (let i = 0; i < 100; i++) {
          const [y, x] = [place!.y0 + Math.floor(i / 10), place!.x0 + (i % 10)];
          const label = target.value.data[i]!;
          expect(label).toBe(parts.part[y * 30 + x] === code ? labelAt(y, x) : -1);
          if (label >= 0) counted[y * 30 + x] = code;
        }
      }
    }
    expect(counted).toEqual(parts.part);
    // Rows 9 and 10 are on two sides: a field of 3 x 3 sees across, one of 1 x 1 does not.
    expect(data.leak([1, 1])).toBe(0);
    expect(data.leak([3, 3])).toBeGreaterThan(0.05);
    expect(data.leak([3, 3])).toBeLessThan(data.leak([9, 9]));
    expect(data.leak()).toBeGreaterThanOrEqual(data.leak([9, 9]));
  });

  it("are drawn anew in every epoch on request, the same for a seed, and balanced by class", async () => {
    const data = await prepare(config({ patch: 6, patches: "random", perEpoch: 40, balance: true }));
    const { train } = data.parts;
    expect(train.size).toBe(40);
    const ids = async (epoch: number): Promise<string[]> =>
      Promise.all(Array.from({ length: 40 }, async (_, i) => (await train.read(i, epoch)).id));
    expect(await ids(3)).toEqual(await ids(3));
    expect(await ids(3)).not.toEqual(await ids(4));
    for (let i = 0; i < 40; i++) {
      const { id, input, target } = await train.read(i, 5);
      const [y, x] = id.split("@")[1]!.split(",").map(Number) as [number, number];
      expect(y + 6).toBeLessThanOrEqual(15);
      expect(x + 6).toBeLessThanOrEqual(18);
      expect(input.data[0]! * valueAt(0, 14, 17, 2)).toBeCloseTo(valueAt(0, y, x, 0), 6);
      expect(target.kind === "mask" && target.value.data.some((k) => k >= 0)).toBe(true);
    }
  });

  it("part whole images where the split is one of samples", async () => {
    const split = { name: "file", train: [0, 2], validation: [2, 3], test: [3, 4] };
    const data = await prepare(config({ images: 4, patch: 10 }, { split }));
    expect(new Set(data.split.test.map((i) => data.dataset.samples[i]!.place!.image))).toEqual(new Set(["image-3"]));
    expect(data.split.train).toHaveLength(2 * 6);
    expect(data.leak()).toBe(0);
  });

  it.each([
    [
      { patch: 19 },
      {},
      "SPECTRAI_DATA_SHAPE",
      /training part of image-0 has 15 × 18 pixels, less than a patch of 19 × 19/,
    ],
    [
      { target: "none", patches: "random", balance: true },
      { degrade: ["shift-noise"] },
      "SPECTRAI_CONFIG_INVALID",
      /target is no mask; leave out balance/,
    ],
    [{ target: "none" }, {}, "SPECTRAI_TASK_UNSUITABLE", /make inputs from clean data with degrade/],
    [{ target: "mask" }, { degrade: ["shift-noise"] }, "SPECTRAI_CONFIG_INVALID", /has targets of its own/],
    [{ target: "none" }, { degrade: ["noise-that-is-not"] }, "SPECTRAI_COMPONENT_UNKNOWN", /noise-that-is-not/],
  ] as const)("say what cannot be done (%#)", async (data, rest, code, sentence) => {
    const attempt = prepare(config(data as unknown as JsonObject, rest as unknown as JsonObject));
    await expect(attempt).rejects.toMatchObject({ message: expect.stringMatching(sentence) });
    await attempt.catch((e: unknown) => expect(isSpectraiError(e) && e.code).toBe(code));
  });

  it("refuse a split of pixels for spectra", async () => {
    const bench = await open();
    const file = { ...config({ target: "none" }), data: "lines", split: "strips", model: "affine", preprocess: [] };
    const opened = await openRun(bench, readConfig(file as unknown as JsonObject));
    await expect(prepareData(bench, opened.config, opened.dataset)).rejects.toThrow(
      /^split: strips divides the pixels of images, but the data are no images/,
    );
  });
});

describe("inputs made from clean images", () => {
  it("have noise that is drawn anew for training, and once for the rest", async () => {
    const data = await prepare(config({ target: "none", patch: 6 }, { degrade: ["shift-noise"], preprocess: [] }));
    const shift = async (part: "train" | "test", epoch: number): Promise<number> => {
      const { input, target } = await data.parts[part].read(0, epoch);
      return input.data[5]! - (target.kind === "spectral" ? target.value.data[5]! : NaN);
    };
    expect(await shift("train", 0)).not.toBe(await shift("train", 1));
    expect(await shift("train", 1)).toBe(await shift("train", 1));
    expect(await shift("test", 0)).toBe(await shift("test", 0));
    expect(data.spec.target).toMatchObject({ kind: "spectral" });
  });

  it("may be coarser than the targets, which are cut to whole multiples", async () => {
    const data = await prepare(config({ target: "none", patch: 7, evaluationPatch: 9 }, { degrade: ["every-second"] }));
    const sample = await data.parts.train.read(0);
    expect(sample.input.shape).toEqual([3, 3, bands]);
    expect(sample.target.kind === "spectral" && sample.target.value.shape).toEqual([6, 6, bands]);
    expect(data.spec.target).toMatchObject({ kind: "spectral", scale: 2 });
  });
});

describe("a data set larger than memory", () => {
  it("gives the network the same, read anew in every epoch", async () => {
    const file = config({ target: "none", height: 64, width: 64, patch: 16 }, { degrade: ["shift-noise"] });
    const bench = await open();
    const train = async (memory: number) => {
      const given = readConfig({ ...file, memory });
      return trainRun(bench, { given, store: memoryStore(), runId: "r", resume: false });
    };
    const kept = await train(100);
    const anew = await train(0.3);
    // The preprocessing has learned from some of the windows only, so that the scale differs a little.
    expect(anew.result.metrics["mse"]! / kept.result.metrics["mse"]!).toBeGreaterThan(0.5);
    expect(anew.result.metrics["mse"]! / kept.result.metrics["mse"]!).toBeLessThan(2);
    const without = { ...file, preprocess: [], train: { epochs: 2, batchSize: 3, learningRate: 1e-6 } };
    const plain = async (memory: number) =>
      (
        await trainRun(bench, {
          given: readConfig({ ...without, memory } as unknown as JsonObject),
          store: memoryStore(),
          runId: "r",
          resume: false,
        })
      ).result.metrics;
    expect(await plain(0.01)).toEqual(await plain(100));
  });
});

describe("pixels that do not count", () => {
  it("change neither the loss nor its gradient", async () => {
    const loss = await squared.create({}, {});
    const output = tf.tensor4d([1, 2, 3, 4, 50, 60, 7, 8], [1, 2, 2, 2]);
    const target = tf.tensor4d([0, 0, 1, 1, -9, 9, 2, 2], [1, 2, 2, 2]);
    const valid = { pixels: tf.tensor3d([1, 1, 0, 1], [1, 2, 2]), share: 3 / 4 };
    const value = lossOf(loss, output, { target, valid });
    expect((await value.data())[0]).toBeCloseTo((1 + 4 + 4 + 9 + 25 + 36) / 6, 5);
    const gradient = tf.grad((x: tf.Tensor) => lossOf(loss, x, { target, valid }))(output);
    expect(Array.from(await gradient.data())).toEqual(
      [1, 2, 2, 3, 0, 0, 5, 6].map((d) => expect.closeTo((2 * d) / 6, 5) as number),
    );
    const none = lossOf(loss, output, { target, valid: { pixels: tf.zeros([1, 2, 2]), share: 0 } });
    expect((await none.data())[0]).toBe(0);
  });

  it("come into a batch with their share", async () => {
    const data = await prepare(config({ target: "none", missing: 4, patch: 6 }, { degrade: ["shift-noise"] }));
    const sample = await data.parts.train.read(0);
    const batch = makeBatch([sample, sample], { kind: "spectral", shape: sample.input.shape }, [], 0, 0);
    expect(batch.valid!.share).toBeCloseTo(5 / 6, 12);
    expect(Array.from(await batch.valid!.pixels.data()).slice(0, 6)).toEqual([1, 1, 1, 1, 0, 1]);
  });
});

/** Files in memory, whole as soon as they are committed. */
function memoryOutput(): { folder: OutputFolder; files: Map<string, string> } {
  const files = new Map<string, string>();
  return {
    files,
    folder: {
      location: "out",
      create: (name) => {
        let text = "";
        return Promise.resolve({
          write: (bytes) => Promise.resolve(void (text += new TextDecoder().decode(bytes))),
          commit: () => Promise.resolve(void files.set(name, text)),
          abort: () => Promise.resolve(),
        });
      },
    },
  };
}

interface Applied {
  readonly content: FileContent;
  readonly tiles: number;
  readonly store: ReturnType<typeof memoryStore>;
}

/** A scene's model applied to an image of the scene's values. */
async function applied(
  bytes: Uint8Array,
  settings: {
    readonly tile?: number;
    readonly overlap?: number;
    readonly tta?: "none" | "all";
    readonly blend?: "gaussian" | "hann";
    readonly store?: ReturnType<typeof memoryStore>;
    readonly resume?: boolean;
    readonly failAt?: number;
    readonly noData?: number;
  },
): Promise<Applied> {
  const bench = await open();
  const [height, width] = [37, 29];
  let reads = 0;
  let content: FileContent | undefined;
  const file: DataFile = {
    variables: [{ name: "cube", kind: "numeric", shape: [height, width, bands], dtype: "float64" }],
    attributes: {},
    ...(settings.noData === undefined ? {} : { noData: settings.noData }),
    read: (_, region?: Region) => {
      if (reads++ === settings.failAt) return Promise.reject(new Error("the disk is gone"));
      const [[y0, y1], [x0, x1]] = region as [[number, number], [number, number], unknown];
      const values: number[] = [];
      for (let y = y0; y < y1; y++)
        for (let x = x0; x < x1; x++) for (let b = 0; b < bands; b++) values.push(valueAt(0, y, x, b));
      return Promise.resolve(ndarray(Float64Array.from(values), [y1 - y0, x1 - x0, bands]));
    },
    readText: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
  bench.services.get(tokens.files).open = () =>
    Promise.resolve({ name: "a.x", size: 1, read: () => Promise.resolve(new Uint8Array(1)) });
  Object.assign(bench.services.get(tokens.formats), {
    open: () => Promise.resolve(file),
    writer: () =>
      Promise.resolve({ extensions: [".x"], write: (c: FileContent) => Promise.resolve(void (content = c)) }),
  });
  const loaded = await loadModel(bench, bytes, "m");
  const entry: FileEntry = { path: "a.x", relative: "a.x", size: 1 };
  const store = settings.store ?? memoryStore();
  let tiles = 0;
  await applyModel(bench, loaded, {
    inputs: [entry],
    output: memoryOutput().folder,
    extension: ".x",
    normalized: false,
    batchSize: 4,
    blend: settings.blend ?? "gaussian",
    tta: settings.tta ?? "none",
    probabilities: false,
    ...(settings.tile === undefined ? {} : { tile: settings.tile }),
    ...(settings.overlap === undefined ? {} : { overlap: settings.overlap }),
    partial: () => ({
      store: store as ArtifactStore,
      resume: settings.resume ?? false,
      clear: () => Promise.resolve(store.files.clear()),
    }),
    progress: (_, __, ___, tile) => {
      if (tile !== undefined) tiles++;
    },
  });
  await bench.services.dispose();
  return { content: content!, tiles, store };
}

const trained = async (data: JsonObject, rest: JsonObject): Promise<Uint8Array> => {
  const store = memoryStore();
  const bench = await open();
  await trainRun(bench, { given: readConfig(config(data, rest)), store, runId: "r", resume: false });
  return store.files.get("model.safetensors")!;
};

const denoiser = (): Promise<Uint8Array> => trained({ target: "none", patch: 8 }, { degrade: ["shift-noise"] });

describe("a network applied to an image", () => {
  it("gives in tiles what it gives on the whole, on the input's scale", async () => {
    const bytes = await denoiser();
    const bench = await open();
    const loaded = await loadModel(bench, bytes, "m");
    const scale = (
      await prepare(config({ target: "none", patch: 8 }, { degrade: ["shift-noise"] }))
    ).pipeline.save()[0]!.state!["top"] as number;
    const values: number[] = [];
    for (let y = 0; y < 37; y++)
      for (let x = 0; x < 29; x++)
        for (let b = 0; b < bands; b++) values.push(Math.fround(valueAt(0, y, x, b)) / scale);
    const whole = Array.from(await forward(loaded.model, tf.tensor(values, [1, 37, 29, bands])).data());
    const largest = Math.max(...whole.map(Math.abs)) * scale;
    for (const settings of [{}, { tile: 8 }, { tile: 12, overlap: 4, blend: "hann" as const }]) {
      const { content, tiles } = await applied(bytes, settings);
      const data = content.variables["data"]!;
      expect(data.shape).toEqual([37, 29, bands]);
      expect(tiles).toBeGreaterThan(settings.tile === undefined ? 0 : 8);
      // The receptive field is known, so that all tiles agree; float32 leaves a few units in the last place.
      for (const [i, v] of (data.data as Float32Array).entries())
        expect(Math.abs(v - whole[i]! * scale)).toBeLessThan(2e-6 * largest);
    }
  });

  it("is averaged over orientations: each is turned, predicted and turned back", async () => {
    const bytes = await denoiser();
    const one = (await applied(bytes, {})).content.variables["data"]!.data as Float32Array;
    const all = (await applied(bytes, { tta: "all" })).content.variables["data"]!.data as Float32Array;
    expect(all).not.toEqual(one);
    const loaded = await loadModel(await open(), bytes, "m");
    // A symmetric kernel would make them equal; here the mean over the eight kernels turned does the same as the mean over images.
    const kernel = loaded.model.parameters[0]!.variable;
    const turned = tf.tidy(() => {
      const k = kernel as unknown as tf.Tensor4D;
      const flips = [k, tf.reverse(k, 0), tf.reverse(k, 1), tf.reverse(k, [0, 1])];
      const both = [...flips, ...flips.map((f) => tf.transpose(f, [1, 0, 2, 3]))];
      return tf.div(tf.addN(both), 8);
    });
    kernel.assign(turned as typeof kernel);
    const scale = one.length;
    expect(scale).toBe(37 * 29 * bands);
    const values: number[] = [];
    for (let y = 0; y < 37; y++)
      for (let x = 0; x < 29; x++) for (let b = 0; b < bands; b++) values.push(Math.fround(valueAt(0, y, x, b)));
    // The network is linear and without bias: the preprocessing's scale cancels.
    const expected = Array.from(await forward(loaded.model, tf.tensor(values, [1, 37, 29, bands])).data());
    const largest = Math.max(...expected.map(Math.abs));
    for (const [i, v] of all.entries()) expect(Math.abs(v - expected[i]!)).toBeLessThan(2e-6 * largest);
  });

  it("goes on after a failure with the rows that are done", async () => {
    const bytes = await denoiser();
    const whole = await applied(bytes, { tile: 8 });
    const store = memoryStore();
    await expect(applied(bytes, { tile: 8, store, failAt: 20 })).rejects.toThrow("the disk is gone");
    expect(store.files.has("rows.json")).toBe(true);
    const rest = await applied(bytes, { tile: 8, store, resume: true });
    expect(rest.tiles).toBeLessThan(whole.tiles);
    expect(rest.content.variables["data"]!.data).toEqual(whole.content.variables["data"]!.data);
    expect(store.files.size).toBe(0);
    // Rows of other settings are not taken.
    const other = memoryStore();
    await expect(applied(bytes, { tile: 8, store: other, failAt: 20 })).rejects.toThrow("the disk is gone");
    expect((await applied(bytes, { tile: 10, store: other, resume: true })).tiles).toBe(
      (await applied(bytes, { tile: 10 })).tiles,
    );
  });

  it("writes classes as in masks that are read, 0 where there are no data", async () => {
    const bytes = await trained({ patch: 8 }, { loss: "distance-to-labels" });
    // The value of row 3, column 7 in the second band stands for no data.
    const { content } = await applied(bytes, { noData: valueAt(0, 3, 7, 1) });
    const { data, shape, dtype } = content.variables["class"]!;
    expect([shape, dtype]).toEqual([[37, 29], "uint8"]);
    expect(content.noData).toBe(0);
    expect(content.classes!.map((c) => c.name)).toEqual(["no data", "a", "b", "c"]);
    const labels = Array.from(data as Uint8Array);
    expect(labels.flatMap((k, i) => (k === 0 ? [i] : []))).toEqual([3 * 29 + 7]);
    expect(labels.every((k) => k <= 3)).toBe(true);
    const loaded = await loadModel(await open(), bytes, "m");
    const values: number[] = [];
    for (let y = 10; y < 13; y++)
      for (let x = 10; x < 13; x++) for (let b = 0; b < bands; b++) values.push(valueAt(0, y, x, b));
    const logits = Array.from(await forward(loaded.model, tf.tensor(values, [1, 3, 3, bands])).data()).slice(12, 15);
    expect(labels[11 * 29 + 11]).toBe(1 + logits.indexOf(Math.max(...logits)));
  });
});
