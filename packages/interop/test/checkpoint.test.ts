import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { onednnBackend } from "@spectrai/backend-onednn";
import {
  decodeSafetensors,
  encodeModelFile,
  encodeSafetensors,
  forward,
  type JsonObject,
  loadModel,
  type NdArray,
  ndarray,
  rng,
  type Setting,
  toFloat32,
  type Workbench,
} from "@spectrai/core";
import { bytesSource } from "@spectrai/io-formats/zip";
import { type ParameterScope, parameterScope, toTorch } from "@spectrai/nn";
import { expectAllClose, fixturesFolder, fixtureValues, readFixture } from "@spectrai/testing";
import { rcanNetwork } from "@spectrai/models-rcan";
import { segnetNetwork } from "@spectrai/models-segnet";
import { deeperNetwork, unetNetwork } from "@spectrai/models-unet";
import { beforeAll, describe, expect, test } from "vitest";
import { type CheckpointRequest, importCheckpoint, type ImportedCheckpoint } from "../src/index.ts";
import { openBench } from "./support/bench.ts";
import { int, none, string, torchFileOf } from "./support/pickle.ts";

const folder = fixturesFolder();
const native = await onednnBackend.create({ precision: "f32" }, {});
const probe = await native.probe();
const backends: Record<string, () => Promise<unknown>> = {
  cpu: () => tf.setBackend("cpu"),
  ...(probe.available ? { onednn: () => native.init() } : {}),
};
if (!probe.available) console.info(`checkpoints on onednn are left out: ${probe.reason}`);

const settings = (options: Readonly<Record<string, string>>): Setting[] =>
  Object.entries(options).map(([key, value]) => ({ path: key.split("."), value }));

let bench: Workbench;
beforeAll(async () => {
  await tf.setBackend("cpu");
  bench = await openBench();
});

const importBytes = (bytes: Uint8Array, request: Omit<CheckpointRequest, "source"> = {}): Promise<ImportedCheckpoint> =>
  importCheckpoint(bench, { source: bytesSource("old.pt", bytes), ...request });

/** What the model file gives for a batch in our layout. */
async function outputOf({ file }: ImportedCheckpoint, input: tf.Tensor): Promise<tf.Tensor> {
  const { model } = await loadModel(bench, encodeModelFile(file), "model.safetensors");
  const output = forward(model, input);
  model.dispose();
  return output;
}

/** `[N, C, …spatial]` → ours: 1-D `[N, L]`, 2-D `[N, H, W, C]`, 3-D of one channel `[N, H, W, D]`. And back. */
const ours = (x: tf.Tensor): tf.Tensor =>
  x.rank === 3
    ? tf.squeeze(x, [1])
    : x.rank === 4
      ? tf.transpose(x, [0, 2, 3, 1])
      : tf.transpose(tf.squeeze(x, [1]), [0, 2, 3, 1]);
const theirs = (y: tf.Tensor): tf.Tensor => (y.rank === 4 ? tf.transpose(y, [0, 3, 1, 2]) : y);
const tensor = (array: NdArray): tf.Tensor => tf.tensor(toFloat32(array.data), [...array.shape]);

describe.skipIf(!folder).each(Object.entries(backends))(
  "a trained network of the original software, on %s",
  (_, use) => {
    beforeAll(use);
    const io = folder
      ? decodeSafetensors(new Uint8Array(readFileSync(join(folder, "pytorch/segmentation_ResUNet_io.safetensors"))))
          .tensors
      : {};

    const expectRecorded = async (imported: ImportedCheckpoint): Promise<void> => {
      const output = theirs(await outputOf(imported, ours(tensor(io["input"]!))));
      expectAllClose(output.dataSync(), fixtureValues(io, "output"), { rtol: 1e-4 });
    };

    test.each(["2026_segmentation_ResUNet.pt", "2026_segmentation_ResUNet_legacy.pt"])(
      "%s says itself what it is, and gives the recorded output (1e-4 of its largest value)",
      async (name) => {
        const imported = await importBytes(new Uint8Array(readFileSync(join(folder!, "pytorch", name))));
        expect(imported.file.card).toMatchObject({
          task: "segmentation",
          model: {
            plugin: "@spectrai/models-unet",
            ref: {
              name: "resunet",
              dimension: 2,
              filters: [8, 16, 32, 32],
              upsampling: "aligned",
              activation: "relu",
              norm: "batch",
            },
            spec: { data: "cube", input: [0, 0, 8], output: { kind: "mask", classes: 5 } },
          },
          target: { kind: "mask", classes: ["class 1", "class 2", "class 3", "class 4", "class 5"] },
        });
        await expectRecorded(imported);
      },
    );

    test("state_dict_only.pt leaves the activation to be asked for", async () => {
      const bytes = new Uint8Array(readFileSync(join(folder!, "pytorch/state_dict_only.pt")));
      await expect(importBytes(bytes)).rejects.toMatchObject({
        code: "SPECTRAI_USAGE",
        message: expect.stringContaining("--set model.activation=relu or --set model.activation=leaky-relu") as string,
      });
      await expectRecorded(await importBytes(bytes, { settings: settings({ "model.activation": "relu" }) }));
    });
  },
);

