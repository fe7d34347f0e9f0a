import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ErrorCode } from "@spectrai/core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectFailure, filesIn } from "./support/failure.ts";
import { npy } from "./support/files.ts";
import { spectrai, tinyConfig, workFolder } from "./support/spectrai.ts";

type Json = Readonly<Record<string, unknown>>;
type Files = Readonly<Record<string, string | Uint8Array>>;

const [height, width, bands] = [24, 40, 6];
const value = (i: number): number => 1 + Math.sin(i * 0.7) / 2;
const column = (i: number): number => Math.floor(i / bands) % width;
const cube = (of: (i: number) => number = value, shape: readonly number[] = [height, width, bands]): Uint8Array =>
  npy(shape, of);
const mask = (of: (i: number) => number, shape: readonly number[] = [height, width]): Uint8Array => npy(shape, of);
const files = { "cube.npy": cube(), "mask.npy": mask((i) => 1 + (i % 2)) };

const header = (changes: Json = {}): string =>
  [
    "ENVI",
    ...Object.entries({
      samples: width,
      lines: height,
      bands,
      "data type": 4,
      interleave: "bip",
      "byte order": 0,
      ...changes,
    }).map(([key, entry]) => `${key} = ${String(entry)}`),
    "",
  ].join("\n");
const raw = new Uint8Array(Float32Array.from({ length: height * width * bands }, (_, i) => value(i)).buffer);
const envi = (changes: Json): Files => ({ "c.hdr": header(changes), "c.dat": raw });

const unet = { name: "unet", width: 2, depth: 1 };
const config = (task: string, data: Json, more: Json): Json => ({
  plugins: [...(tinyConfig["plugins"] as string[]), "@spectrai/models-unet", "@spectrai/models-rcan"],
  task,
  data: { name: "cubes", input: "cube.npy", axis: { unit: "nm", start: 450, stop: 700 }, patch: 8, ...data },
  split: { name: "strips", guard: 2, train: 0.5 },
  model: unet,
  preprocess: [],
  baselines: [],
  train: { epochs: 1, minSteps: null, batchSize: 4 },
  backend: "cpu",
  ...more,
});
const segmentation = (data: Json = {}, more: Json = {}): Json =>
  config("segmentation", { target: "mask.npy", ...data }, more);
const denoising = (data: Json = {}, more: Json = {}): Json =>
  config("denoising", data, { degrade: ["mixed-noise"], ...more });
const enlarging = (data: Json = {}, more: Json = {}): Json =>
  config("super-resolution", data, {
    degrade: [{ name: "downsample", scale: 2 }],
    model: { name: "rcan", width: 4, groups: 1, blocks: 1 },
    ...more,
  });
/** With the axis of the file. */
const ofFile = { input: "c.hdr", axis: undefined };

type Case = readonly [what: string, config: Json, files: Files, code: ErrorCode, says: RegExp];

const refused = async (_: string, given: Json, more: Files, code: ErrorCode, says: RegExp): Promise<void> => {
  const folder = workFolder({ ...files, ...more, "spectrai.config.json": JSON.stringify(given) });
  const before = filesIn(folder);
  const sentence = expectFailure(await spectrai(folder, ["train", "--json"]), code);
  expect(sentence).toMatch(says);
  expect(filesIn(folder), "nothing is left behind").toEqual(before);
};

