import * as tf from "@tensorflow/tfjs-core";
import {
  type Callback,
  crossValidate,
  decodeModelFile,
  evaluateRun,
  type JsonObject,
  type ModelFile,
  openWorkbench,
  parseSetting,
  previewRun,
  readConfig,
  setPath,
  type StepEnd,
  trainRun,
  type TrainedRun,
} from "@spectrai/core";
import { beforeAll, describe, expect, it } from "vitest";
import { memoryFiles, peaksConfig, peaksPlugin } from "./support/peaks-plugin.ts";
import { memoryStore } from "./support/toy-plugin.ts";

interface Options {
  readonly set?: readonly string[];
  /** Without the sections that a model file has of its own. */
  readonly without?: readonly string[];
  readonly files?: ReadonlyMap<string, Uint8Array>;
  readonly store?: ReturnType<typeof memoryStore>;
  readonly resume?: boolean;
  readonly callbacks?: readonly Callback[];
  readonly signal?: AbortSignal;
  readonly said?: string[];
}

const given = ({ set = [], without = [] }: Options): ReturnType<typeof readConfig> => {
  const kept = Object.fromEntries(Object.entries(peaksConfig).filter(([key]) => !without.includes(key)));
  return readConfig(
    set.map(parseSetting).reduce((c, { path, value }) => setPath(c, path, value), kept as unknown as JsonObject),
  );
};

const bench = ({ files = new Map(), said = [] }: Options): ReturnType<typeof openWorkbench> => {
  const say = (message: string): void => void said.push(message);
  return openWorkbench({
    plugins: [peaksPlugin],
    files: memoryFiles(files),
    logger: { debug: () => undefined, info: say, warn: say },
    seed: 1,
  });
};

async function run(options: Options = {}): Promise<TrainedRun & { readonly store: ReturnType<typeof memoryStore> }> {
  const { store = memoryStore(), resume = false, callbacks = [], signal } = options;
  const opened = await bench(options);
  const trained = await trainRun(opened, {
    given: given(options),
    store,
    runId: "r",
    resume,
    callbacks,
    ...(signal ? { signal } : {}),
  });
  trained.model.dispose();
  await opened.services.dispose();
  return { ...trained, store };
}

const values = (file: ModelFile, name: string): number[] => [...(file.parameters[name]!.data as Float32Array)];
const body = ["stem", "stage", "dense"];
const parametersOf = (file: ModelFile, layer: string): string[] =>
  Object.keys(file.parameters).filter((n) => n.startsWith(`${layer}.`));

/** Other classes, fewer samples. */
const others = ['data.classes=["x","y","z","w"]', "data.kind=second", "data.samples=30"];
const fresh = ["start.from=old", ...others];
const without = ["model", "preprocess"];

let files: Map<string, Uint8Array>;
let old: ModelFile;
let first: TrainedRun;

beforeAll(async () => {
  const trained = await run({ set: ["train.epochs=8", "train.keep=last"] });
  first = trained;
  files = new Map([...trained.store.files].map(([name, bytes]) => [`old/${name}`, bytes]));
  old = decodeModelFile(files.get("old/model.safetensors")!, "old");
});

const modelOf = (r: { readonly store: ReturnType<typeof memoryStore> }, name = "model.safetensors"): ModelFile =>
  decodeModelFile(r.store.files.get(name)!, name);
const epochFile = (epoch: number): string => `epoch-000${epoch}.safetensors`;