describe.skipIf(!folder)("files that are refused", () => {
  const read = (name: string): Promise<ImportedCheckpoint> =>
    importBytes(new Uint8Array(readFileSync(join(folder!, "pytorch", name))));
  test("os.system", async () => {
    await expect(read("hostile_os_system.pt")).rejects.toMatchObject({
      code: "SPECTRAI_FILE_REFUSED",
      message: expect.stringContaining("old.pt asks for posix.system, which is no tensor") as string,
    });
  });
  test("eval", async () => {
    await expect(read("hostile_eval.pt")).rejects.toMatchObject({
      code: "SPECTRAI_FILE_REFUSED",
      message: expect.stringContaining("old.pt asks for __builtin__.eval,") as string,
    });
  });
  test("a file cut short", async () => {
    await expect(read("truncated.pt")).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
  });
  test.each(["float16.pt", "bfloat16.pt"])("%s, which is no network of ours", async (name) => {
    await expect(read(name)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNSUPPORTED",
      message: expect.stringContaining("its parameters are weight, bias.") as string,
    });
  });
});

interface Case {
  readonly model: string;
  readonly options: JsonObject;
  readonly request?: Omit<CheckpointRequest, "source">;
}

/** Networks of every family with the reference's values, as state_dicts. */
const cases: Record<string, Case> = {
  "unet1d-denoise": {
    model: "unet",
    options: { filters: [64, 128, 256, 256], norm: "batch", activation: "relu" },
    request: { task: "denoising", points: 62, settings: settings({ "model.activation": "relu" }) },
  },
  "resunet1d-denoise": {
    model: "resunet",
    options: { filters: [64, 128, 256, 256], norm: "none", activation: "prelu" },
    request: { task: "calibration", points: 51, settings: settings({ "model.norm": "none", "model.name": "resunet" }) },
  },
  "unet1d-classify": {
    model: "unet",
    options: { pooling: "single", activation: "leaky-relu", norm: "batch" },
    request: { points: 64, classes: ["a", "b", "c"], settings: settings({ "model.activation": "leaky-relu" }) },
  },
  "unet2d-segment": {
    model: "unet",
    options: { dimension: 2, filters: [8, 16, 32, 32] },
    request: { settings: settings({ "model.activation": "relu" }) },
  },
  "resunet2d-superres": {
    model: "resunet",
    options: { dimension: 2, filters: [6, 12, 24, 24], norm: "instance" },
    request: { settings: settings({ "model.activation": "relu", "model.norm": "instance", "model.name": "resunet" }) },
  },
  "resnet18-2d": {
    model: "resnet",
    options: { depth: 18, width: 8, dimension: 2, stemKernel: 7 },
    request: { settings: settings({ "model.activation": "relu" }) },
  },
  "resnet50-3d": {
    model: "resnet",
    options: { depth: 50, width: 4, dimension: 3 },
    request: { points: 17, settings: settings({ "model.activation": "relu" }) },
  },
  "densenet-2d": {
    model: "densenet",
    options: { blocks: [2, 3, 2, 2], growth: 8, width: 16, bottleneck: 4, compression: 0.5 },
    request: { settings: settings({ "model.activation": "relu" }) },
  },
  "densenet-3d": {
    model: "densenet",
    options: { blocks: [2, 3, 2, 2], dimension: 3 },
    request: { points: 32, settings: settings({ "model.activation": "relu" }) },
  },
  "efficientnet-b0": { model: "efficientnet", options: { widthFactor: 0.5 } },
  rcan: {
    model: "rcan",
    options: { upsampling: "first", upsamplerNorm: "batch", width: 16, groups: 2, blocks: 6, reduction: 16 },
  },
  "segnet-2d": { model: "segnet", options: { dimension: 2, norm: "batch" } },
};