describe("an ENVI image", () => {
  it.each<Case>([
    [
      "of another size than its header says",
      segmentation(ofFile),
      envi({ lines: 25 }),
      "SPECTRAI_FILE_DAMAGED",
      /c\.dat.*c\.hdr.*25 lines × 40 samples × 6 bands.*24000 bytes.*it has 23040; mend the header/,
    ],
    [
      "without its raw file",
      segmentation(ofFile),
      { "c.hdr": header() },
      "SPECTRAI_FILE_NOT_FOUND",
      /c\.hdr is an ENVI header without its raw file.*c\.dat.*put it there/,
    ],
    [
      "without its header",
      segmentation({ input: "c.dat" }),
      { "c.dat": raw },
      "SPECTRAI_FILE_UNSUPPORTED",
      /c\.dat.*needs its ENVI header/,
    ],
    [
      "of an interleave that does not exist",
      segmentation(ofFile),
      envi({ interleave: "bpi" }),
      "SPECTRAI_FILE_DAMAGED",
      /c\.hdr.*"interleave" is "bpi", where bsq, bil or bip is needed/,
    ],
    [
      "with too few wavelengths",
      segmentation(ofFile),
      envi({ wavelength: "{450, 500, 550}", "wavelength units": "Nanometers" }),
      "SPECTRAI_FILE_DAMAGED",
      /c\.hdr.*"wavelength" has 3 values.*6 bands; mend the list/,
    ],
    [
      "without a good band",
      segmentation(ofFile),
      envi({ bbl: "{0, 0, 0, 0, 0, 0}" }),
      "SPECTRAI_DATA_EMPTY",
      /bad-band list of c\.hdr leaves no band; it has 1 for a band that is used/,
    ],
  ])("%s", refused);
});

describe("an image", () => {
  const nothingLeft = cube((i) => (column(i) < 20 ? -1 : value(i)));
  const nothingRight = cube((i) => (column(i) >= 20 ? -1 : value(i)));
  it.each<Case>([
    [
      "without bands",
      segmentation({ input: "mask.npy" }),
      {},
      "SPECTRAI_DATA_SHAPE",
      /mask\.npy.*\[24, 40\].*rows, columns and bands/,
    ],
    [
      "with a list of wavelengths of another length",
      segmentation({ axis: { unit: "nm", file: "w.npy" } }),
      { "w.npy": npy([5], (i) => 450 + i) },
      "SPECTRAI_DATA_AXIS",
      /w\.npy has no axis of 6 values.*holds data \[5\]/,
    ],
    [
      "of nothing but no data",
      segmentation({ input: "n.npy", noData: -1 }),
      { "n.npy": cube(() => -1) },
      "SPECTRAI_DATA_EMPTY",
      /n\.npy has no data anywhere: all of its values are -1.*noData/,
    ],
    [
      "without data in the training part",
      segmentation({ input: "n.npy", noData: -1 }),
      { "n.npy": nothingLeft },
      "SPECTRAI_DATA_EMPTY",
      /training part holds no pixel with a label and data.*split.*noData/,
    ],
    [
      "without data in the test part",
      denoising({ input: "n.npy", noData: -1 }),
      { "n.npy": nothingRight },
      "SPECTRAI_DATA_EMPTY",
      /test part holds no pixel with data/,
    ],
    [
      "with a value that is no number",
      segmentation({ input: "n.npy" }),
      { "n.npy": cube((i) => (i === 1000 ? NaN : value(i))) },
      "SPECTRAI_DATA_VALUE",
      /n\.npy, row 4, column 6, band 4 .*NaN.*noData: nan/,
    ],
    [
      "smaller than a patch in its training part",
      segmentation({ patch: 22 }),
      {},
      "SPECTRAI_DATA_SHAPE",
      /training part of cube\.npy has 19 × 20 pixels.*patch of 22 × 22.*smaller patch/,
    ],
    [
      "of other bands than the first",
      segmentation({ input: "in", target: "out" }),
      {
        "in/a.npy": files["cube.npy"],
        "in/b.npy": cube(value, [height, width, 5]),
        "out/a.npy": files["mask.npy"],
        "out/b.npy": files["mask.npy"],
      },
      "SPECTRAI_DATA_LENGTH",
      /in\/a\.npy has 6 bands, in\/b\.npy has 5/,
    ],
    [
      "without bands of the range that is asked for",
      segmentation({}, { preprocess: [{ name: "pick-bands", ranges: [[900, 1000]] }] }),
      {},
      "SPECTRAI_DATA_AXIS",
      /pick-bands.*900.*1000/,
    ],
    [
      "without the variable that tells good bands",
      segmentation({ goodBands: "good" }),
      {},
      "SPECTRAI_CONFIG_INVALID",
      /cube\.npy has no numeric variable "good"/,
    ],
  ])("%s", refused);
});

