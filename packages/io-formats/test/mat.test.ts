import { ndarray, type DataFile } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/bytes/source.ts";
import { openMat } from "../src/mat/open.ts";
import { kindsH5 } from "./hdf5-files.ts";
import { bigEndian, example, mat4, mat73Bytes, matBytes } from "./samples.ts";
import { scipyMat } from "./python-files.ts";
import { concat } from "../src/bytes/source.ts";
import { memoryFiles } from "./memory-files.ts";

const open = (bytes: Uint8Array): Promise<DataFile> => openMat(bytesSource("file.mat", bytes));
const numbers = async (file: DataFile, name: string): Promise<number[]> =>
  Array.from((await file.read(name)).data as Float64Array, Number);

const plainHeader = (await matBytes(false)).slice(0, 128);

describe("MATLAB 5 as SciPy writes it", () => {
  it("gives arrays in C order, and what is inside structs and cells under MATLAB's names", async () => {
    const file = await open(scipyMat);
    expect(await file.read("cube")).toEqual(
      ndarray(
        Float64Array.from({ length: 24 }, (_, i) => i / 8),
        [2, 3, 4],
      ),
    );
    expect(await numbers(file, "st.wl")).toEqual([1, 2, 3]);
    expect(await file.readText("st.name")).toEqual(["abc"]);
    expect((await file.read("st.in.deep")).data).toEqual(Int8Array.of(7));
    expect(await file.readText("cells")).toEqual(["tree", "soil"]);
    expect(await numbers(file, "sa(1).n")).toEqual([1]);
    expect(await file.readText("sa(2).t")).toEqual(["y"]);
    expect(await file.read("sp")).toEqual(ndarray(Float64Array.of(0, 2.5, 0, 1, 0, 0), [2, 3]));
    await expect(file.read("st")).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNSUPPORTED",
      message: expect.stringContaining("name one of its fields"),
    });
    await expect(file.read("st.wll")).rejects.toMatchObject({
      code: "SPECTRAI_CONFIG_INVALID",
      message: expect.stringContaining("st.wl"),
    });
  });

  it("reads a region without the rest of an uncompressed file", async () => {
    const files = memoryFiles({ "a.mat": await matBytes(false, example(200, 150, 80)) });
    const file = await openMat(await files.open("a.mat"));
    const before = files.read["a.mat"]!;
    expect(before).toBeLessThan(200_000);
    const got = await file.read("cube", [
      [10, 14],
      [20, 24],
      [0, 80],
    ]);
    // Four columns of each band: MATLAB's order has a band's pixels together.
    expect(files.read["a.mat"]! - before).toBeLessThan(80 * 4 * 200 * 8);
    expect(got.data[(2 * 4 + 3) * 80 + 41]).toBe(Math.sin((12 * 150 + 23) * 80 + 41) * 1000);
  });

  it("does not unpack a compressed array to describe it", async () => {
    const files = memoryFiles({ "a.mat": await matBytes(true, example(100, 100, 20)) });
    const file = await openMat(await files.open("a.mat"));
    expect(file.variables[0]).toEqual({ name: "cube", kind: "numeric", shape: [100, 100, 20], dtype: "float64" });
    expect(files.read["a.mat"]!).toBeLessThan(100_000);
  });

  it.each([
    ["an empty file", new Uint8Array(0), "only 0 bytes"],
    ["another file", new TextEncoder().encode("wavelength,absorbance\n".repeat(20)), "not a MATLAB file"],
    ["a header alone", plainHeader, "no variable"],
  ])("refuses %s with a sentence", async (_, bytes, why) => {
    await expect(open(bytes)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_DAMAGED",
      message: expect.stringMatching(new RegExp(`^file\\.mat is damaged.*${why}`)),
    });
  });

  it("does not believe a compressed variable that announces gigabytes", async () => {
    const { deflateSync } = await import("node:zlib");
    const inner = new Uint8Array(2048);
    new DataView(inner.buffer).setUint32(0, 14, true);
    new DataView(inner.buffer).setUint32(4, 0xfffffff0, true);
    const packed = deflateSync(inner);
    const header = (await matBytes(false)).slice(0, 128);
    const tag = new Uint8Array(Uint32Array.of(15, packed.length).buffer);
    await expect(open(concat([header, tag, packed]))).rejects.toMatchObject({
      code: "SPECTRAI_FILE_DAMAGED",
      message: expect.stringContaining("announces 4294967288 bytes, which is impossible"),
    });
  });
});

