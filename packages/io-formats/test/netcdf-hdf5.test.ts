import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataFile, type NdArray, type Reader, sizeOf } from "@spectrai/core";
import { testReader } from "@spectrai/testing";
import type * as H5wasm from "h5wasm";
import { afterAll, describe, expect, it } from "vitest";
import { bytesSource } from "../src/bytes/source.ts";
import { hdf5Reader, matReader, netcdfReader } from "../src/index.ts";
import { cdf5Nc, fourNc, kindsH5, offsetNc, plugH5, singleNc } from "./hdf5-files.ts";
import { nodeSource } from "./node-source.ts";

// The cut goes through the last record's padding: what is missing then has no meaning.
testReader(netcdfReader, { name: "offset.nc", bytes: offsetNc, detectsCuts: false });
testReader(netcdfReader, { name: "single.nc", bytes: singleNc });
testReader(netcdfReader, { name: "cdf5.nc", bytes: cdf5Nc, detectsCuts: false });
// Slower: the library sets up and takes down a file each time.
testReader(netcdfReader, { name: "four.nc", bytes: fourNc, cuts: 40, flips: 40 });
testReader(hdf5Reader, { name: "kinds.h5", bytes: kindsH5, cuts: 40, flips: 40 });

const folder = mkdtempSync(join(tmpdir(), "spectrai-hdf5-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function opened<T>(
  component: typeof netcdfReader | typeof hdf5Reader,
  bytes: Uint8Array,
  work: (f: DataFile) => T | Promise<T>,
  local?: string,
): Promise<T> {
  const reader = component.create({}, {}) as Reader;
  let source: Parameters<Reader["open"]>[0] = bytesSource("made", bytes);
  if (local !== undefined) {
    writeFileSync(join(folder, local), bytes);
    source = nodeSource(join(folder, local));
  }
  const file = await reader.open(source);
  try {
    return await work(file);
  } finally {
    await file.close();
    await source.close?.();
  }
}

/** Value k of the cube that the Python script stores. */
const stored = (k: number): number => ((k * 37) % 1000) - 300;
const list = ({ data }: NdArray): unknown[] => Array.from(data as Float64Array);

describe.each([
  ["NetCDF-3", offsetNc],
  ["NetCDF-4", fourNc],
])("%s", (format, bytes) => {
  it("unpacks packed numbers as CF says, and says which value is no data", () =>
    opened(netcdfReader, bytes, async (file) => {
      const cube = await file.read("cube");
      expect(cube).toMatchObject({ shape: [3, 2, 4], dtype: "float32" });
      const expected = Float32Array.from({ length: 24 }, (_, k) => (k === 14 ? -999 : stored(k)) * 0.01 + 1);
      expect(list(cube)).toEqual(Array.from(expected));
      expect(file.noData).toBe(Math.fround(-999 * 0.01 + 1));
      expect(cube.data[14]).toBe(file.noData);
      expect(
        list(
          await file.read("cube", [
            [1, 2],
            [1, 2],
            [1, 4],
          ]),
        ),
      ).toEqual(Array.from(expected.subarray(13, 16)));
    }));

  it("takes the coordinate variable wavelength as the axis", () =>
    opened(netcdfReader, bytes, (file) => {
      expect(file.axis).toMatchObject({ name: "wavelength", unit: "nm" });
      expect(Array.from(file.axis!.values)).toEqual([400.5, 500.25, 600, 700.125]);
    }));

  it("reads record variables, texts, unsigned bytes and attributes", () =>
    opened(netcdfReader, bytes, async (file) => {
      expect(list(await file.read("temp"))).toEqual(Array.from({ length: 15 }, (_, i) => i * 1.5));
      expect(
        list(
          await file.read("temp", [
            [1, 4],
            [1, 3],
          ]),
        ),
      ).toEqual([6, 7.5, 10.5, 12, 15, 16.5]);
      expect(
        list(
          await file.read("station", [
            [2, 4],
            [0, 2],
          ]),
        ),
      ).toEqual([44, 55, 66, 77]);
      expect(list(await file.read("flag"))).toEqual([-2, -1, 0, 1, 2]);
      expect(await file.readText("name")).toEqual(["tree", "soil", "a", "", "water"]);
      expect(list(await file.read("bytes"))).toEqual([255, 5]);
      expect((await file.read("bytes")).dtype).toBe("uint8");
      expect(file.attributes).toMatchObject({
        format,
        global: { title: "made" },
        variables: {
          cube: { dimensions: ["y", "x", "wavelength"], _FillValue: -999, scale_factor: 0.01 },
          wavelength: { dimensions: ["wavelength"], units: "nm" },
          bytes: { missing: [1.5, "NaN"] },
        },
      });
    }));
});

describe("NetCDF", () => {
  it("reads a single record variable, which is not padded, and CDF-5", async () => {
    await opened(netcdfReader, singleNc, async (file) => {
      expect(await file.read("only")).toMatchObject({ shape: [4, 3], dtype: "int8" });
      expect(list(await file.read("only"))).toEqual(Array.from({ length: 12 }, (_, i) => i));
    });
    await opened(netcdfReader, cdf5Nc, async (file) => {
      const all = Object.fromEntries(
        await Promise.all(file.variables.map(async (v) => [v.name, list(await file.read(v.name))])),
      ) as unknown;
      expect(all).toEqual({
        a: [0, 128, 255],
        b: [0, 40000, 65535],
        c: [0, 3000000000, 4294967295],
        d: [-(2n ** 60n), 0n, 2n ** 60n],
        e: [0n, 1n, 2n ** 63n + 5n],
        r: [0, 0.5, 1, 1.5, 2, 2.5],
        q: [7, 8],
      });
      expect(file.variables.map((v) => v.dtype)).toEqual([
        "uint8",
        "uint16",
        "uint32",
        "int64",
        "uint64",
        "float32",
        "int16",
      ]);
    });
  });

  it("counts the records itself where the writer did not know them", async () => {
    const streamed = singleNc.slice();
    streamed.set([255, 255, 255, 255], 4);
    await opened(netcdfReader, streamed, (file) => expect(file.variables[0]!.shape).toEqual([4, 3]));
  });

  it("reads groups of NetCDF-4 by path, whatever the byte order", () =>
    opened(netcdfReader, fourNc, async (file) => {
      expect(list(await file.read("scan/big"))).toEqual([1, -70000, 3]);
      expect(await file.readText("scan/label")).toEqual(["Straße", "b"]);
      // A dimension without values is no variable.
      expect(file.variables.map((v) => v.name)).not.toContain("y");
    }));

  it("refuses headers that announce more than there is", async () => {
    const at = (offset: number, value: number): Uint8Array => {
      const bytes = offsetNc.slice();
      new DataView(bytes.buffer).setUint32(offset, value);
      return bytes;
    };
    // Records, dimensions, and the length of the first dimension's name.
    for (const bytes of [at(4, 1_000_000), at(12, 0x7fffffff), at(16, 0x7fffffff)])
      await expect(opened(netcdfReader, bytes, () => undefined)).rejects.toMatchObject({
        code: "SPECTRAI_FILE_DAMAGED",
      });
    await expect(opened(netcdfReader, new Uint8Array(600), () => undefined)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_DAMAGED",
    });
  });
});

