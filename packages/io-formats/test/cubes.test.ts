import { linearAxis, ndarray, type Dataset, type NdArray, type Writer } from "@spectrai/core";
import { allTraining } from "./all-training.ts";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { cubes, cubesSchema, npyWriter, npzWriter } from "../src/index.ts";
import { written } from "./collect.ts";
import { collectingLogger, memoryFiles, ownFormats } from "./memory-files.ts";
import { example } from "./samples.ts";

type Contents = Record<string, Uint8Array | string>;
const open = (
  contents: Contents | ReturnType<typeof memoryFiles>,
  options: Record<string, unknown>,
): Promise<Dataset> =>
  Promise.resolve(
    cubes.create(cubesSchema.parse(options), {
      files:
        typeof contents["list"] === "function"
          ? (contents as ReturnType<typeof memoryFiles>)
          : memoryFiles(contents as Contents),
      formats: ownFormats(),
      logger: collectingLogger(),
      seed: 1,
    }),
  );
const npy = (array: NdArray): Promise<Uint8Array> =>
  written(npyWriter.create({}, {}) as Writer, { variables: { x: array } });
const png = (height: number, width: number, value: (i: number) => number): Uint8Array =>
  encode({ width, height, channels: 1, data: Uint8Array.from({ length: width * height }, (_, i) => value(i)) });

describe("images", () => {
  it("whole, in either layout", async () => {
    const cube = example(3, 4, 5);
    const turned = ndarray(
      Float64Array.from({ length: 60 }, (_, i) => cube.data[(i % 12) * 5 + Math.floor(i / 12)]!),
      [5, 3, 4],
    );
    for (const [array, layout] of [
      [cube, "H,W,C"],
      [turned, "C,H,W"],
    ] as const) {
      const set = await open({ "a.npy": await npy(array) }, { input: "a.npy", layout });
      expect(set.spec).toMatchObject({ data: "cube", shape: [3, 4, 5], target: { kind: "none" } });
      expect((await set.read(0)).input).toMatchObject({ shape: [3, 4, 5], data: cube.data });
    }
  });

  it("of integers as float32, of different sizes with 0 in the shape", async () => {
    const set = await open(
      {
        "x/a.npy": await npy(
          ndarray(
            Uint16Array.from({ length: 24 }, (_, i) => i),
            [2, 3, 4],
          ),
        ),
        "x/b.npy": await npy(example(5, 3, 4)),
      },
      { input: "x" },
    );
    expect(set.spec.shape).toEqual([0, 3, 4]);
    expect((await set.read(0)).input.data).toEqual(Float32Array.from({ length: 24 }, (_, i) => i));
  });

  it("in patches that cover the image, reading no more of the file than they need", async () => {
    const cube = example(100, 70, 30);
    const files = memoryFiles({ "a.npy": await npy(cube) });
    const set = await allTraining(await open(files, { input: "a.npy", patch: 32 }));
    expect(set.samples.map((s) => s.id)).toEqual(
      [0, 32, 64, 68].flatMap((y) => [0, 32, 38].map((x) => `a.npy@${y},${x}`)),
    );
    expect(new Set(set.samples.map((s) => s.group))).toEqual(new Set(["a.npy"]));
    const before = files.read["a.npy"]!;
    const { input } = await set.read(11);
    expect(files.read["a.npy"]! - before).toBeLessThan(32 * 70 * 30 * 8 + 4096);
    for (const [y, x, b] of [
      [0, 0, 0],
      [31, 31, 29],
      [5, 17, 3],
    ] as const)
      expect(input.data[(y * 32 + x) * 30 + b]).toBe(cube.data[((68 + y) * 70 + 38 + x) * 30 + b]);
    const dense = await allTraining(await open(files, { input: "a.npy", patch: 64, stride: 6 }));
    expect(dense.samples.map((s) => s.id)).toEqual(
      [0, 6, 12, 18, 24, 30, 36].flatMap((y) => [0, 6].map((x) => `a.npy@${y},${x}`)),
    );
  });

  it("without their bad bands, the axis with them", async () => {
    const axis = linearAxis(400, 700, 4, "nm");
    const bbl = ndarray(Uint8Array.of(1, 0, 1, 1));
    const cube = example(2, 3, 4);
    const turned = ndarray(
      Float64Array.from({ length: 24 }, (_, i) => cube.data[(i % 6) * 4 + Math.floor(i / 6)]!),
      [4, 2, 3],
    );
    for (const [array, layout] of [
      [cube, "H,W,C"],
      [turned, "C,H,W"],
    ] as const) {
      const file = await written(npzWriter.create({ compress: false }, {}) as Writer, {
        variables: { cube: array, bbl },
        axis,
      });
      const set = await open({ "a.npz": file }, { input: "a.npz", goodBands: "bbl", layout });
      expect(set.spec.axis.values).toEqual(Float64Array.of(400, 600, 700));
      expect((await set.read(0)).input.data).toEqual(cube.data.filter((_, i) => i % 4 !== 1));
    }
  });
});

