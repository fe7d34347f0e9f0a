import { linearAxis, ndarray, type FileContent, type NdArray, type Reader, type Writer } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/bytes/source.ts";
import {
  csvReader,
  csvReaderSchema,
  csvWriter,
  csvWriterSchema,
  matReader,
  matWriter,
  npyReader,
  npyWriter,
  npzReader,
  npzWriter,
} from "../src/index.ts";
import { hex, written } from "./collect.ts";

const none = {};
const mat = (compress: boolean) => matWriter.create({ compress }, none) as Writer;
const npz = (compress: boolean) => npzWriter.create({ compress }, none) as Writer;
const npy = npyWriter.create({}, none) as Writer;
const csv = (options: object = {}) => csvWriter.create(csvWriterSchema.parse(options), none) as Writer;
const reader = {
  mat: matReader.create({}, none) as Reader,
  npy: npyReader.create({}, none) as Reader,
  npz: npzReader.create({}, none) as Reader,
  csv: csvReader.create(csvReaderSchema.parse({}), none) as Reader,
};

const content: FileContent = {
  variables: {
    cube: ndarray(
      Float64Array.from({ length: 24 }, (_, i) => i / 7),
      [2, 3, 4],
    ),
    spectra: ndarray(
      Float32Array.from({ length: 6 }, (_, i) => Math.sqrt(i)),
      [2, 3],
    ),
    flags: ndarray(Uint8Array.of(1, 0, 1), [3], "bool"),
    bytes: ndarray(Int8Array.of(-128, 127), [1, 2]),
    counts: ndarray(Uint16Array.of(1, 65535), [2, 1]),
    long: ndarray(BigInt64Array.of(-(2n ** 62n), 2n ** 53n + 1n), [2]),
    empty: ndarray(new Float64Array(0), [0, 5]),
  },
  axis: linearAxis(500, 1800, 3, "cm-1"),
  ids: ["first", "second, with ümläut and 𝛑"],
  attributes: { task: "denoising" },
};

const roundTrip = async (r: Reader, bytes: Uint8Array) => r.open(bytesSource("file", bytes));

describe.each([
  ["mat, compressed", mat(true), reader.mat, (s: readonly number[]) => (s.length === 1 ? [1, ...s] : s)],
  ["mat, plain", mat(false), reader.mat, (s: readonly number[]) => (s.length === 1 ? [1, ...s] : s)],
  ["npz, compressed", npz(true), reader.npz, (s: readonly number[]) => s],
  ["npz, plain", npz(false), reader.npz, (s: readonly number[]) => s],
] as const)("%s", (_, writer, back, shapeOf) => {
  it("gives back what was written, bit for bit", async () => {
    const file = await roundTrip(back, await written(writer, content));
    for (const [name, array] of Object.entries(content.variables) as [string, NdArray][]) {
      const got = await file.read(name);
      expect(got.shape, name).toEqual(shapeOf(array.shape));
      expect(Array.from(got.data as Float64Array), name).toEqual(Array.from(array.data as Float64Array));
      // MATLAB keeps logical values as bytes, as SciPy reads them.
      if (array.dtype !== "bool") expect(got.dtype).toBe(array.dtype);
    }
    expect(file.axis).toEqual({ ...content.axis!, name: "spectral" });
    expect(await file.readText("ids")).toEqual(content.ids);
    expect(await file.readText("attributes")).toEqual(['{"task":"denoising"}']);
  });
});

describe("mat", () => {
  it("writes the bytes that MATLAB's format prescribes", async () => {
    const bytes = await written(mat(false), { variables: { x: ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]) } });
    const header = new TextDecoder("latin1").decode(bytes.subarray(0, 116));
    expect(header.trimEnd()).toBe("MATLAB 5.0 MAT-file, written by spectrai");
    expect(hex(bytes.subarray(116))).toBe(
      "0000000000000000" +
        "0001494d" + // no subsystem, version 1.0, little-endian
        "0e00000068000000" + // matrix, 104 bytes
        "06000000080000000600000000000000" + // flags: class double
        "05000000080000000200000003000000" + // dimensions 2 × 3
        "01000000010000007800000000000000" + // name x
        "0900000030000000" + // 48 bytes of doubles, column by column: 1 4 2 5 3 6
        "000000000000f03f" +
        "0000000000001040" +
        "0000000000000040" +
        "0000000000001440" +
        "0000000000000840" +
        "0000000000001840",
    );
  });

  it("turns names into names MATLAB accepts", async () => {
    const one = ndarray(Float64Array.of(1));
    const file = await roundTrip(
      reader.mat,
      await written(mat(false), { variables: { "2nd run": one, "a b": one, a_b: one } }),
    );
    expect(file.variables.map((v) => v.name)).toEqual(["x2nd_run", "a_b", "a_b_2"]);
  });
});