const stateOf = (fixture: Readonly<Record<string, NdArray>>): Record<string, NdArray<Float32Array>> =>
  Object.fromEntries(
    Object.entries(fixture).flatMap(([name, array]) => {
      const at = /^(param|buffer)\/(.*)$/.exec(name)?.[2];
      return at === undefined ? [] : [[at, ndarray(toFloat32(array.data), array.shape)]];
    }),
  );

describe.skipIf(!folder)("networks are recognised by names and shapes", () => {
  test.each(Object.entries(cases))(
    "%s, whose output is the reference's (1e-4)",
    async (name, { model, options, request }) => {
      await tf.setBackend("cpu");
      const fixture = readFixture(`reference/model-${name}.safetensors`);
      const imported = await importBytes(torchFileOf(stateOf(fixture)), request);
      expect(imported.file.card.model.ref).toMatchObject({ name: model, ...options });
      const output = theirs(await outputOf(imported, ours(tensor(fixture["input"]!))));
      expectAllClose(output.dataSync(), fixtureValues(fixture, "output_eval"), { rtol: 1e-4 });
    },
  );

  test.each(["resnet18-1d", "densenet-1d", "unet3d-segment"])(
    "%s has channels that ours has not, and is refused",
    async (name) => {
      const state = stateOf(readFixture(`reference/model-${name}.safetensors`));
      await expect(importBytes(torchFileOf(state))).rejects.toMatchObject({
        code: "SPECTRAI_FILE_UNSUPPORTED",
        message: expect.stringContaining("channels") as string,
      });
    },
  );
});

/** The values that a network of ours starts with, as a state_dict. */
function startOf(build: (scope: ParameterScope) => unknown): Record<string, NdArray<Float32Array>> {
  const scope = parameterScope(rng("stored"));
  build(scope);
  const state = Object.fromEntries(
    scope.parameters.map((p) => [p.name, toTorch(ndarray(p.variable.dataSync() as Float32Array, p.variable.shape))]),
  );
  scope.dispose();
  return state;
}

describe("networks that there are no golden values of are loaded whole", () => {
  test.each([true, false])("DeepeR's ResUNet, batch norm: %s", async (batchNorm) => {
    const options = { points: 20, filters: [4, 8, 16], convolutions: 2, denseLayers: 3, batchNorm } as const;
    const state = startOf((scope) => deeperNetwork(scope, options));
    const { file } = await importBytes(torchFileOf(state), { task: "denoising" });
    expect(file.card.model).toMatchObject({
      ref: { name: "deeper-resunet", width: 4, convolutions: 2, denseLayers: 3, batchNorm },
      spec: { input: [20] },
    });
    expect(Object.keys(file.parameters).length).toBe(Object.keys(state).length);
  });

  test("3-D SegNet", async () => {
    const options = {
      dimension: 3,
      channels: 1,
      filters: [2, 3],
      narrowing: "first",
      norm: "none",
      dropout: 0,
      classes: 4,
      bands: 6,
    } as const;
    const state = startOf((scope) => segnetNetwork(scope, options));
    const { file } = await importBytes(torchFileOf(state), { settings: settings({ "model.norm": "none" }) });
    expect(file.card.model).toMatchObject({
      ref: { name: "segnet", dimension: 3, filters: [2, 3] },
      spec: { input: [0, 0, 6], output: { kind: "mask", classes: 4 } },
    });
  });

  test("RCAN as DeepeR has it, without norms in the up-sampler", async () => {
    const options = {
      channels: 8,
      scale: 2,
      width: 4,
      groups: 2,
      blocks: 3,
      reduction: 2,
      upsampling: "first",
      upsamplerNorm: "none",
      inputSkip: true,
    } as const;
    const { file } = await importBytes(torchFileOf(startOf((scope) => rcanNetwork(scope, options))));
    expect(file.card.model).toMatchObject({
      ref: { name: "rcan", upsamplerNorm: "none", width: 4, groups: 2, blocks: 3, reduction: 2 },
      spec: { input: [0, 0, 8], scale: 2 },
    });
  });
});