describe("pixels without data", () => {
  it("do not count, however often and in whatever format they are read", async () => {
    const cube = example(4, 3, 2);
    cube.data[(2 * 3 + 1) * 2] = NaN;
    const zip = (compress: boolean) => written(npzWriter.create({ compress }, {}) as Writer, { variables: { cube } });
    const contents = { "a.npy": await npy(cube), "a.npz": await zip(true), "b.npz": await zip(false) };
    for (const input of Object.keys(contents)) {
      const set = await open(contents, { input, noData: "nan" });
      for (let time = 0; time < 2; time++) {
        const { input: x } = await set.read(0);
        expect(Array.from(x.valid!)).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1]);
        expect(Array.from(x.data.subarray(14, 16))).toEqual([0, 0]);
        expect(x.data.every(Number.isFinite)).toBe(true);
      }
    }
  });
});

describe("targets", () => {
  it("masks: value − 1 is the class, 0 has no label, and patches move with the image", async () => {
    const contents = {
      "img/a.npy": await npy(example(4, 6, 3)),
      "img/b.npy": await npy(example(4, 6, 3)),
      "mask/a.png": png(4, 6, (i) => i % 4),
      "mask/b.png": png(4, 6, () => 1),
    };
    const set = await allTraining(await open(contents, { input: "img", target: "mask", patch: 2 }));
    expect(set.spec.target).toEqual({ kind: "mask", classes: ["1", "2", "3"], ignored: -1 });
    const { target } = await set.read(1);
    // Rows 0 and 1, columns 2 and 3 of pixel values 0 1 2 3 0 1 / 2 3 0 1 2 3.
    expect(target).toEqual({
      kind: "mask",
      value: { data: Int32Array.of(1, 2, -1, 0), shape: [2, 2], dtype: "int32", ignored: -1 },
    });
    const shifted = await open(contents, {
      input: "img",
      target: "mask",
      firstClass: 0,
      ignore: [3],
      classNames: ["a", "b", "c"],
    });
    expect((await shifted.read(0)).target).toMatchObject({
      value: { data: expect.objectContaining({ 0: 0, 1: 1, 2: 2, 3: -1 }) },
    });
  });

  it("cubes, also on finer grids", async () => {
    const contents = { "a.npy": await npy(example(2, 3, 4)), "b.npy": await npy(example(4, 6, 4)) };
    const set = await open(contents, { input: "a.npy", target: "b.npy" });
    expect(set.spec.target).toMatchObject({ kind: "spectral", shape: [4, 6, 4] });
    const { target } = await set.read(0);
    expect(target.kind === "spectral" && target.value.data).toEqual(example(4, 6, 4).data);
    const patches = await allTraining(await open(contents, { input: "a.npy", target: "b.npy", patch: 2 }));
    expect(patches.spec).toMatchObject({ shape: [2, 2, 4], target: { shape: [4, 4, 4], scale: 2 } });
    const second = (await patches.read(1)).target;
    expect(second.kind === "spectral" && Array.from(second.value.data.subarray(0, 4))).toEqual(
      Array.from(example(4, 6, 4).data.subarray(2 * 4, 3 * 4)),
    );
    const uneven = { "a.npy": await npy(example(2, 3, 4)), "b.npy": await npy(example(4, 5, 4)) };
    await expect(open(uneven, { input: "a.npy", target: "b.npy" })).rejects.toMatchObject({
      code: "SPECTRAI_DATA_SHAPE",
      message: expect.stringContaining("2 × 3 pixels, but its target b.npy has 4 × 5, which is no whole multiple"),
    });
  });

  it("classes from folders", async () => {
    const cube = await npy(example(2, 2, 3));
    const set = await open({ "d/oak/1.npy": cube, "d/ash/1.npy": cube }, { input: "d" });
    expect(set.spec.target).toEqual({ kind: "class", classes: ["ash", "oak"] });
    expect(set.samples.map((s) => s.class)).toEqual([0, 1]);
    expect((await set.read(1)).target).toEqual({ kind: "class", value: 1 });
  });
});

