import { crc32, deflateSync } from "node:zlib";
import { type ByteSink, type Dataset, type FileContent, ndarray, type NdArray, type Writer } from "@spectrai/core";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { concat } from "../src/bytes/source.ts";
import { cubes, cubesSchema, npyWriter, pngWriter } from "../src/index.ts";
import { written } from "./collect.ts";
import { collectingLogger, memoryFiles, ownFormats } from "./memory-files.ts";
import { example } from "./samples.ts";
import { tiffBytes } from "./tiff-samples.ts";

const npy = (array: NdArray): Promise<Uint8Array> =>
  written(npyWriter.create({}, {}) as Writer, { variables: { x: array } });
/** 2 × 3 indices into a palette, made by hand (W3C PNG, sections 5 and 11). */
function palettePng(colors: readonly (readonly number[])[], indices: readonly number[]): Uint8Array {
  const chunk = (type: string, body: readonly number[] | Uint8Array): Buffer => {
    const content = Buffer.concat([Buffer.from(type), Buffer.from(body)]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    check.writeUInt32BE(crc32(content));
    return Buffer.concat([length, content, check]);
  };
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", [0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0]),
    chunk("PLTE", colors.flat()),
    chunk("IDAT", deflateSync(Uint8Array.from([0, ...indices.slice(0, 3), 0, ...indices.slice(3)]))),
    chunk("IEND", []),
  ]);
}

/** The image without its legend. */
async function png(content: FileContent): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const sink: ByteSink = { write: (b) => Promise.resolve(void parts.push(b.slice())) };
  const legend: ByteSink = { write: () => Promise.resolve() };
  await (await pngWriter.create({}, {})).write(content, sink, () => Promise.resolve(legend));
  return concat(parts);
}

async function open(mask: string, bytes: Uint8Array, options: Record<string, unknown>): Promise<Dataset> {
  return cubes.create(cubesSchema.parse({ input: "a.npy", target: mask, ...options }), {
    files: memoryFiles({ "a.npy": await npy(example(2, 3, 4)), [mask]: bytes }),
    formats: ownFormats(),
    logger: collectingLogger(),
    seed: 1,
  });
}
const labelsOf = async (set: Dataset): Promise<number[]> => {
  const { target } = await set.read(0);
  if (target.kind !== "mask") throw new Error(target.kind);
  return Array.from(target.value.data);
};

const [red, green, blue, grey] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [153, 0, 0],
] as const;
const pixels = [red, green, grey, blue, red, red];
const labels = [0, 1, -1, 2, 0, 0];
const options = {
  classColors: { Buildings: "#FF0000", Vegetation: [0, 255, 0], Roads: "#0000ff" },
  ignoreColors: ["#990000"],
};
const channels = (each: (color: readonly number[]) => readonly number[]): number[] => pixels.flatMap(each);

describe("masks that are pictures in colours", () => {
  const rgb = Uint8Array.from(channels((c) => c));
  const rgba = Uint8Array.from(channels((c) => [...c, c === green ? 0 : 200]));
  const indices = Uint8Array.of(0, 1, 3, 2, 0, 0);
  const palette = {
    variables: { map: ndarray(indices, [2, 3]) },
    classes: [red, green, blue, grey].map((color, k) => ({ name: `c${k}`, color })),
  };
  const cases: [string, string, () => Promise<Uint8Array> | Uint8Array, number[]][] = [
    ["PNG, 3 channels", "m.png", () => encode({ width: 3, height: 2, channels: 3, data: rgb }), labels],
    [
      "PNG, 4 channels, of which opacity 0 is no label",
      "m.png",
      () => encode({ width: 3, height: 2, channels: 4, data: rgba }),
      labels.map((l) => (l === 1 ? -1 : l)),
    ],
    ["PNG with a palette", "m.png", () => png(palette), labels],
    ["PNG with a palette of its own", "m.png", () => palettePng([red, green, blue, grey], [...indices]), labels],
    ["TIFF with a palette", "m.tif", () => tiffBytes(palette), labels],
    ["TIFF, 3 channels", "m.tif", () => tiffBytes({ variables: { x: ndarray(rgb, [2, 3, 3]) } }), labels],
    ["NumPy", "m.npy", () => npy(ndarray(rgb, [2, 3, 3])), labels],
    ["NumPy of float64", "m.npy", () => npy(ndarray(Float64Array.from(rgb), [2, 3, 3])), labels],
    ["NumPy of int64", "m.npy", () => npy(ndarray(BigInt64Array.from([...rgb].map(BigInt)), [2, 3, 3])), labels],
  ];
  it.each(cases)("%s", async (_, name, bytes, expected) => {
    const set = await open(name, await bytes(), options);
    expect(set.spec.target).toEqual({ kind: "mask", classes: ["Buildings", "Vegetation", "Roads"], ignored: -1 });
    expect(await labelsOf(set)).toEqual(expected);
    // A row of them, as balanced patches and splits ask for.
    expect(Array.from((await set.images!.labels!(0, [1, 2])).data)).toEqual(expected.slice(3));
  });
});