/** A small 1-D UNet or ResUNet as the original stores it: with residual convolutions and the slope at every place. */
function stored(residual: boolean): Record<string, NdArray<Float32Array>> {
  const make = (r: boolean): Record<string, NdArray<Float32Array>> =>
    startOf((scope) =>
      unetNetwork(scope, {
        dimension: 1,
        channels: 1,
        filters: [4, 8],
        residual: r,
        activation: "prelu",
        norm: "none",
        groups: undefined,
        dropout: 0,
        upsampling: "auto",
        tail: { kind: "spectral", channels: 1, activated: true },
      }),
    );
  const both = { ...make(true), ...make(residual) };
  for (const name of Object.keys(both))
    if (name.endsWith("body.0.weight") && !name.startsWith("tail"))
      both[name.replace("body.0", "body.1")] = both["activation.weight"]!;
  return both;
}

describe("a small file cannot ask for a large network", () => {
  const named = (shape: readonly number[]): NdArray<Float32Array> =>
    ndarray(new Float32Array(shape.reduce((n, d) => n * d, 1)), shape);
  const blocks = [1, 2, 3, 4].flatMap((stage) => [0, 1].map((i) => `layer${stage}.${i}.conv1.body.0.weight`));
  const claims = {
    "conv1.body.0.weight": named([1024, 1, 7]),
    "fc.weight": named([2, 1]),
    ...Object.fromEntries(blocks.map((name) => [name, named([1, 1, 3])])),
  };
  const request = { points: 64, settings: settings({ "model.activation": "relu", "model.norm": "none" }) };
  test("by its number of filters", async () => {
    await expect(importBytes(torchFileOf(claims), request)).rejects.toMatchObject({
      code: "SPECTRAI_MODEL_MISMATCH",
      message:
        'old.pt does not have the parameters of this network: "layer1.0.conv1.body.0.weight" has 3 values, which are too few.',
    });
  });
  test("by leaving its parameters out", async () => {
    const more = { ...claims, "layer1.0.conv1.body.0.weight": named([1024, 1024, 3]) };
    await expect(importBytes(torchFileOf(more), request)).rejects.toMatchObject({
      message: expect.stringContaining('"layer1.0.conv2.body.0.weight" is missing') as string,
    });
  });
});