describe("MATLAB 4", () => {
  it("reads every byte order and number type, text and sparse arrays", async () => {
    const coordinates = Float64Array.of(2, 1, 2, 1, 3, 3, 5, -1, 0); // (2, 1) = 5, (1, 3) = −1, size 2 × 3
    const file = await open(
      concat([
        mat4("little", 0, 2, 2, new Uint8Array(Float64Array.of(1, 2, 3, 4).buffer)),
        mat4("big", 1000, 1, 2, bigEndian(Float64Array.of(0.5, -1))),
        mat4("short", 30, 2, 1, new Uint8Array(Int16Array.of(-3, 4).buffer)),
        mat4("text", 51, 2, 3, new TextEncoder().encode("adbecf")),
        mat4("sparse", 2, 3, 3, new Uint8Array(coordinates.buffer)),
      ]),
    );
    expect(await file.read("little")).toEqual(ndarray(Float64Array.of(1, 3, 2, 4), [2, 2]));
    expect(await numbers(file, "big")).toEqual([0.5, -1]);
    expect((await file.read("short")).data).toEqual(Int16Array.of(-3, 4));
    expect(await file.readText("text")).toEqual(["abc", "def"]);
    expect(await file.read("sparse")).toEqual(ndarray(Float64Array.of(0, 0, -1, 5, 0, 0), [2, 3]));
  });

  it("does not unpack a sparse array of any size", async () => {
    const file = await open(mat4("huge", 2, 1, 3, new Uint8Array(Float64Array.of(1e6, 1e6, 0).buffer)));
    await expect(file.read("huge")).rejects.toMatchObject({
      code: "SPECTRAI_FILE_TOO_LARGE",
      message: expect.stringContaining("1000000000000 elements"),
    });
  });
});

describe("MATLAB 7.3", () => {
  it("gives MATLAB's shapes and values of arrays, logicals, text, empties, structs and cells", async () => {
    const file = await open(await mat73Bytes());
    expect(await file.read("cube")).toEqual(example(4, 5, 6));
    expect(
      await file.read("cube", [
        [1, 3],
        [2, 3],
        [0, 6],
      ]),
    ).toEqual(
      ndarray(
        Float64Array.from({ length: 12 }, (_, i) => Math.sin((1 + Math.floor(i / 6)) * 30 + 12 + (i % 6)) * 1000),
        [2, 1, 6],
      ),
    );
    expect(await file.read("flags")).toEqual({ data: Uint8Array.of(1, 0, 1), shape: [1, 3], dtype: "uint8" });
    expect(await file.readText("title")).toEqual(["Raman"]);
    expect((await file.read("nothing")).shape).toEqual([0, 7]);
    expect(await file.read("scan.wavelength")).toEqual(ndarray(Float32Array.of(400, 500, 600), [1, 3]));
    expect(await file.readText("names")).toEqual(["tree", "soil"]);
    expect(await file.readText("mixed{1}")).toEqual(["tree"]);
    expect((await file.read("mixed{2}")).data).toEqual(Int32Array.of(1, 3, 2, 4));
    expect(file.variables.some((v) => v.name.includes("#refs#"))).toBe(false);
    await file.close();
  });

  it("reads numbers whatever their byte order, and 16-bit floats", async () => {
    const file = await open(kindsH5);
    expect(Array.from((await file.read("bigfloat")).data as Float32Array)).toEqual([0, 1.25, 2.5, 3.75, 5, 6.25]);
    expect(Array.from((await file.read("bighalf")).data as Float32Array)).toEqual([1, -2, 0.5]);
    expect(await file.read("flags")).toMatchObject({ dtype: "bool", data: Uint8Array.of(1, 0, 1) });
    await file.close();
  });
});
