import * as tf from "@tensorflow/tfjs-core";
import {
  type ArtifactStore,
  type Callback,
  decodeModelFile,
  type JsonObject,
  openWorkbench,
  parseSetting,
  readConfig,
  type StepEnd,
  trainRun,
  type TrainedRun,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { memoryStore, noFiles, silent, toyConfig, toyPlugin } from "./support/toy-plugin.ts";

interface Options {
  readonly set?: readonly string[];
  readonly store?: ArtifactStore;
  readonly resume?: boolean;
  readonly callbacks?: readonly Callback[];
  readonly signal?: AbortSignal;
}

async function run({
  set = [],
  store = memoryStore(),
  resume = false,
  callbacks = [],
  signal,
}: Options = {}): Promise<TrainedRun> {
  const bench = await openWorkbench({ plugins: [toyPlugin], files: noFiles, logger: silent, seed: 1 });
  const given = readConfig(toyConfig as unknown as JsonObject, set.map(parseSetting));
  const trained = await trainRun(bench, { given, store, runId: "r", resume, callbacks, ...(signal ? { signal } : {}) });
  trained.model.dispose();
  await bench.services.dispose();
  return trained;
}

const losses = (into: number[]): Callback => ({ stepEnd: (e: StepEnd) => void into.push(e.loss) });

describe("a run", () => {
  it("learns, beats raw, and reports the same split for both", async () => {
    const { result } = await run({ set: ["train.epochs=30", "train.learningRate=0.2"] });
    expect(result.metrics["mse"]).toBeLessThan(0.05 * result.baselines["raw"]!.metrics["mse"]!);
    expect(result.comparison).toMatchObject({ metric: "mse", baseline: "raw", networkIsBetter: true });
    expect(result.split).toMatchObject({ train: 24, validation: 8, test: 8 });
    expect(result.model).toEqual({ name: "affine", parameters: 2 });
  });

  it("gives the same numbers twice, and others for another seed", async () => {
    const set = ["model.dropout=0.3", 'augment=["jitter"]'];
    const [a, b, c] = [await run({ set }), await run({ set }), await run({ set: [...set, "seed=2"] })];
    expect(b.result.metrics).toEqual(a.result.metrics);
    expect(c.result.metrics).not.toEqual(a.result.metrics);
  });

  it("leaves no tensor behind, neither by the step nor by the run", async () => {
    await run();
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    await run({
      set: ["train.ema=0.9", "train.accumulate=2", "train.clipNorm=0.1", 'augment=["jitter"]'],
      callbacks: [{ stepEnd: () => void counts.push(tf.memory().numTensors) }],
    });
    // Adam's moments and the averages are made before the first step; from there on the count is level.
    expect(new Set(counts).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ["plain", []],
    [
      "with averaging, accumulation, dropout, augmentation and plateau",
      [
        "train.ema=0.9",
        "train.accumulate=2",
        "model.dropout=0.2",
        'augment=["jitter"]',
        "train.schedule=plateau",
        "train.optimizer=rmsprop",
      ],
    ],
  ])("resumes to the digit (%s), wherever it was interrupted", async (_, set) => {
    const whole: number[] = [];
    const uninterrupted = await run({ set, callbacks: [losses(whole)] });
    for (const after of [1, 5, 6, 13]) {
      const store = memoryStore();
      const steps: number[] = [];
      const abort = new AbortController();
      const stopper: Callback = { stepEnd: (e) => (e.step + 1 === after ? abort.abort() : undefined) };
      await expect(
        run({ set, store, callbacks: [losses(steps), stopper], signal: abort.signal }),
      ).rejects.toMatchObject({ code: "SPECTRAI_TRAIN_INTERRUPTED" });
      const resumed = await run({ set, store, resume: true, callbacks: [losses(steps)] });
      expect(steps).toEqual(whole);
      expect(resumed.result.metrics).toEqual(uninterrupted.result.metrics);
      expect(resumed.history.map(({ seconds: _s, ...h }) => h)).toEqual(
        uninterrupted.history.map(({ seconds: _s, ...h }) => h),
      );
    }
  });

  it("resumes from an older checkpoint, as after a kill, to the same end", async () => {
    const whole = await run();
    const store = memoryStore();
    let old: Uint8Array | undefined;
    await run({
      store,
      callbacks: [{ epochEnd: async (e) => void (e.epoch === 3 && (old = await store.read("last.safetensors"))) }],
    });
    store.files.set("last.safetensors", old!);
    expect((await run({ store, resume: true })).result.metrics).toEqual(whole.result.metrics);
  });

  it("that is interrupted while it is scored resumes to the same scores", async () => {
    const whole = await run();
    const store = memoryStore();
    const abort = new AbortController();
    const atTheEnd: Callback = { epochEnd: (e) => (e.epoch === 5 ? abort.abort() : undefined) };
    await expect(run({ store, callbacks: [atTheEnd], signal: abort.signal })).rejects.toMatchObject({
      code: "SPECTRAI_TRAIN_INTERRUPTED",
      message: expect.stringMatching(/while its baselines were scored/),
    });
    expect((await run({ store, resume: true })).result.test).toEqual(whole.result.test);
  });

  it("does not resume with another config", async () => {
    const store = memoryStore();
    await run({ store });
    await expect(run({ store, resume: true, set: ["train.learningRate=0.01"] })).rejects.toMatchObject({
      code: "SPECTRAI_RESUME_MISMATCH",
    });
  });

  it("averages gradients over accumulated batches as one large batch would", async () => {
    const large: number[] = [];
    const small: number[] = [];
    await run({ set: ["train.batchSize=8"], callbacks: [losses(large)] });
    await run({ set: ["train.batchSize=4", "train.accumulate=2"], callbacks: [losses(small)] });
    expect(small.length).toBe(large.length);
    // The sums are taken in another order: equal to float32 rounding.
    small.forEach((v, i) => expect(v).toBeCloseTo(large[i]!, 5));
  });

  it("holds each of several outputs to the target, by the mean of their losses", async () => {
    const one: number[] = [];
    const four: number[] = [];
    await run({ callbacks: [losses(one)] });
    await run({ set: ["model.heads=4"], callbacks: [losses(four)] });
    // Four equal outputs: a mean of powers of two is exact, a sum would not be the same.
    expect(four).toEqual(one);
  });

  it("names the samples on which the loss exploded, and ends with the code", async () => {
    await expect(run({ set: ["model.explodeAfter=2"] })).rejects.toMatchObject({
      code: "SPECTRAI_TRAIN_DIVERGED",
      message: expect.stringMatching(/epoch 1, step 3, on the samples line-\d+, line-\d+/),
    });
  });

  it("names the sample and point of a NaN in the data", async () => {
    await expect(run({ set: ["data.bad=7"] })).rejects.toMatchObject({
      code: "SPECTRAI_DATA_VALUE",
      message: expect.stringMatching(/line-7.*NaN at point 3/),
    });
  });

  it("stops early, keeps the best, and says why it ended", async () => {
    const { result, history } = await run({
      set: ["train.epochs=50", "train.learningRate=5", 'train.earlyStopping={"patience":2}'],
    });
    expect(result.training.ended).toBe("early-stopping");
    const values = history.map((h) => h.validation["mse"]!);
    expect(result.training.bestEpoch).toBe(values.indexOf(Math.min(...values)));
    expect(result.training.epochs).toBe(result.training.bestEpoch! + 3);
  });

  it("keeps best, last and every n-th state, each a readable model file", async () => {
    const store = memoryStore();
    const { config } = await run({
      store,
      set: ["train.checkpointEvery=2", 'preprocess=[{"name":"halve","learned":true}]'],
    });
    expect([...store.files.keys()].sort()).toEqual([
      "best.safetensors",
      "config.resolved.json",
      "epoch-0002.safetensors",
      "epoch-0004.safetensors",
      "epoch-0006.safetensors",
      "last.safetensors",
      "model.safetensors",
      "plugins.lock.json",
    ]);
    const { card, parameters } = decodeModelFile(store.files.get("best.safetensors")!, "best");
    expect(Object.keys(parameters).sort()).toEqual(["a", "b", "mean"]);
    expect(card).toMatchObject({ task: "denoising", configHash: config.hash, versions: { toy: "1.2.3" } });
    expect(card.preprocess[0]!.state).toHaveProperty("divisor");
  });

  it("picks the best by any metric", async () => {
    const { result, history } = await run({ set: ["train.monitor=mae", "train.learningRate=1.5", "train.epochs=12"] });
    const values = history.map((h) => h.validation["mae"]!);
    expect(result.training.bestEpoch).toBe(values.indexOf(Math.min(...values)));
  });
});