describe("what is wrong with the data", () => {
  const withNaN = example(2, 3, 4);
  withNaN.data[(1 * 3 + 2) * 4 + 1] = NaN;
  const cases: [string, () => Promise<Contents>, Record<string, unknown>, string, RegExp][] = [
    [
      "spectra where images are due",
      async () => ({ "a.npy": await npy(example(5, 4)) }),
      { input: "a.npy" },
      "SPECTRAI_DATA_SHAPE",
      /\[5, 4\].*"spectra"/,
    ],
    [
      "bands that differ",
      async () => ({ "x/a.npy": await npy(example(2, 2, 3)), "x/b.npy": await npy(example(2, 2, 4)) }),
      { input: "x" },
      "SPECTRAI_DATA_LENGTH",
      /x\/a\.npy has 3 bands, x\/b\.npy has 4/,
    ],
    [
      "a patch larger than the image",
      async () => ({ "a.npy": await npy(example(2, 9, 3)) }),
      { input: "a.npy", patch: 4 },
      "SPECTRAI_DATA_SHAPE",
      /2 × 9 pixels, less than a patch of 4 × 4/,
    ],
    [
      "a mask of another size",
      async () => ({ "a.npy": await npy(example(2, 3, 4)), "m.png": png(3, 3, () => 1) }),
      { input: "a.npy", target: "m.png" },
      "SPECTRAI_DATA_SHAPE",
      /2 × 3 pixels, but its target m\.png has 3 × 3/,
    ],
    [
      "a mask without labels",
      async () => ({ "a.npy": await npy(example(2, 3, 4)), "m.png": png(2, 3, () => 0) }),
      { input: "a.npy", target: "m.png" },
      "SPECTRAI_DATA_LABEL",
      /no label/,
    ],
    [
      "a picture in colours for a mask",
      async () => ({ "a.npy": await npy(example(2, 3, 4)), "m.npy": await npy(example(2, 3, 3)) }),
      { input: "a.npy", target: "m.npy", targetAs: "mask" },
      "SPECTRAI_DATA_SHAPE",
      /picture in colours/,
    ],
    [
      "labels out of range",
      async () => ({ "a.npy": await npy(example(2, 3, 4)), "m.png": png(2, 3, (i) => i) }),
      { input: "a.npy", target: "m.png", classNames: ["a", "b", "c"] },
      "SPECTRAI_DATA_LABEL",
      /m\.png, row 1, column 1 .*label 4 is out of range: 3 classes have the values 1 to 3/,
    ],
    [
      "a label that is no whole number",
      async () => ({
        "a.npy": await npy(example(1, 2, 4)),
        "m.npy": await npy(ndarray(Float64Array.of(1, 1.5), [1, 2])),
      }),
      { input: "a.npy", target: "m.npy" },
      "SPECTRAI_DATA_LABEL",
      /label 1\.5 is not a whole number/,
    ],
    [
      "NaN",
      async () => ({ "a.npy": await npy(withNaN) }),
      { input: "a.npy" },
      "SPECTRAI_DATA_VALUE",
      /a\.npy, row 1, column 2, band 1 .*NaN/,
    ],
  ];
  it.each(cases)("%s", async (_, contents, options, code, message) => {
    const attempt = contents()
      .then((c) => open(c, options))
      .then((set) => allTraining(set))
      .then((set) => set.read(0));
    await expect(attempt).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