describe("a run that goes on from a trained model", () => {
  it("takes architecture, weights and preprocessing from the file, makes a head for other classes, and records it all", async () => {
    const said: string[] = [];
    const trained = await run({ set: [...fresh, "train.epochs=1", "train.learningRate=1e-12"], without, files, said });
    const file = modelOf(trained);
    // The step is too small to change a float32 weight of size 1e-2 by more than a few units of its last place.
    for (const layer of body)
      for (const name of parametersOf(old, layer).filter((n) => !n.includes("running")))
        values(file, name).forEach((v, i) => expect(Math.abs(v - values(old, name)[i]!)).toBeLessThan(1e-9));
    expect(file.parameters["fc.weight"]!.shape).toEqual([16, 4]);
    expect(file.card.preprocess).toEqual(old.card.preprocess);
    expect(file.card.model.ref).toEqual(old.card.model.ref);
    const record = {
      from: "old/model.safetensors",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      task: "classification",
      configHash: first.config.hash,
      head: "new",
      frozen: [],
      statistics: "frozen",
      preprocess: "kept",
      resampled: null,
    };
    expect(file.card.start).toEqual(record);
    expect(trained.result.start).toEqual(record);
    expect(trained.config.json["start"]).toMatchObject({ from: "old", sha256: file.card.start!.sha256, head: "auto" });
    expect(said.join("\n")).toMatch(
      /The network started from old\/model\.safetensors .* with a new head, nothing frozen/,
    );
  });

  it("keeps the head for the same classes, and makes it new when told to", async () => {
    const set = ["start.from=old/model.safetensors", "train.epochs=1", "train.learningRate=1e-12"];
    const kept = modelOf(await run({ set, without, files }));
    const made = modelOf(await run({ set: [...set, "start.head=new"], without, files }));
    expect(kept.card.start!.head).toBe("kept");
    expect(made.card.start!.head).toBe("new");
    const farthest = (file: ModelFile): number =>
      Math.max(...values(file, "fc.weight").map((v, i) => Math.abs(v - values(old, "fc.weight")[i]!)));
    expect(farthest(kept)).toBeLessThan(1e-9);
    expect(farthest(made)).toBeGreaterThan(0.05);
  });

  it("makes a new head for the same classes in another order, and for values", async () => {
    const set = ["start.from=old", "train.epochs=1"];
    const turned = await run({ set: [...set, 'data.classes=["b","a","c"]'], without, files });
    expect(turned.result.start!.head).toBe("new");
    const numbers = [
      "task=regression",
      "loss=squared",
      "metrics=[]",
      "train.monitor=loss",
      'data.values=["fat","salt"]',
    ];
    const regression = await run({ set: [...set, ...numbers], without, files });
    expect(regression.result.start).toMatchObject({ head: "new", task: "classification" });
    expect(modelOf(regression).parameters["fc.weight"]!.shape).toEqual([16, 2]);
  });

  it.each(["adam", "adamw", "sgd", "rmsprop", "adagrad"])(
    "leaves what is frozen as it was, to the bit, with averaging and weight decay (%s)",
    async (name) => {
      const optimizer = JSON.stringify({ name, weightDecay: 0.1, ...(name === "sgd" ? { momentum: 0.9 } : {}) });
      const set = [...fresh, `train.optimizer=${optimizer}`, "train.ema=0.9", 'start.freeze=["st*", "dense.weight"]'];
      const trained = await run({ set, without, files });
      const file = modelOf(trained);
      const still = [...parametersOf(old, "stem"), ...parametersOf(old, "stage"), "dense.weight"];
      expect(still.length).toBe(13);
      for (const key of still) expect(values(file, key), key).toEqual(values(old, key));
      expect(values(file, "dense.bias")).not.toEqual(values(old, "dense.bias"));
      expect(file.card.start!.frozen).toEqual(still.filter((n) => !n.includes("running")));
      // Its optimizer keeps nothing for them either.
      const state = Object.keys(decodeModelFile(trained.store.files.get("last.safetensors")!, "last").state!.tensors);
      expect(state.filter((n) => n.startsWith("optimizer/stem"))).toEqual([]);
    },
  );

  it("lets running statistics of frozen layers go on when told to", async () => {
    const set = [...fresh, 'start.freeze=["st*"]', "start.statistics=updated"];
    const file = modelOf(await run({ set, without, files }));
    expect(values(file, "stem.norm.weight")).toEqual(values(old, "stem.norm.weight"));
    expect(values(file, "stem.norm.running_mean")).not.toEqual(values(old, "stem.norm.running_mean"));
  });

  it("scales the steps of groups and of layers by their factors", async () => {
    const one = async (...more: string[]): Promise<ModelFile> => {
      const set = ["start.from=old", "train.epochs=1", "train.batchSize=36", "train.optimizer=sgd", ...more];
      return modelOf(await run({ set: [...set, "train.learningRate=0.5", "train.keep=last"], without, files }));
    };
    const plain = await one();
    const grouped = await one('start.rates=[{"match":"stem.*","scale":0.25},{"match":"st*","scale":2}]');
    const deep = await one("start.discriminative=0.0625");
    const layers = ["stem.conv", "stem.norm", "stage.conv", "stage.norm", "dense", "fc"];
    const expected: Record<string, readonly number[]> = {
      grouped: [0.25, 0.25, 2, 2, 1, 1],
      // Five layers and the head: 2⁻⁴ at the first, 1 at the head.
      deep: [0, 1, 2, 3, 4, 5].map((i) => 2 ** (-4 * (1 - i / 5))),
    };
    for (const [file, factors] of [
      [grouped, expected["grouped"]!],
      [deep, expected["deep"]!],
    ] as const)
      layers.forEach((layer, i) => {
        const name = `${layer}.weight`;
        const [from, whole, scaled] = [values(old, name), values(plain, name), values(file, name)];
        let largest = 0;
        for (const [k, w] of from.entries()) {
          const step = whole[k]! - w;
          // Half a unit of the last place for each weight, and two of the step's.
          const rounding =
            2 ** -24 * (Math.abs(scaled[k]!) + factors[i]! * Math.abs(whole[k]!)) + 2 ** -22 * Math.abs(step);
          expect(Math.abs(scaled[k]! - w - factors[i]! * step), name).toBeLessThanOrEqual(rounding);
          largest = Math.max(largest, Math.abs(step) / rounding);
        }
        expect(largest, `${name} is moved by much more than rounding`).toBeGreaterThan(50);
      });
  });

  it("warms up: the head alone first, then the rest, together or layer by layer", async () => {
    const set = [...fresh, "train.epochs=6", "train.batchSize=2", "train.checkpointEvery=1", "start.warmUp.epochs=2"];
    // Nine steps an epoch.
    const changedAfter = async (...more: string[]): Promise<(layer: string) => number> => {
      const trained = await run({ set: [...set, ...more], without, files });
      return (layer) =>
        [1, 2, 3, 4, 5, 6].find((epoch) => {
          const file = modelOf(trained, epochFile(epoch));
          return values(file, `${layer}.weight`).some((v, i) => v !== old.parameters[`${layer}.weight`]!.data[i]);
        })!;
    };
    const together = await changedAfter();
    for (const layer of ["stem.conv", "stage.norm", "dense"]) expect(together(layer), layer).toBe(3);
    expect(together("fc")).toBe(1);
    // Five layers over four epochs: from the last to the first, each 4 / 5 of an epoch later.
    const gradual = await changedAfter("start.warmUp.rise=4", "start.warmUp.unfreeze=gradual");
    expect(["dense", "stage.norm", "stage.conv", "stem.norm", "stem.conv"].map(gradual)).toEqual([3, 3, 4, 5, 6]);
    const rising = await changedAfter("start.warmUp.rise=4");
    expect(rising("stem.conv")).toBe(3);
  });

  it.each([
    ["plain", []],
    [
      "frozen, in warm-up, averaged",
      ['start.freeze=["stem.*"]', 'start.warmUp={"epochs":1,"rise":2}', "train.ema=0.9"],
    ],
  ])("resumes to the digit without the file it started from (%s)", async (_, more) => {
    const set = [...fresh, ...more];
    const losses = (into: number[]): Callback => ({ stepEnd: (e: StepEnd) => void into.push(e.loss) });
    const whole: number[] = [];
    const uninterrupted = await run({ set, without, files, callbacks: [losses(whole)] });
    for (const after of [1, 3, 6]) {
      const store = memoryStore();
      const steps: number[] = [];
      const abort = new AbortController();
      const stopper: Callback = { stepEnd: (e) => (e.step + 1 === after ? abort.abort() : undefined) };
      await expect(
        run({ set, without, files, store, callbacks: [losses(steps), stopper], signal: abort.signal }),
      ).rejects.toMatchObject({ code: "SPECTRAI_TRAIN_INTERRUPTED" });
      const resumed = await run({ set, without, store, resume: true, callbacks: [losses(steps)] });
      expect(steps).toEqual(whole);
      expect(resumed.result.metrics).toEqual(uninterrupted.result.metrics);
      expect(resumed.result.start).toEqual(uninterrupted.result.start);
      expect(modelOf(resumed).parameters).toEqual(modelOf(uninterrupted).parameters);
    }
  });

  it("has a hash that follows the file's content and the section", async () => {
    const set = [...fresh, "train.epochs=1"];
    const a = await run({ set, without, files });
    const other = new Map(files).set("old/model.safetensors", files.get("old/best.safetensors")!);
    const b = await run({ set, without, files: other });
    const c = await run({ set: [...set, 'start.freeze=["stem.*"]'], without, files });
    expect(new Set([a, b, c].map((r) => r.config.hash)).size).toBe(3);
    // The resolved config, read again, is the same run.
    const again = await run({ set: set.concat(`start.sha256=${a.result.start!.sha256}`), files });
    expect(again.config.hash).toBe(a.config.hash);
  });

  it("has a new head solved with the rest as it is in the file", async () => {
    const solved = await run({ set: ["model.solved=true", "train.epochs=1"] });
    const own = new Map([...solved.store.files].map(([name, bytes]) => [`old/${name}`, bytes]));
    const before = modelOf(solved);
    const after = modelOf(await run({ set: [...fresh, "train.epochs=0", "train.keep=last"], without, files: own }));
    expect(values(after, "fc.bias")).toEqual(Array.from({ length: 4 }, () => values(before, "dense.bias")[0]));
    expect(values(after, "dense.bias")).toEqual(values(before, "dense.bias"));
  });

  it("starts every fold of a cross-validation", async () => {
    const options = { set: ["start.from=old", "train.epochs=1", "train.learningRate=1e-12"], without, files };
    const opened = await bench(options);
    const { methods } = await crossValidate(opened, {
      given: given(options),
      folds: 3,
      repeats: 1,
      network: true,
      store: memoryStore(),
    });
    await opened.services.dispose();
    // Such a step teaches nothing: what is known comes from the file (chance is 1 in 3).
    expect(first.result.metrics["accuracy"]).toBeGreaterThan(0.6);
    expect(methods["network"]!["accuracy"]!.mean).toBeGreaterThan(0.6);
  });

  it("is evaluated without the file it started from", async () => {
    const trained = await run({ set: fresh, without, files });
    const opened = await bench({});
    const evaluated = await evaluateRun(opened, {
      given: readConfig(trained.config.json),
      bytes: trained.store.files.get("model.safetensors")!,
      name: "model.safetensors",
      store: memoryStore(),
    });
    expect(evaluated.result.metrics).toEqual(trained.result.metrics);
    expect(evaluated.result.configHash).toBe(trained.result.configHash);
    expect(evaluated.result.start).toEqual(trained.result.start);
    evaluated.loaded.model.dispose();
  });

  it("leaves no tensor behind", async () => {
    await run({ set: fresh, without, files });
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    await run({
      set: [...fresh, 'start.freeze=["stem.*"]', "train.ema=0.9", "start.warmUp.epochs=1"],
      without,
      files,
      callbacks: [{ stepEnd: () => void counts.push(tf.memory().numTensors) }],
    });
    expect(new Set(counts).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("spectra on another axis than the model's", () => {
  const finer = ["data.points=70", "data.start=20000", "data.stop=9500", "data.unit=cm-1"];

  it("are brought to it, converted, in training, preview and evaluation, with a notice", async () => {
    const said: string[] = [];
    const trained = await run({ set: [...fresh, ...finer], without, files, said });
    const notice = "resampled from 70 points (9500–20000 cm-1) to the model's 48 points (500–1000 nm)";
    expect(said).toContain(`The spectra are ${notice}.`);
    expect(trained.result.start!.resampled).toBe(notice);
    expect(trained.result.data).toMatchObject({ shape: [48], resampled: notice });
    const { card } = modelOf(trained);
    expect(card.inputAxis).toEqual(old.card.inputAxis);

    const preview = await previewRun(await bench({ files }), given({ set: [...fresh, ...finer], without }), 1, 1);
    expect(preview.samples[0]!.original.axis).toMatchObject({ unit: "nm", values: { length: 48 } });

    const evaluated = await evaluateRun(await bench({}), {
      given: given({ set: finer }),
      bytes: files.get("old/model.safetensors")!,
      name: "old",
      store: memoryStore(),
    });
    expect(evaluated.result.data.resampled).toBe(notice);
    // Finer in the new unit, and the same bands: nearly as well classified as on its own axis.
    expect(evaluated.result.metrics["accuracy"]).toBeGreaterThan(first.result.metrics["accuracy"]! - 0.2);
    evaluated.loaded.model.dispose();
  });

  it("stay on theirs when told to, for a network that takes any length", async () => {
    const any = await run({ set: ["model.anyLength=true", "train.epochs=1"] });
    const own = new Map([...any.store.files].map(([name, bytes]) => [`old/${name}`, bytes]));
    const trained = await run({ set: [...fresh, ...finer, "start.resample=false"], without, files: own });
    expect(trained.result.data).toMatchObject({ shape: [70] });
    expect(modelOf(trained).card).toMatchObject({ inputAxis: { unit: "cm-1" }, start: { resampled: null } });
  });

  it.each([
    [["data.stop=800"], /cover 500–800 nm, but the model needs 500–1000 nm/],
    [["data.unit=cm-1"], /cover 500–1000 cm-1 \(10000–20000 nm\), but the model needs 500–1000 nm/],
    [["data.points=30", "start.resample=false"], /dense\.weight has the shape \[96, 16\] there and \[56, 16\] here/],
  ])("are refused where that cannot be: %s", async (set, message) => {
    await expect(run({ set: [...fresh, ...set], without, files })).rejects.toThrow(message);
  });
});

describe("preprocessing", () => {
  it("is learned anew where the config has another, and said so", async () => {
    const said: string[] = [];
    const set = [...fresh, 'preprocess=["halve"]', "train.epochs=1"];
    const trained = await run({ set, without: ["model"], files, said });
    expect(trained.result.start!.preprocess).toBe("learned");
    expect(modelOf(trained).card.preprocess).toEqual([{ ref: { name: "halve", learned: false } }]);
    expect(said.join("\n")).toMatch(/preprocessing differs from that of old\/model\.safetensors/);
  });
});

describe("a start that cannot be", () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["start.from=new"], /start\.from: new: there is no such model file or run folder/],
    [["start.from=empty"], /empty holds no model\.safetensors/],
    [["start.from=net.pt"], /is a PyTorch checkpoint; .* spectrai import net\.pt -o model\.safetensors/],
    [["start.from=notes.txt"], /notes\.txt/],
    [[`start.sha256=${"0".repeat(64)}`], /has the SHA-256 [0-9a-f]{64}, not 0{64}/],
    [["start.sha256=abc"], /start\.sha256: must be 64 hex digits/],
    [["start.haed=new"], /start\.haed: there is no such option\. Did you mean "head"/],
    [
      ['start.freeze=["stme.*"]'],
      /start\.freeze\[0\]: no parameter's name matches "stme\.\*"\. Did you mean "stem\.\*"/,
    ],
    [['start.freeze=["*"]'], /covers every parameter, so nothing is left to train/],
    [["start.statistics=updated"], /start\.statistics: updated has no effect/],
    [['start.rates=[{"match":"stem*","scale":0}]'], /start\.rates\[0\]\.scale: .*>0/],
    [
      ['start.rates=[{"match":"stem.*","scale":2},{"match":"stem.conv.*","scale":3}]'],
      /start\.rates\[1\]: every parameter/,
    ],
    [['start.rates=[{"match":"stem.*","scale":2}]', 'start.freeze=["stem.*"]'], /start\.rates\[0\]: every parameter/],
    [["start.head=keep"], /fc\.weight has the shape \[16, 3\] there and \[16, 4\] here/],
    [
      ["start.head=keep", 'data.classes=["x","y","z"]', "start.warmUp.epochs=1"],
      /warmUp lets a new head learn first, but the head is kept/,
    ],
    [["train.epochs=0"], /train\.epochs: 0 would train nothing of the network of old\/model\.safetensors/],
    [["start.warmUp.epochs=4"], /start\.warmUp takes 4 epochs, but the run has 4/],
    [['start.warmUp={"epochs":2,"rise":3}'], /start\.warmUp takes 5 epochs, but the run has 4/],
    [['start.warmUp={"epochs":1,"unfreeze":"gradual"}'], /start\.warmUp\.unfreeze: .*rise/],
    [
      ["start.warmUp.epochs=1", 'start.freeze=["{stem,stage,dense}.*"]'],
      /start\.warmUp has no effect, as all but the head is frozen/,
    ],
    [["start.discriminative=0.5", 'start.freeze=["{stem,stage,dense}.*"]'], /start\.discriminative has no effect/],
    [["model.width=8"], /model: width is 8 instead of 4, but the network of old\/model\.safetensors/],
    [['model={"name":"resunet"}'], /resunet/],
  ];
  it.each(cases)("%j", async (set, message) => {
    const more = new Map(files)
      .set("empty/notes.txt", Uint8Array.of(1))
      .set("net.pt", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0))
      .set("notes.txt", new TextEncoder().encode("not a model"));
    await expect(run({ set: [...fresh, ...set], without, files: more })).rejects.toMatchObject({
      name: "SpectraiError",
      message: expect.stringMatching(message),
    });
  });

  it("names an architecture without a declared head", async () => {
    const headless = await run({ set: ["model.headless=true", "train.epochs=1"] });
    const own = new Map([...headless.store.files].map(([name, bytes]) => [`old/${name}`, bytes]));
    await expect(run({ set: fresh, without, files: own })).rejects.toThrow(/start\.head: net has no head/);
  });

  it("names an architecture that is nothing but a head", async () => {
    const all = await run({ set: ["model.allHead=true", "train.epochs=1"] });
    const own = new Map([...all.store.files].map(([name, bytes]) => [`old/${name}`, bytes]));
    await expect(run({ set: fresh, without, files: own })).rejects.toThrow(/start: net is nothing but a head/);
  });

  it("names a run that was begun without one when it is resumed", async () => {
    const store = memoryStore();
    await run({ set: ["train.epochs=1"], store });
    await expect(run({ set: [...fresh, "train.epochs=1"], without, files, store, resume: true })).rejects.toMatchObject(
      {
        code: "SPECTRAI_RESUME_MISMATCH",
      },
    );
  });
});
