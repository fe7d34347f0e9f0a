import { ndarray, type NdArray, type Region } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/bytes/source.ts";
import { openNpy, openNpz } from "../src/npy/open.ts";
import { bigEndian, example, halfCodes, halfValues, npyBytes, rawNpy } from "./samples.ts";
import { numpyCompressed, numpyPlain } from "./python-files.ts";
import { memoryFiles } from "./memory-files.ts";

const read = async (bytes: Uint8Array, region?: Region): Promise<NdArray> =>
  (await openNpy(bytesSource("a.npy", bytes))).read("data", region);
const text = (s: string): Uint8Array => new TextEncoder().encode(s);

describe("npy", () => {
  it("widens float16 exactly", async () => {
    const array = await read(rawNpy("<f2", [6], new Uint8Array(halfCodes.buffer)));
    expect(array.dtype).toBe("float32");
    expect(Array.from(array.data as Float32Array)).toEqual(halfValues);
    expect(halfValues).toEqual([1, -2, 0.333251953125, 2 ** -24, 65504, -Infinity]);
  });

  it("reads big-endian numbers", async () => {
    expect(
      Array.from((await read(rawNpy(">f8", [2], bigEndian(Float64Array.of(1.5, -1e300))))).data as Float64Array),
    ).toEqual([1.5, -1e300]);
    expect(
      Array.from((await read(rawNpy(">i2", [3], bigEndian(Int16Array.of(-2, 256, 7))))).data as Int16Array),
    ).toEqual([-2, 256, 7]);
  });

  it("turns Fortran order into C order", async () => {
    const array = await read(rawNpy("<i4", [2, 3], new Uint8Array(Int32Array.of(1, 4, 2, 5, 3, 6).buffer), true));
    expect(array).toEqual(ndarray(Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3]));
  });

  it("reads bool, text in either encoding, and arrays without dimensions or elements", async () => {
    expect((await read(rawNpy("|b1", [2], Uint8Array.of(1, 0)))).dtype).toBe("bool");
    expect(await read(rawNpy("<f8", [], new Uint8Array(Float64Array.of(2.5).buffer)))).toEqual(
      ndarray(Float64Array.of(2.5), []),
    );
    expect((await read(rawNpy("<f4", [0, 7], new Uint8Array(0)))).shape).toEqual([0, 7]);
    const bytesText = await openNpy(bytesSource("a.npy", rawNpy("|S4", [2], text("tre\0soil"))));
    expect(await bytesText.readText("data")).toEqual(["tre", "soil"]);
    const fortran = await openNpy(bytesSource("a.npy", rawNpy("|S1", [2, 2], text("acbd"), true)));
    expect(await fortran.readText("data")).toEqual(["a", "b", "c", "d"]);
  });

  it.each([
    ["<c16", "complex numbers"],
    ["|O", "Python objects"],
    ["<M8", "not read"],
  ])("lists %s and says why it is not read", async (type, why) => {
    const file = await openNpy(bytesSource("a.npy", rawNpy(type, [1], new Uint8Array(16))));
    expect(file.variables[0]!.kind).toBe("other");
    await expect(file.read("data")).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNSUPPORTED",
      message: expect.stringContaining(why),
    });
  });

  it.each([
    [
      "an array larger than the file",
      rawNpy("<f8", [1e6, 1e6], new Uint8Array(8)),
      "SPECTRAI_FILE_DAMAGED",
      "needs 8000000000000 bytes",
    ],
    [
      "an impossible shape",
      rawNpy("<f8", [2 ** 50, 2 ** 50], new Uint8Array(8)),
      "SPECTRAI_FILE_DAMAGED",
      "impossible shape",
    ],
    [
      "records",
      rawNpy("x", [1], new Uint8Array(8)).map((b) => (b === 0x78 ? 0x5b : b)),
      "SPECTRAI_FILE_DAMAGED",
      "not what NumPy writes",
    ],
  ])("refuses %s", async (_, bytes, code, message) => {
    await expect(read(bytes)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it.each([["C"], ["F"]])("reads no more of a file in %s order than a region needs", async (order) => {
    const [h, w, l] = [200, 200, 100];
    const cube = example(h, w, l);
    const bytes =
      order === "C" ? await npyBytes(cube) : rawNpy("<f8", [l, w, h], new Uint8Array(cube.data.buffer), true);
    const files = memoryFiles({ "cube.npy": bytes });
    const file = await openNpy(await files.open("cube.npy"));
    const region: Region =
      order === "C"
        ? [
            [100, 108],
            [50, 58],
            [0, l],
          ]
        : [
            [0, l],
            [50, 58],
            [100, 108],
          ];
    const got = await file.read("data", region);
    const needed = 8 * 8 * l * 8;
    expect(files.read["cube.npy"]!).toBeLessThan(1.2 * needed + 4096);
    for (const [y, x, b] of [
      [0, 0, 0],
      [7, 7, 99],
      [3, 5, 50],
    ] as const)
      expect(got.data[order === "C" ? (y * 8 + x) * l + b : (b * 8 + x) * 8 + y]).toBe(
        cube.data[((100 + y) * w + 50 + x) * l + b],
      );
  });

  it("reads one band of a cube without a read for every pixel", async () => {
    const files = memoryFiles({ "cube.npy": await npyBytes(example(60, 50, 40)) });
    const source = await files.open("cube.npy");
    let reads = 0;
    const counting = { ...source, read: (o: number, n: number) => (reads++, source.read(o, n)) };
    const band = await (
      await openNpy(counting)
    ).read("data", [
      [0, 60],
      [0, 50],
      [7, 8],
    ]);
    expect(Array.from(band.data as Float64Array)).toEqual(
      Array.from({ length: 3000 }, (_, p) => Math.sin(p * 40 + 7) * 1000),
    );
    expect(reads).toBeLessThan(10);
  });
});

describe("npz as NumPy writes it", () => {
  it("reads compressed members of every kind", async () => {
    const file = await openNpz(bytesSource("a.npz", numpyCompressed));
    expect(await file.read("half")).toEqual(ndarray(Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25), [2, 3]));
    expect(await file.readText("text")).toEqual(["tree", "Straße"]);
    expect(await file.read("flag")).toEqual({ data: Uint8Array.of(1, 0), shape: [2], dtype: "bool" });
    expect((await file.read("u8")).data[0]).toBe(2n ** 63n + 1n);
    await expect(file.read("cplx")).rejects.toMatchObject({ code: "SPECTRAI_FILE_UNSUPPORTED" });
    await expect(file.read("nope")).rejects.toMatchObject({
      code: "SPECTRAI_CONFIG_INVALID",
      message: expect.stringContaining("half, flag, u8"),
    });
  });

  it("reads plain members with 64-bit local headers", async () => {
    expect((await (await openNpz(bytesSource("a.npz", numpyPlain))).read("x")).data).toEqual(Int16Array.of(0, 1, 2));
  });

  it("finds a wrong checksum", async () => {
    const damaged = numpyCompressed.slice();
    const at = 30 + 8 + 20 + 0x51 - 1; // the last byte of the first member's deflated data
    damaged[at] = damaged[at]! ^ 1;
    const file = openNpz(bytesSource("a.npz", damaged)).then((f) => f.read("half"));
    await expect(file).rejects.toMatchObject({
      code: "SPECTRAI_FILE_DAMAGED",
      message: expect.stringContaining("a.npz (half.npy)"),
    });
  });
});
