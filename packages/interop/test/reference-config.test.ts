import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ComponentRef,
  isObject,
  type JsonObject,
  type JsonValue,
  type Kind,
  normalizeRef,
  readConfig,
  resolveRef,
  type Workbench,
} from "@spectrai/core";
import { fixturesFolder } from "@spectrai/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { convertReferenceConfig, readReferenceConfig, referenceConfigText, settingsOf } from "../src/index.ts";
import { openBench } from "./support/bench.ts";

const folder = fixturesFolder();

let bench: Workbench;
beforeAll(async () => {
  bench = await openBench();
});

/** What is written for settings: the text, and what it is as a config. */
function written(settings: ReturnType<typeof settingsOf>): { text: string; config: JsonObject; notes: string } {
  const converted = convertReferenceConfig(settings);
  const text = referenceConfigText(converted, converted.plugins, "old.yml");
  return {
    text,
    config: parse(text) as JsonObject,
    notes: converted.sections.flatMap((s) => s.notes).join("\n"),
  };
}

/** Checks a config as a run does, up to opening the data: its own keys, and the options of every component. */
function check(config: JsonObject): void {
  readConfig(config);
  const one = (kind: Kind, ref: JsonValue | undefined, where: string): void => {
    if (ref !== undefined) resolveRef(bench.registry, kind, normalizeRef(ref as ComponentRef, where), where);
  };
  const train = isObject(config["train"]) ? config["train"] : {};
  one("task", config["task"], "task");
  one("dataset", config["data"], "data");
  one("splitter", config["split"], "split");
  one("model", config["model"], "model");
  one("loss", config["loss"], "loss");
  one("optimizer", train["optimizer"], "train.optimizer");
  one("schedule", train["schedule"], "train.schedule");
  for (const [kind, key] of [
    ["transform", "preprocess"],
    ["augmentation", "augment"],
  ] as const)
    for (const ref of config[key] as JsonValue[]) one(kind, ref, key);
}

const plain = {
  Task_Options: { task: "Denoising", classes: 0 },
  Network_Hyperparameters: { network: "ResUNet", dimension: "2D", activation: "PReLU", normalization: "None" },
  DataManager_Options: { data_format: "Spectra", train_input_data: "noisy.mat", train_target_data: "clean.mat" },
};
type Sections = Record<string, Record<string, unknown>>;
const withSettings = (changes: Sections): ReturnType<typeof settingsOf> => {
  const all: Sections = { ...plain };
  for (const [section, entries] of Object.entries(changes)) all[section] = { ...all[section], ...entries };
  return settingsOf(all, "old.yml");
};