describe("npy", () => {
  it("writes the bytes that NumPy writes", async () => {
    const bytes = await written(npy, { variables: { x: ndarray(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]) } });
    expect(bytes.length).toBe(128 + 24);
    expect(hex(bytes.subarray(0, 10))).toBe("934e554d505901007600");
    expect(new TextDecoder().decode(bytes.subarray(10, 128))).toBe(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117) + "\n",
    );
    expect(hex(bytes.subarray(128))).toBe(
      "0000803f000000400000404000008040" + hex(new Uint8Array(Float32Array.of(5, 6).buffer)),
    );
    const file = await roundTrip(reader.npy, bytes);
    expect((await file.read("data")).shape).toEqual([2, 3]);
  });

  it("refuses more than one array", async () => {
    await expect(written(npy, content)).rejects.toMatchObject({ code: "SPECTRAI_CONFIG_INVALID" });
  });
});

describe("npz", () => {
  it("writes the same bytes for the same content", async () => {
    expect(hex(await written(npz(true), content))).toBe(hex(await written(npz(true), content)));
  });
});

describe("csv", () => {
  const table: FileContent = {
    variables: {
      spectra: ndarray(Float32Array.of(0.1, -2.5e-8, 3, 4.25, NaN, 1e20), [2, 3]),
      class: ndarray(Int32Array.of(4, 5)),
    },
    axis: linearAxis(400.5, 402.5, 3, "cm-1"),
    ids: ["a", 'b "quoted", c'],
  };

  it("writes a heading with the axis and its unit, and the fewest digits that are exact", async () => {
    expect(new TextDecoder().decode(await written(csv(), table))).toBe(
      'id (cm-1),class,400.5,401.5,402.5\na,4,0.1,-2.5e-8,3\n"b ""quoted"", c",5,4.25,NaN,100000000000000000000\n',
    );
  });

  it.each([
    {},
    { delimiter: "semicolon", decimal: "comma" },
    { delimiter: "tab" },
    { delimiter: "tab", decimal: "comma" },
  ])("reads back %o", async (options) => {
    const file = await roundTrip(reader.csv, await written(csv(options), table));
    const got = await file.read("spectra");
    expect(got.shape).toEqual([2, 3]);
    expect(Array.from(got.data as Float64Array, Math.fround)).toEqual(
      Array.from(table.variables["spectra"]!.data as Float32Array),
    );
    expect(file.axis).toEqual(table.axis);
    expect(Array.from((await file.read("class")).data as Float64Array)).toEqual([4, 5]);
    expect(await file.readText("id (cm-1)")).toEqual(table.ids);
  });

  it("keeps every float64 exactly", async () => {
    const data = Float64Array.of(Math.PI, 1 / 3, 5e-324, Number.MAX_VALUE, 2 ** 53 + 2, 0.1 + 0.2, 123456789.12345678);
    const file = await roundTrip(
      reader.csv,
      await written(csv(), { variables: { y: ndarray(data, [1, 7]) }, axis: linearAxis(1, 4, 7, "nm") }),
    );
    expect(Array.from((await file.read("spectra")).data as Float64Array)).toEqual(Array.from(data));
  });

  it("refuses what is no table, and a decimal comma between commas", async () => {
    await expect(written(csv(), content)).rejects.toMatchObject({ code: "SPECTRAI_DATA_SHAPE" });
    expect(csvWriterSchema.safeParse({ decimal: "comma" }).success).toBe(false);
  });
});
