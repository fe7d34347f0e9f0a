import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ndarray, type NdArray, type Region, rng } from "@spectrai/core";
import { dataFolder, testReader } from "@spectrai/testing";
import { fromArrayBuffer } from "geotiff";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/bytes/source.ts";
import { tiffReader } from "../src/index.ts";
import { unpackLzw } from "../src/tiff/lzw.ts";
import { openTiff } from "../src/tiff/open.ts";
import { tag } from "../src/tiff/tags.ts";
import { doubles, long, positions, short, shorts } from "../src/tiff/write-directory.ts";
import { memoryFiles } from "./memory-files.ts";
import { bitImage, omeStack, tiffFiles } from "./tiff-files.ts";
import { entryAt, patched, rawTiff, tiffBytes, tiny } from "./tiff-samples.ts";

const open = (bytes: Uint8Array, name = "image.tif") => openTiff(bytesSource(name, bytes));
const read = async (bytes: Uint8Array, region?: Region): Promise<NdArray> => (await open(bytes)).read("data", region);
const file = (what: string): Uint8Array => tiffFiles.find(([name]) => name === what)![3];

for (const what of ["uint16 chunky strips", "int32 big-endian planar BigTIFF", "uint16 pages"])
  testReader(tiffReader, { name: "plain.tif", bytes: file(what) });
for (const what of [
  "int16 tiles deflate predictor big-endian",
  "float32 planar tiles deflate predictor",
  "uint8 LZW predictor",
])
  testReader(tiffReader, { name: "packed.tif", bytes: file(what), cuts: 100, flips: 150 });
testReader(tiffReader, { name: "stack.ome.tif", bytes: omeStack, cuts: 100, flips: 150 });