describe("what the original stores and does not need", () => {
  const ask = { points: 32, task: "denoising" };
  test("repeats of the slope are left out, with a notice", async () => {
    const { file, notes } = await importBytes(torchFileOf(stored(true)), {
      ...ask,
      settings: settings({ "model.name": "resunet", "model.norm": "none" }),
    });
    expect(Object.keys(file.parameters).filter((name) => name.includes("body.1"))).toEqual([]);
    expect(notes[0]).toMatch(/^Left out \d+ repeats of the activation's slope/);
  });

  test("residual convolutions of a plain UNet are left out, with a notice", async () => {
    const { file, notes } = await importBytes(torchFileOf(stored(false)), {
      ...ask,
      settings: settings({ "model.name": "unet", "model.norm": "none" }),
    });
    expect(Object.keys(file.parameters).filter((name) => name.includes("res_conv"))).toEqual([]);
    expect(notes[1]).toMatch(/^Left out \d+ tensors of residual convolutions/);
  });

  test("a slope that is not the same everywhere is another network", async () => {
    const state = { ...stored(true), "inc.initial_conv.body.1.weight": ndarray(Float32Array.of(0.9), [1]) };
    await expect(
      importBytes(torchFileOf(state), {
        ...ask,
        settings: settings({ "model.name": "resunet", "model.norm": "none" }),
      }),
    ).rejects.toMatchObject({ code: "SPECTRAI_MODEL_MISMATCH" });
  });

  test("everything that is not known is asked for at once", async () => {
    await expect(importBytes(torchFileOf(stored(false)))).rejects.toMatchObject({
      code: "SPECTRAI_USAGE",
      message:
        "old.pt does not say whether its network is unet or resunet (--set model.name=unet or --set model.name=resunet), nor the network's norm " +
        "(--set model.norm=none or --set model.norm=instance), nor its task (--task denoising or --task calibration), nor how many " +
        "points its spectra have (--points 500); say it, or name the config it was trained with: --config FILE.yml.",
    });
  });

  test("the checkpoint's own words answer", async () => {
    const about = {
      architecture: string("ResUNet"),
      task: string("Denoising"),
      normalization: string("None"),
      activation: string("PReLU"),
      spectrum_length: int(32),
      val_metrics: none,
    };
    const { file } = await importBytes(torchFileOf(stored(true), about));
    expect(file.card.model.ref).toMatchObject({ name: "resunet", norm: "none", activation: "prelu" });
  });
});

describe("safetensors", () => {
  const request = { points: 32, task: "denoising", settings: settings({ "model.name": "unet", "model.norm": "none" }) };
  test("a state_dict is imported as from a file of torch.save", async () => {
    const state = stored(false);
    const [fromTorch, fromSafetensors] = [
      await importBytes(torchFileOf(state), request),
      await importBytes(encodeSafetensors(state, { task: "Denoising" }), request),
    ];
    expect(fromSafetensors).toEqual(fromTorch);
  });

  test("a model file needs no import", async () => {
    const { file } = await importBytes(torchFileOf(stored(false)), request);
    await expect(importBytes(encodeModelFile(file))).rejects.toMatchObject({ code: "SPECTRAI_FILE_UNSUPPORTED" });
  });

  test("a file cut short is refused", async () => {
    await expect(importBytes(encodeSafetensors(stored(false)).slice(0, 3000))).rejects.toMatchObject({
      code: "SPECTRAI_MODEL_DAMAGED",
    });
  });
});

describe("what surrounds the network", () => {
  const network = { settings: settings({ "model.name": "unet", "model.norm": "none" }), task: "denoising" };
  test("axis and preprocessing", async () => {
    const config: JsonObject = {
      preprocess: [{ name: "crop", start: 4, stop: 36, unit: "index" }, "max-normalize"],
    };
    const { file, notes } = await importBytes(torchFileOf(stored(false)), {
      ...network,
      config,
      points: 40,
      axis: { start: 500, stop: 890, unit: "cm-1" },
    });
    const { inputAxis, axis, preprocess } = file.card;
    expect([inputAxis.unit, inputAxis.values.length, inputAxis.values[0], inputAxis.values.at(-1)]).toEqual([
      "cm-1",
      40,
      500,
      890,
    ]);
    expect([axis.values.length, axis.values[0], axis.values.at(-1)]).toEqual([32, 540, 850]);
    expect(preprocess.map((p) => p.ref["name"])).toEqual(["crop", "max-normalize"]);
    expect(notes.join(" ")).not.toMatch(/axis|prepared/);
  });

  test("a notice where they are not known", async () => {
    const { notes } = await importBytes(torchFileOf(stored(false)), { ...network, points: 32 });
    expect(notes.join(" ")).toMatch(/does not say its spectral axis.* does not say how its data were prepared/);
  });

  test.skipIf(!folder)("steps that bring images to one size are left out", async () => {
    const state = stateOf(readFixture("reference/model-unet2d-segment.safetensors"));
    const { file, notes } = await importBytes(torchFileOf(state), {
      settings: settings({ "model.activation": "relu" }),
      config: { preprocess: ["max-normalize", { name: "center-crop", height: 8, width: 8 }] },
    });
    expect(file.card.preprocess.map((p) => p.ref["name"])).toEqual(["max-normalize"]);
    expect(notes[0]).toMatch(/^Left out center-crop/);
  });

  test("a step that learns is refused", async () => {
    await expect(
      importBytes(torchFileOf(stored(false)), { ...network, points: 32, config: { preprocess: ["msc"] } }),
    ).rejects.toMatchObject({ code: "SPECTRAI_CONFIG_INVALID" });
  });

  test("a task that the network cannot have is refused", async () => {
    await expect(importBytes(torchFileOf(stored(false)), { ...network, task: "segmentation" })).rejects.toMatchObject({
      code: "SPECTRAI_MODEL_MISMATCH",
      message: expect.stringContaining(
        "is a network for denoising or network for calibration, and it is said to be one for segmentation",
      ) as string,
    });
  });

  test("the config of another network is refused", async () => {
    await expect(
      importBytes(torchFileOf(stored(false)), { config: { model: { name: "resnet", depth: 50 } } }),
    ).rejects.toMatchObject({
      code: "SPECTRAI_MODEL_MISMATCH",
      message: expect.stringContaining("is a unet or resunet, and it is said to be resnet") as string,
    });
  });

  test("no tensor is left behind", async () => {
    const before = tf.memory().numTensors;
    await importBytes(torchFileOf(stored(false)), { ...network, points: 32 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