describe.skipIf(!folder)("the original's examples", () => {
  const files = folder ? readdirSync(join(folder, "configs")) : [];
  const read = (name: string): ReturnType<typeof written> =>
    written(readReferenceConfig(readFileSync(join(folder!, "configs", name), "utf8"), name));

  test("all eight are there", () => expect(files.length).toBe(8));

  test.each(files)("%s becomes a config that is valid here", (name) => {
    const { config } = read(name);
    check(config);
  });

  test("image_segmentation.yml, whole", () => {
    const { plugins: _, ...config } = read("image_segmentation.yml").config;
    expect(config).toEqual({
      task: "segmentation",
      data: {
        name: "cubes",
        input: "test_images/cells/",
        target: "test_masks/",
        classNames: ["class 1", "class 2", "class 3", "class 4", "class 5"],
      },
      split: "random",
      preprocess: [
        { name: "max-normalize", per: "cube" },
        { name: "fit-length", length: 500 },
        { name: "pad-image", height: 16, width: 16 },
      ],
      augment: [
        "horizontal-flip",
        "vertical-flip",
        "rotate-90",
        { name: "random-crop", height: 16, width: 16 },
        { name: "spectral-shift", shift: [-0.1, 0.1] },
        "spectral-flip",
        { name: "mixup", alpha: 0.2, per: "batch" },
      ],
      model: { name: "unet", dimension: 2, activation: "relu", norm: "none" },
      loss: "cross-entropy",
      train: { epochs: 1, batchSize: 2, learningRate: 1e-4, optimizer: "adam", schedule: "constant" },
    });
  });

  test("spectral_calibration.yml, whole", () => {
    const { plugins: _, ...config } = read("spectral_calibration.yml").config;
    expect(config).toEqual({
      task: "calibration",
      data: {
        name: "spectra",
        input: "test_input_spectra/input_spectra.mat",
        target: "test_target_spectra/target_spectra.mat",
      },
      split: "random",
      preprocess: ["max-normalize", { name: "fit-length", length: 500 }],
      augment: [
        { name: "spectral-shift", shift: [-0.1, 0.1] },
        "spectral-flip",
        { name: "mixup", alpha: 0.2, per: "batch" },
      ],
      model: { name: "unet", activation: "prelu", norm: "none" },
      loss: "l1",
      train: { epochs: 1, batchSize: 64, learningRate: 1e-4, optimizer: "adam", schedule: "constant" },
    });
  });

  test("notes stand as comments above what they are about", () => {
    const { text } = read("spectral_denoising.yml");
    expect(text).toMatch(/# dimension: 2D had no effect: networks for spectra are 1-D\.\n(# .*\n)*model:/);
    expect(text).toMatch(/# activation: the original's ResUNet could not train with ReLU/);
    expect(text.split("\n").filter((line) => line.length > 120)).toEqual([]);
  });
});

describe("each setting", () => {
  const cases: Record<string, readonly [Sections, JsonObject]> = {
    "a seed": [{ DataManager_Options: { seed: 7 } }, { seed: 7 }],
    "shares in percent": [
      { DataManager_Options: { shuffle: "True", train_split: 70, val_split: 20, test_split: 10 } },
      { split: { name: "random", validation: 0.2, test: 0.1 } },
    ],
    "shares of 1": [
      { DataManager_Options: { shuffle: "True", train_split: 0.7, val_split: "0.2", test_split: 0.1 } },
      { split: { name: "random", validation: 0.2, test: 0.1 } },
    ],
    "shares of rows in order, where validation is a share of what the test part leaves": [
      { DataManager_Options: { shuffle: "False", train_split: 60, val_split: 20, test_split: 20 } },
      { split: { name: "block", validation: 0.25, test: 0.2 } },
    ],
    "a crop inside the spectrum": [
      {
        Preprocessing: { spectral_crop_start: 100, spectral_crop_end: 350 },
        Training_Hyperparameters: { spectrum_length: 250 },
      },
      { preprocess: [{ name: "crop", start: 100, stop: 350, unit: "index" }] },
    ],
    "a crop and another length": [
      {
        Preprocessing: { spectral_crop_start: 100, spectral_crop_end: 350 },
        Training_Hyperparameters: { spectrum_length: 256 },
      },
      {
        preprocess: [
          { name: "crop", start: 100, stop: 350, unit: "index" },
          { name: "fit-length", length: 256 },
        ],
      },
    ],
    "asymmetric least squares": [
      { Preprocessing: { background_subtraction: "Automatic Least Squares" } },
      { preprocess: ["asls"] },
    ],
    "a polynomial of order 3": [
      { Preprocessing: { background_subtraction: "3rd Order Polynomial" } },
      { preprocess: [{ name: "polynomial", order: 3 }] },
    ],
    "a polynomial of order 5, then the area": [
      { Preprocessing: { background_subtraction: "5th Order Polynomial", data_normalization: "Area Under The Curve" } },
      { preprocess: [{ name: "polynomial", order: 5 }, "area-normalize"] },
    ],
    "the minimum": [{ Preprocessing: { background_subtraction: "Minimum Value Offset" } }, { preprocess: ["minimum"] }],
    "a background": [
      { Data_Augmentation: { spectral_background: 0.5 } },
      { augment: [{ name: "add-background", strength: [0, 0.5] }] },
    ],
    "no augmentation": [{ Data_Augmentation: { spectral_shift: "0.0", mixup: "False" } }, { augment: [] }],
    step: [
      { Training_Hyperparameters: { scheduler: "Step", optimizer: "SGD" } },
      { train: { optimizer: "sgd", schedule: { name: "step", size: 50, factor: 0.2 } } },
    ],
    multiplicative: [
      { Training_Hyperparameters: { scheduler: "Multiplicative", optimizer: "RMSprop" } },
      { train: { optimizer: "rmsprop", schedule: { name: "multiplicative", factor: 0.985 } } },
    ],
    cyclic: [
      { Training_Hyperparameters: { scheduler: "Cyclic", optimizer: "Adagrad" } },
      { train: { optimizer: "adagrad", schedule: { name: "cyclic", baseFactor: 0.01, mode: "triangular2" } } },
    ],
    "one cycle": [{ Training_Hyperparameters: { scheduler: "OneCycle" } }, { train: { schedule: "one-cycle" } }],
    plateau: [{ Training_Hyperparameters: { scheduler: "ReduceOnPlateau" } }, { train: { schedule: "plateau" } }],
    "no schedule": [{ Training_Hyperparameters: { scheduler: "None" } }, { train: { schedule: "constant" } }],
    "the mean squared error": [{ Training_Hyperparameters: { criterion: "L2 / MSE" } }, { loss: "mse" }],
    "transfer learning": [
      {
        Training_Options: {
          training_option: "Transfer Learning",
          pretrained_network: "nets/old.pt",
          pretrained_classes: 3,
        },
      },
      { start: { from: "nets/old.safetensors" } },
    ],
    "group norm": [
      { Network_Hyperparameters: { network: "UNet", activation: "LeakyReLU", normalization: "GroupNorm" } },
      { model: { name: "unet", activation: "leaky-relu", norm: "group" } },
    ],
    "classes by file": [
      {
        Task_Options: { task: "Classification", classes: 2 },
        DataManager_Options: { data_directory: "False", train_target_data: "None" },
      },
      { data: { name: "spectra", input: "noisy.mat", classes: "file" } },
    ],
    "shares of every class, whatever the order": [
      {
        Task_Options: { task: "Classification", classes: 2 },
        DataManager_Options: { shuffle: "False", train_split: 60, val_split: 20, test_split: 20 },
      },
      { split: { name: "stratified", validation: 0.2, test: 0.2 } },
    ],
    "images with bands first": [
      { Task_Options: { task: "Segmentation" }, DataManager_Options: { data_format: "Image: C, H, W" } },
      { data: { name: "cubes", input: "noisy.mat", target: "clean.mat", layout: "C,H,W" } },
    ],
    RCAN: [
      {
        Task_Options: { task: "Super-Resolution" },
        Network_Hyperparameters: { network: "RCAN" },
        DataManager_Options: { data_format: "Image: H, W, C", train_input_data: "None" },
        Training_Hyperparameters: { input_image_size: 16, target_image_size: 64 },
      },
      {
        model: { name: "rcan", preset: "full", upsamplerNorm: "batch" },
        data: { name: "cubes", input: "low-resolution", target: "clean.mat" },
        preprocess: [],
      },
    ],
    "a 3-D network": [
      {
        Task_Options: { task: "Segmentation" },
        Network_Hyperparameters: { network: "UNet", dimension: "3D" },
        DataManager_Options: { data_format: "Image: H, W, C" },
      },
      { model: { name: "unet", dimension: 3, activation: "prelu", norm: "none" } },
    ],
  };
  test.each(Object.entries(cases))("%s", (_, [changes, expected]) => {
    const { config } = written(withSettings(changes));
    for (const [key, value] of Object.entries(expected)) expect(config[key], key).toEqual(value);
    check(config);
  });
});

describe("notes", () => {
  const cases: Record<string, readonly [Sections, RegExp]> = {
    "what did nothing": [
      { Preprocessing: { background_subtraction: "Automatic Least Squares" } },
      /had no effect in the original/,
    ],
    "a background": [{ Data_Augmentation: { spectral_background: 1 } }, /spectral_background had no effect/],
    "flips of spectra": [
      { Data_Augmentation: { horizontal_flip: 1, random_crop: "True" } },
      /horizontal_flip, random_crop had no effect/,
    ],
    "shares of 1": [{ DataManager_Options: { val_split: 0.2 } }, /read them as percent/],
    "other files for validation": [
      { DataManager_Options: { val_input_data: "val.mat" } },
      /val_input_data: val\.mat is not taken over/,
    ],
    "layer norm": [{ Network_Hyperparameters: { normalization: "LayerNorm" } }, /built LayerNorm with wrong arguments/],
    "binary cross-entropy": [
      { Task_Options: { task: "Classification" }, Training_Hyperparameters: { criterion: "Binary Cross Entropy" } },
      /without a sigmoid/,
    ],
    "a network that is only applied": [
      { Training_Options: { training_option: "Apply Pre-Trained Network", pretrained_network: "old.pt" } },
      /nothing is trained then/,
    ],
    "transfer learning from nothing": [
      { Training_Options: { training_option: "Transfer Learning" } },
      /names no pretrained_network/,
    ],
    states: [
      { State_Dicts: { net_state_dict: "a.pt", optimizer_state_dict: "b.pt" } },
      /net_state_dict: a\.pt is not taken over/,
    ],
    "the norm of EfficientNet": [
      {
        Task_Options: { task: "Classification" },
        Network_Hyperparameters: { network: "EfficientNet", normalization: "BatchNorm" },
        DataManager_Options: { data_format: "Image: H, W, C" },
      },
      /normalization: BatchNorm is not taken over/,
    ],
  };
  test.each(Object.entries(cases))("%s", (_, [changes, note]) => {
    expect(written(withSettings(changes)).notes).toMatch(note);
  });

  test("cannot break out of their comment", () => {
    const { text, config } = written(
      withSettings({ DataManager_Options: { val_input_data: "a\ntask: segmentation\u2028plugins: []" } }),
    );
    expect(config["task"]).toBe("denoising");
    expect(text).toContain("# val_input_data: a task: segmentation plugins: []");
  });
});

describe("what is not understood", () => {
  const wrong: Record<string, readonly [string, RegExp]> = {
    "an unknown section": [
      "Task_Option:\n  task: Denoising",
      /the section "Task_Option" .* Did you mean "Task_Options"\?/,
    ],
    "an unknown setting": [
      "Task_Options:\n  tasks: Denoising",
      /Task_Options: the setting "tasks" .* Did you mean "task"\?/,
    ],
    "an unknown value": [
      "Task_Options:\n  task: Denoise",
      /Task_Options\.task is "Denoise", and must be one of Calibration, Classification, Denoising, Segmentation, Super-Resolution\./,
    ],
    "a word for a number": [
      "Training_Hyperparameters:\n  epochs: many",
      /epochs is "many", and must be a whole number from 1 to/,
    ],
    "a number out of bounds": ["Training_Hyperparameters:\n  batch_size: 0", /batch_size is 0, and must be/],
    "a share above 100": [
      "DataManager_Options:\n  val_split: 120",
      /val_split is 120, and must be a number from 0 to 100, or None/,
    ],
    "an unknown optimizer": [
      "Training_Hyperparameters:\n  optimizer: AdamW",
      /optimizer is "AdamW", and must be one of Adam, Adagrad, SGD, RMSprop\./,
    ],
    "a list": ["Task_Options:\n  task: [Denoising]", /task is \["Denoising"\], and must be/],
    "a section that is a text": ["Task_Options: Denoising", /Task_Options must hold settings/],
    "a list of sections": ["- Task_Options", /holds sections such as Task_Options/],
    "the name of a property": ["Task_Options:\n  __proto__: 1", /the setting "__proto__"/],
  };
  test.each(Object.entries(wrong))("%s", (_, [yaml, message]) => {
    const error = (() => {
      try {
        return readReferenceConfig(yaml, "old.yml");
      } catch (e) {
        return e as Error;
      }
    })();
    expect(error).toMatchObject({ code: "SPECTRAI_CONFIG_INVALID" });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toMatch(/^old\.yml: /);
  });

  test("what is not YAML", () => {
    expect(() => readReferenceConfig("a: [", "old.yml")).toThrow(/^old\.yml: /);
  });

  test("a config without a task", () => {
    expect(() =>
      convertReferenceConfig(settingsOf({ DataManager_Options: { data_format: "Spectra" } }, "old.yml")),
    ).toThrow("old.yml does not set Task_Options.task.");
  });
});