describe("tiff", () => {
  it.each(tiffFiles)("reads %s as tifffile wrote it", async (_, [h, w, l], dtype, bytes) => {
    const array = await read(bytes);
    expect(array.shape).toEqual([h, w, l]);
    expect(array.dtype).toBe(dtype === "float16" ? "float32" : dtype);
    const expected = Array.from({ length: h! * w! * l! }, (_v, i) => {
      const [y, x, b] = [Math.floor(i / (w! * l!)), Math.floor(i / l!) % w!, i % l!];
      const value = y * 11 + x * 3 + b * 50;
      return dtype.startsWith("float") ? value * 0.37 : dtype === "uint8" ? value % 256 : value;
    });
    if (dtype === "float16")
      // Half precision: 11 bits, so that the rounded value is within 2^-11 of the written one, and itself a half.
      for (const [i, v] of Array.from(array.data as Float32Array).entries())
        expect(Math.abs(v - expected[i]!)).toBeLessThanOrEqual(expected[i]! * 2 ** -11);
    else if (dtype === "uint64") expect(array.data).toEqual(BigUint64Array.from(expected, BigInt));
    else
      expect(Array.from(array.data as Float64Array)).toEqual(
        dtype === "float32" ? expected.map(Math.fround) : expected,
      );
  });

  it("agrees with geotiff on windows of every file that it reads", async () => {
    const random = rng(7, "windows", "tiff");
    for (const [what, [h, w, l], dtype, bytes] of tiffFiles) {
      // geotiff has no 64-bit integers, and undoes predictors in little-endian order whatever the file's.
      if (dtype === "uint64" || what === "uint16 pages" || /predictor big-endian/.test(what)) continue;
      const image = await (await fromArrayBuffer(bytes.slice().buffer)).getImage();
      for (let n = 0; n < 5; n++) {
        const range = (size: number): [number, number] => {
          const start = random.integer(size);
          return [start, start + 1 + random.integer(size - start)];
        };
        const [y, x, b] = [range(h!), range(w!), range(l!)];
        const samples = Array.from({ length: b[1] - b[0] }, (_, i) => b[0] + i);
        const expected = await image.readRasters({ window: [x[0], y[0], x[1], y[1]], samples, interleave: true });
        const got = await read(bytes, [y, x, b]);
        expect(Array.from(got.data as Float64Array), `${what} ${JSON.stringify([y, x, b])}`).toEqual(
          Array.from(expected as unknown as Float64Array),
        );
      }
    }
  });

  it("unpacks one bit a pixel", async () => {
    expect(await read(bitImage)).toEqual({
      data: Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1),
      shape: [2, 9],
      dtype: "uint8",
    });
  });

  it("reads no more of an uncompressed file than a region needs", async () => {
    const [h, w, l] = [60, 400, 40];
    const data = Float32Array.from({ length: h * w * l }, (_, i) => i);
    const files = memoryFiles({ "cube.tif": await tiffBytes({ variables: { x: ndarray(data, [h, w, l]) } }) });
    const opened = await openTiff(await files.open("cube.tif"));
    const head = files.read["cube.tif"]!;
    expect(head).toBeLessThan(8192);
    const got = await opened.read("data", [
      [50, 58],
      [20, 28],
      [0, l],
    ]);
    expect(files.read["cube.tif"]! - head).toBeLessThan(1.1 * 8 * 8 * l * 4 + 8192);
    expect(got.data[(3 * 8 + 5) * l + 7]).toBe((53 * w + 25) * l + 7);
  });

  it("puts each page where it belongs when pages differ", async () => {
    const first = await tiny();
    // A second directory behind the file: the same, but two rows.
    const entries = first.slice(8, entryAt(first, tag.sampleFormat) + 16);
    const both = new Uint8Array(first.length + entries.length);
    both.set(first);
    both.set(entries, first.length);
    const view = new DataView(both.buffer);
    const inSecond = (t: number): number => first.length + entryAt(first, t) - 8 + 8;
    view.setUint32(inSecond(tag.height), 2, true);
    view.setUint32(inSecond(tag.rowsPerStrip), 2, true);
    view.setUint32(inSecond(tag.stripBytes), 6, true);
    view.setUint32(entryAt(first, tag.sampleFormat) + 12, first.length, true);
    const opened = await open(both);
    expect(opened.variables.map((v) => [v.name, v.shape])).toEqual([
      ["page1", [4, 3]],
      ["page2", [2, 3]],
    ]);
    expect(Array.from((await opened.read("page2")).data as Uint8Array)).toEqual([0, 1, 2, 3, 4, 5]);
    // Marked as a reduced copy of the first, it is no page.
    view.setUint16(first.length + 2, tag.subfileType, true);
    expect((await open(both)).variables.length).toBe(1);
  });
});