describe("HDF5", () => {
  it("reads every kind of number", () =>
    opened(hdf5Reader, kindsH5, async (file) => {
      const third = 1365 / 4096;
      expect(list(await file.read("half"))).toEqual([1, -2, third, 65504, Infinity, 2 ** -24]);
      expect(list(await file.read("bighalf"))).toEqual([1, -2, 0.5]);
      expect(list(await file.read("bigfloat"))).toEqual([0, 1.25, 2.5, 3.75, 5, 6.25]);
      expect(await file.read("flags")).toMatchObject({ dtype: "bool", data: Uint8Array.of(1, 0, 1) });
      expect(list(await file.read("color"))).toEqual([1, 0]);
      expect(list(await file.read("long"))).toEqual([2n ** 62n, -1n]);
      expect(await file.read("scalar")).toMatchObject({ shape: [], data: Float32Array.of(2.5) });
      expect(await file.read("none")).toMatchObject({ shape: [0, 3], dtype: "int32" });
      expect(list(await file.read("soft"))).toEqual(list(await file.read("half")));
      expect(await file.readText("words")).toEqual(["tree", "Straße"]);
      expect(await file.readText("fixed")).toEqual(["ab", "cde"]);
    }));

  it("reads chunks by region, finds axis and no-data value, and leaves numbers packed", async () => {
    const check = async (file: DataFile): Promise<void> => {
      const cube = await file.read("scan/reflectance");
      expect(cube).toMatchObject({ shape: [5, 4, 6], dtype: "int16" });
      expect(list(cube)).toEqual(Array.from({ length: 120 }, (_, k) => stored(k)));
      expect(
        list(
          await file.read("scan/reflectance", [
            [1, 3],
            [2, 3],
            [4, 6],
          ]),
        ),
      ).toEqual([40, 41, 64, 65].map(stored));
      expect(file.axis).toMatchObject({ name: "Wavelength", unit: "nm" });
      expect(Array.from(file.axis!.values)).toEqual([400, 500, 600, 700, 800, 901.5]);
      expect(file.noData).toBe(-263);
      expect(file.attributes).toMatchObject({
        format: "HDF5",
        global: { site: "field 1" },
        variables: { attrs: { be: [1, 2] }, "scan/reflectance": { Scale_Factor: 10000 } },
      });
    };
    await opened(hdf5Reader, kindsH5, check);
    await opened(hdf5Reader, kindsH5, check, "kinds.h5");
  });

  it("says of what it does not read why", () =>
    opened(hdf5Reader, kindsH5, async (file) => {
      const why: Record<string, RegExp> = {
        complex: /records or of complex numbers/,
        records: /records or of complex numbers/,
        nothing: /no values/,
        away: /link to another file/,
        virtual: /lie in other files/,
        fast: /compressed with lzf; install the package h5wasm-plugins/,
      };
      for (const [name, message] of Object.entries(why)) {
        expect(file.variables.find((v) => v.name === name)!.kind, name).toBe("other");
        await expect(file.read(name), name).rejects.toMatchObject({
          code: "SPECTRAI_FILE_UNSUPPORTED",
          message: expect.stringMatching(message) as string,
        });
      }
      // A link to the group it is in is not followed.
      expect(file.variables.filter((v) => v.name.includes("loop"))).toEqual([]);
    }));

  it("follows links inside the file and none out of it, also not by way of others, and as a .mat file alike", async () => {
    const { File, ready } = (await import("h5wasm/node")) as typeof H5wasm;
    await ready;
    const other = new File(join(folder, "other.h5"), "w");
    other.create_dataset({ name: "secret", data: Float64Array.of(1, 2, 3), shape: [3] });
    other.close();
    const path = join(folder, "links.h5");
    const made = new File(path, "w");
    made.create_dataset({ name: "own", data: Float64Array.of(4, 5), shape: [2] });
    made.create_external_link("other.h5", "/secret", "file");
    made.create_external_link("other.h5", "/", "folder");
    const links = { soft: "/file", deep: "/folder/secret", twice: "/soft", circle: "/circle", gone: "/nothing" };
    for (const [name, target] of Object.entries(links)) made.create_soft_link(target, name);
    made.create_soft_link("own", "near");
    made.create_group("inside").create_soft_link("/near", "far");
    made.close();
    for (const [component, inside] of [
      [hdf5Reader, "inside/far"],
      [matReader, "inside.far"],
    ] as const) {
      const source = nodeSource(path);
      const file = await (component.create({}, {}) as Reader).open(source);
      for (const name of ["own", "near", inside]) expect(list(await file.read(name)), name).toEqual([4, 5]);
      for (const name of ["file", "folder", "soft", "deep", "twice", "circle", "gone"]) {
        expect(file.variables.find((v) => v.name === name)?.kind, name).toBe("other");
        await expect(file.read(name), name).rejects.toMatchObject({ code: "SPECTRAI_FILE_UNSUPPORTED" });
      }
      expect(file.variables.some((v) => v.name.includes("secret"))).toBe(false);
      await file.close();
      await source.close?.();
    }
  });

  it("undoes further filters with the plugins, where the file is on disk", () =>
    opened(
      hdf5Reader,
      plugH5,
      async (file) => {
        const plain = await file.read("plain");
        for (const name of ["lzf", "blosc", "lz4"]) expect(await file.read(name), name).toEqual(plain);
        await expect(file.read("strange")).rejects.toMatchObject({
          code: "SPECTRAI_FILE_UNSUPPORTED",
          message: expect.stringMatching(/compressed with .*\(32999\); save it with gzip/) as string,
        });
      },
      "plug.h5",
    ));

  it("describes shapes as they are read", () =>
    opened(hdf5Reader, plugH5, async (file) => {
      const { shape } = file.variables.find((v) => v.name === "plain")!;
      expect((await file.read("plain")).data.length).toBe(sizeOf(shape));
    }));
});