describe("what is wrong with colours", () => {
  const rgb = Uint8Array.from(channels((c) => c));
  const picture = encode({ width: 3, height: 2, channels: 3, data: rgb });
  const unknown = /m\.png, row 0, column 2 \(counted from 0\): the colour #990000 stands for no class/;
  const cases: [string, string, Uint8Array | Promise<Uint8Array>, Record<string, unknown>, string, RegExp][] = [
    ["a colour that has no class", "m.png", picture, { ...options, ignoreColors: [] }, "SPECTRAI_DATA_LABEL", unknown],
    [
      "values that are no colours",
      "m.npy",
      npy(
        ndarray(
          Float32Array.from(rgb, (v, i) => (i === 12 ? 0.5 : v)),
          [2, 3, 3],
        ),
      ),
      options,
      "SPECTRAI_DATA_LABEL",
      /row 1, column 1 .*the colour \(0\.5, 0, 0\) stands for no class/,
    ],
    [
      "16 bits a channel",
      "m.png",
      encode({ width: 3, height: 2, channels: 3, depth: 16, data: Uint16Array.from(rgb, (v) => 257 * v) }),
      options,
      "SPECTRAI_DATA_LABEL",
      /row 0, column 0 .*the colour \(65535, 0, 0\)/,
    ],
    [
      "an index beyond the palette",
      "m.png",
      palettePng([red, green], [0, 1, 9, 0, 0, 0]),
      { classColors: options.classColors },
      "SPECTRAI_DATA_LABEL",
      /row 0, column 2 .*the colour \(9\) stands for no class/,
    ],
    [
      "one value a pixel without a palette",
      "m.png",
      encode({ width: 3, height: 2, channels: 1, data: Uint8Array.of(1, 2, 1, 2, 1, 2) }),
      options,
      "SPECTRAI_DATA_SHAPE",
      /one value a pixel and no palette/,
    ],
    [
      "channels in front",
      "m.npy",
      npy(ndarray(Uint8Array.from({ length: 3 * 2 * 5 }), [3, 2, 5])),
      options,
      "SPECTRAI_DATA_SHAPE",
      /shape \[3, 2, 5\], where a picture in colours needs rows, columns and 3 channels/,
    ],
    [
      "two classes of one colour",
      "m.png",
      picture,
      { classColors: { a: "#ff0000", b: [255, 0, 0] } },
      "SPECTRAI_CONFIG_INVALID",
      /#ff0000 stands for "a" and for "b"/,
    ],
    [
      "a class whose colour is ignored",
      "m.png",
      picture,
      { ...options, ignoreColors: [[255, 0, 0]] },
      "SPECTRAI_CONFIG_INVALID",
      /#ff0000 stands for "Buildings" and for no label/,
    ],
    ["one class", "m.png", picture, { classColors: { a: "#ff0000" } }, "SPECTRAI_CONFIG_INVALID", /only one class/],
    [
      "a picture of another size",
      "m.png",
      encode({ width: 2, height: 3, channels: 3, data: rgb }),
      options,
      "SPECTRAI_DATA_SHAPE",
      /2 × 3 pixels, but its target m\.png has 3 × 2/,
    ],
    [
      "no classColors",
      "m.png",
      picture,
      { targetAs: "mask" },
      "SPECTRAI_DATA_SHAPE",
      /of a picture in colours, classColors tells the classes/,
    ],
  ];
  it.each(cases)("%s", async (_, name, bytes, given, code, message) => {
    const attempt = Promise.resolve(bytes)
      .then((b) => open(name, b, given))
      .then(labelsOf);
    await expect(attempt).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each([
    [{ classColors: { a: "red", b: "#00ff00" } }, /#rrggbb/],
    [{ classColors: { a: [256, 0, 0], b: "#00ff00" } }, /classColors/],
    [{ ignoreColors: ["#000000"] }, /is of use with classColors only/],
    [{ ...options, classNames: ["a", "b", "c"] }, /names the classes already/],
    [{ ...options, ignore: [3] }, /say ignoreColors instead/],
    [{ ...options, targetAs: "abundance" }, /the target is a mask, not abundance/],
  ])("options %o", (given, message) => {
    const { success, error } = cubesSchema.safeParse({ input: "a", target: "b", ...given });
    expect(success).toBe(false);
    expect(error!.message).toMatch(message);
  });
});