describe("a mask", () => {
  it.each<Case>([
    [
      "of another size",
      segmentation({ target: "m.npy" }),
      { "m.npy": mask(() => 1, [height, 39]) },
      "SPECTRAI_DATA_SHAPE",
      /cube\.npy has 24 × 40 pixels.*m\.npy has 24 × 39/,
    ],
    [
      "with labels beyond the classes",
      segmentation({ target: "m.npy", classNames: ["a", "b"] }),
      { "m.npy": mask((i) => 1 + (i % 3)) },
      "SPECTRAI_DATA_LABEL",
      /m\.npy, row 0, column 2 .*label 3 is out of range: 2 classes have the values 1 to 2.*classNames/,
    ],
    [
      "with one class",
      segmentation({ target: "m.npy" }),
      { "m.npy": mask(() => 1) },
      "SPECTRAI_DATA_LABEL",
      /only one class \(first: m\.npy\)/,
    ],
    [
      "that is not there for every image",
      segmentation({ input: "in", target: "out" }),
      { "in/a.npy": files["cube.npy"], "in/b.npy": files["cube.npy"], "out/a.npy": files["mask.npy"] },
      "SPECTRAI_FILE_NOT_FOUND",
      /in\/b\.npy has no target: out holds no file named b\.\*/,
    ],
  ])("%s", refused);
});

describe("a split", () => {
  it.each<Case>([
    [
      "with an empty part",
      segmentation({}, { split: { name: "strips", train: 0.98, guard: 4 } }),
      {},
      "SPECTRAI_DATA_SPLIT",
      /test part would be empty.*guard band/,
    ],
    [
      "into strips, of spectra",
      { ...tinyConfig, split: { name: "strips" } },
      {},
      "SPECTRAI_DATA_SPLIT",
      /strips divides the pixels of images.*use random, block or group/,
    ],
    [
      "by classes, without a mask",
      denoising({}, { split: { name: "class-rows" } }),
      {},
      "SPECTRAI_DATA_SPLIT",
      /class-rows goes by the classes of pixels.*cube\.npy is no mask; use strips/,
    ],
    [
      "of whole images, of which there is one",
      segmentation({}, { split: { name: "random" } }),
      {},
      "SPECTRAI_DATA_SPLIT",
      /random takes images as a whole: strips, image-blocks and class-rows divide/,
    ],
  ])("%s", refused);
});

describe("inputs made from clean images", () => {
  it.each<Case>([
    [
      "that have a target already",
      denoising({ target: "cube.npy" }),
      {},
      "SPECTRAI_CONFIG_INVALID",
      /degrade: .*has targets of its own; leave out degrade/,
    ],
    [
      "by what changes the target as well",
      denoising({}, { degrade: ["horizontal-flip"] }),
      {},
      "SPECTRAI_CONFIG_INVALID",
      /degrade\[0\]: horizontal-flip changes the target as well/,
    ],
    [
      "by a scale larger than the patch",
      enlarging({ patch: 4 }, { degrade: [{ name: "downsample", scale: 8 }] }),
      {},
      "SPECTRAI_DATA_SHAPE",
      /4 × 4 pixels cannot be made 8 times coarser; use larger images or patches, or a smaller scale/,
    ],
    [
      "which are missing, with no finer target",
      enlarging({}, { degrade: [] }),
      {},
      "SPECTRAI_TASK_UNSUITABLE",
      /super-resolution needs a spectral target.*make inputs from clean data with degrade/,
    ],
    [
      "whose target is no whole number of times finer",
      enlarging({ target: "t.npy" }, { degrade: [] }),
      { "t.npy": cube(value, [36, 60, bands]) },
      "SPECTRAI_DATA_SHAPE",
      /24 × 40 pixels.*t\.npy has 36 × 60.*no whole multiple/,
    ],
  ])("%s", refused);
});