describe("tiff of damaged or hostile content", () => {
  const refused = async (bytes: Uint8Array, code: string, message: string): Promise<void> => {
    await expect(read(bytes)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  };

  it("finds pages that run in a circle", async () => {
    const bytes = await tiny();
    const end = entryAt(bytes, tag.sampleFormat) + 12;
    new DataView(bytes.buffer).setUint32(end, 8, true);
    await refused(bytes, "SPECTRAI_FILE_DAMAGED", "run in a circle at byte 8");
    new DataView(bytes.buffer).setUint32(end, bytes.length - 1, true);
    await refused(bytes, "SPECTRAI_FILE_DAMAGED", "a page should begin at byte");
  });

  it.each([
    ["an impossible number of tags", 0, "announces 65535 tags"],
    ["an image without pixels", tag.width, "0 pixels with 1 values"],
    ["no rows in a strip", tag.rowsPerStrip, "blocks of 0 × 3 pixels"],
  ])("refuses %s", async (_, which, message) => {
    const bytes = await tiny();
    if (which === 0) new DataView(bytes.buffer).setUint16(8, 65_535, true);
    await refused(which === 0 ? bytes : patched(bytes, which, "value", 0), "SPECTRAI_FILE_DAMAGED", message);
  });

  it.each([
    [
      "more pixels than there are blocks",
      tag.height,
      "value",
      2 ** 31,
      "SPECTRAI_FILE_DAMAGED",
      "has 1 blocks instead of",
    ],
    ["rows that are not there", tag.rowsPerStrip, "value", 2, "SPECTRAI_FILE_DAMAGED", "has 1 blocks instead of 2"],
    [
      "a block outside of the file",
      tag.blockOffsets,
      "value",
      2 ** 32 - 1,
      "SPECTRAI_FILE_DAMAGED",
      "block 0 of its image should end at byte 4294967307",
    ],
    [
      "a list of blocks longer than the file",
      tag.blockOffsets,
      "count",
      2 ** 32 - 1,
      "SPECTRAI_FILE_DAMAGED",
      "tag 273 should end at byte",
    ],
    ["text where a number is due", tag.width, "type", 2, "SPECTRAI_FILE_DAMAGED", "tag 256 holds no numbers"],
    ["a part that was left out", tag.blockOffsets, "value", 0, "SPECTRAI_FILE_UNSUPPORTED", "SPARSE_OK"],
    ["a compression that is not read", tag.compression, "value", 50_000, "SPECTRAI_FILE_UNSUPPORTED", "Zstandard"],
    ["an unknown compression", tag.compression, "value", 7777, "SPECTRAI_FILE_UNSUPPORTED", "method 7777"],
    ["12 bits", tag.bits, "value", 12, "SPECTRAI_FILE_UNSUPPORTED", "numbers of 12 bits"],
    ["complex numbers", tag.sampleFormat, "value", 6, "SPECTRAI_FILE_UNSUPPORTED", "complex"],
    ["deflate of what is no such", tag.compression, "value", 8, "SPECTRAI_FILE_DAMAGED", "cannot be unpacked"],
  ] as const)("refuses %s", async (_, number, what, value, code, message) => {
    await refused(patched(await tiny(), number, what, value), code, message);
  });

  const image = (height: number, width: number, more: Parameters<typeof rawTiff>[0]): Parameters<typeof rawTiff>[0] => [
    long(tag.width, width),
    long(tag.height, height),
    short(tag.bits, 8),
    short(tag.photometric, 1),
    ...more,
  ];

  it("refuses blocks that overlap, and so hold more than the file", async () => {
    const offsets = new Float64Array(1000).fill(8);
    const bytes = rawTiff(
      image(1000, 1000, [
        short(tag.compression, 1),
        long(tag.rowsPerStrip, 1),
        positions(tag.blockOffsets, offsets, false),
        positions(tag.stripBytes, new Float64Array(1000).fill(1000), false),
      ]),
    );
    await refused(bytes, "SPECTRAI_FILE_DAMAGED", "overlap");
  });

  it.each([
    [8, 100_000],
    [5, 100_000],
    [32_773, 100_000],
  ])(
    "refuses a block of method %i that cannot hold what it announces, before memory is taken",
    async (method, side) => {
      const bytes = rawTiff(
        image(side, side, [short(tag.compression, method), long(tag.blockOffsets, 200), long(tag.stripBytes, 64)]),
        new Uint8Array(200),
      );
      await refused(bytes, "SPECTRAI_FILE_DAMAGED", "cannot hold 10000000000 bytes in 64");
    },
  );

  it("refuses pages that share what they hold", async () => {
    // Sixty-four directories of one image each, all of the same 4096 bytes.
    const one = image(64, 64, [
      short(tag.compression, 1),
      long(tag.rowsPerStrip, 64),
      long(tag.blockOffsets, 16),
      long(tag.stripBytes, 4096),
    ]);
    const head = rawTiff(one);
    const size = head.length - 8;
    const out = new Uint8Array(8 + 64 * size + 4096);
    out.set(head.subarray(0, 8));
    for (let n = 0; n < 64; n++) {
      out.set(head.subarray(8), 8 + n * size);
      if (n < 63) new DataView(out.buffer).setUint32(8 + n * size + 2 + 12 * one.length, 8 + (n + 1) * size, true);
    }
    await refused(out, "SPECTRAI_FILE_DAMAGED", "pages overlap");
    expect(
      (
        await read(out, [
          [0, 64],
          [0, 64],
          [3, 4],
        ])
      ).data.length,
    ).toBe(4096);
  });

  it("refuses bands that differ", async () => {
    const bytes = rawTiff(
      [
        long(tag.width, 1),
        long(tag.height, 1),
        shorts(tag.bits, Uint16Array.of(8, 16)),
        short(tag.samples, 2),
        short(tag.compression, 1),
        long(tag.blockOffsets, 8),
      ],
      new Uint8Array(8),
    );
    await refused(bytes, "SPECTRAI_FILE_UNSUPPORTED", "bands differ in bits (8, 16)");
  });

  it("stops at LZW codes that contradict each other", () => {
    // A code 300 where 258 is the first that can be known; then nothing at all.
    expect(unpackLzw(Uint8Array.of(0x80, 0x4b, 0x00), 10).length).toBe(0);
    expect(unpackLzw(new Uint8Array(0), 10).length).toBe(0);
  });

  it("ignores tags of no use that are out of bounds", async () => {
    const bytes = await tiffBytes({ variables: { x: ndarray(Uint8Array.of(1), [1, 1]) }, noData: 1234567 });
    expect((await read(patched(bytes, tag.gdalNoData, "count", 5000))).data).toEqual(Uint8Array.of(1));
    expect(
      (await open(rawTiff(image(1, 1, [long(tag.blockOffsets, 8), doubles(tag.pixelScale, [1, 2, 3, 4, 5])]))))
        .georeference,
    ).toBeUndefined();
  });
});

const real = dataFolder();
describe.skipIf(!real)("tiff of measured images", () => {
  const load = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(join(real!, ...path)));
  const sum = (a: NdArray): number => (a.data as Float64Array).reduce((n: number, v: number) => n + v, 0);

  it("reads an EnMAP tile with its bands, bad bands and place", async () => {
    const name = "enmap_potsdam_tile_128_0.tif";
    const opened = await open(load("hsi-enmap-potsdam-tiles", "images", name), name);
    const cube = await opened.read("data");
    expect(cube.shape).toEqual([32, 32, 224]);
    // From tifffile: the first values of the first row of band 0, and the sum of all (2.045596e8, exact in float64).
    expect(Array.from({ length: 5 }, (_, x) => cube.data[x * 224])).toEqual([318, 317, 312, 309, 298]);
    expect(Math.round(sum(cube) / 100)).toBe(2_045_596);
    expect(opened.noData).toBe(-32_768);
    expect(opened.georeference).toMatchObject({ transform: [30, 0, 366_015, 0, -30, 5_809_965], epsg: 32_633 });
    // The six bands without data are those that the list of bad bands names.
    const bad = Array.from(opened.goodBands!.entries())
      .filter(([, good]) => good === 0)
      .map(([b]) => b);
    expect(bad).toEqual([129, 130, 131, 132, 133, 134]);
    for (const b of bad) expect(cube.data[b]).toBe(-32_768);
    // The two detectors overlap from band 90 on: no axis, but the numbers are there.
    expect(opened.axis).toBeUndefined();
    const axis = (await opened.read("axis")).data as Float64Array;
    expect([axis.length, axis[0], axis[90], axis[91], axis[223]]).toEqual([224, 418.24, 993.083, 902.257, 2445.53]);
    const band = await opened.read("data", [
      [3, 9],
      [4, 5],
      [128, 136],
    ]);
    for (let y = 0; y < 6; y++)
      for (let b = 0; b < 8; b++) expect(band.data[y * 8 + b]).toBe(cube.data[((y + 3) * 32 + 4) * 224 + 128 + b]);
    const labels = await read(load("hsi-enmap-potsdam-tiles", "labels", name));
    expect([labels.shape, sum(labels)]).toEqual([[32, 32], 1529]);
  });

  it("reads the channels of an OME-TIFF, and a plain image of ImageJ", async () => {
    const viv = ["formats", "ome", "viv"];
    const opened = await open(load(...viv, "multi-channel.ome.tif"));
    const array = await opened.read("data");
    expect([array.shape, array.dtype, sum(array)]).toEqual([[167, 439, 3], "int8", 10_445_323]);
    const channel = await read(load(...viv, "multi-tiff", "Channel_0.tif"));
    expect([channel.shape, channel.dtype, sum(channel)]).toEqual([[167, 439], "uint8", 4_153_447]);
  });
});