describe("apply", () => {
  let folder: string;
  const run = (name: string): string => `${name}/${readdirSync(join(folder, name))[0]}`;
  beforeAll(async () => {
    folder = workFolder({
      ...files,
      "five.npy": cube(value, [height, width, 5]),
      "nan.npy": cube((i) => (i === 1000 ? NaN : value(i))),
      "photo.jpg": "no image",
      "table.csv": "450,500\n1,2\n3,4\n",
      "alone.hdr": header(),
      "short.hdr": header({ lines: 30 }),
      "short.dat": raw,
      "far.hdr": header({ wavelength: "{1450,1500,1550,1600,1650,1700}", "wavelength units": "Nanometers" }),
      "far.dat": raw,
    });
    const models = {
      labels: segmentation(),
      numbered: segmentation({ axis: undefined }),
      clean: denoising(),
    };
    for (const [name, given] of Object.entries(models)) {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(given));
      const { code, stderr } = await spectrai(folder, ["train", "-q", "-c", `${name}.json`, "-o", name]);
      expect(code, stderr).toBe(0);
    }
  }, 120_000);

  type ApplyCase = readonly [
    what: string,
    args: readonly [model: string, ...flags: string[]],
    code: ErrorCode,
    says: RegExp,
    exit?: number,
  ];
  const cases: readonly ApplyCase[] = [
    ["to other bands", ["labels", "five.npy"], "SPECTRAI_DATA_AXIS", /five\.npy has 5 bands.*takes 6.*--axis/],
    [
      "to other bands, where they are only numbered",
      ["numbered", "five.npy"],
      "SPECTRAI_MODEL_MISMATCH",
      /^five\.npy: .*takes 6 bands, not 5; give an image/,
    ],
    ["to other wavelengths", ["labels", "far.dat"], "SPECTRAI_DATA_AXIS", /^far\.dat: .*1450–1700 nm.*450–700 nm/],
    ["to what is no image", ["labels", "photo.jpg"], "SPECTRAI_FILE_UNSUPPORTED", /photo\.jpg/],
    ["to a table", ["labels", "table.csv"], "SPECTRAI_DATA_SHAPE", /table\.csv.*takes a cube/],
    ["to a mask", ["labels", "mask.npy"], "SPECTRAI_DATA_SHAPE", /mask\.npy.*\[24, 40\].*takes a cube/],
    ["to a value that is no number", ["clean", "nan.npy"], "SPECTRAI_DATA_VALUE", /nan\.npy: row 4, column 6, band 4/],
    ["to half an ENVI image", ["labels", "alone.hdr"], "SPECTRAI_FILE_NOT_FOUND", /alone\.hdr.*without its raw file/],
    ["to a raw file of another size", ["labels", "short.dat"], "SPECTRAI_FILE_DAMAGED", /short\.dat.*28800.*23040/],
    ["to a file that is not there", ["labels", "gone.npy"], "SPECTRAI_FILE_NOT_FOUND", /gone\.npy/],
    [
      "with a cube as a picture",
      ["clean", "cube.npy", "--format", "png"],
      "SPECTRAI_DATA_SHAPE",
      /6 bands of float32 cannot be written as PNG.*Write \.tif or \.npy/,
    ],
    ["with an unknown format", ["labels", "cube.npy", "--format", "jpg"], "SPECTRAI_FILE_UNSUPPORTED", /\.jpg.*\.tif/],
    ["in tiles of four pixels", ["labels", "cube.npy", "--tile", "4"], "SPECTRAI_USAGE", /--tile 4/, 2],
    ["with flips that do not exist", ["labels", "cube.npy", "--tta", "some"], "SPECTRAI_USAGE", /flips, all/, 2],
  ];
  it.each(cases.map((c) => ({ what: c[0], wrong: c })))("$what", async ({ wrong }) => {
    const [, [model, ...args], code, says, exit = 1] = wrong;
    const before = filesIn(folder);
    const ran = await spectrai(folder, ["apply", run(model), ...args, "--json"]);
    expect(expectFailure(ran, code, exit)).toMatch(says);
    expect(filesIn(folder), "nothing is left behind").toEqual(before);
  });
});
