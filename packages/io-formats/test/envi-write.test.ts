import {
  type DataFile,
  dtypes,
  type FileContent,
  type Georeference,
  type ImageHeader,
  linearAxis,
  makeAxis,
  ndarray,
} from "@spectrai/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openEnvi } from "../src/envi/open.ts";
import { enviWriter } from "../src/index.ts";
import { collected, enviTypes, folderOf, valueAt } from "./envi-samples.ts";

const writer = await enviWriter.create({}, {});
const write = async (content: FileContent): Promise<Record<string, Uint8Array>> => {
  const { sink, beside, files } = collected("a.dat");
  await writer.write(content, sink, beside);
  return files();
};
const roundTrip = async (content: FileContent): Promise<DataFile> =>
  openEnvi(folderOf(await write(content)).open("a.dat"));
const headerOf = (files: Record<string, Uint8Array>): string => new TextDecoder().decode(files["a.hdr"]);

const cube = ndarray(
  Float32Array.from({ length: 24 }, (_, i) => i / 7),
  [2, 3, 4],
);
const classes = [
  { name: "soil", color: [168, 112, 0] },
  { name: "tree, old {sic}", color: [56, 168, 0] },
] as const;

describe("writing ENVI images", () => {
  it("writes the header and the bytes that the format prescribes", async () => {
    const files = await write({
      variables: { data: ndarray(Int16Array.of(1, -2, 3, 4, 5, 6), [1, 3, 2]) },
      axis: makeAxis(Float64Array.of(0.4, 0.55), "um"),
      noData: -9999,
      attributes: {
        description: "a\n{test}",
        fwhm: [0.01, 0.02],
        defaultBands: [1, 0, 0],
        bandNames: ["blue", "red"],
        reflectanceScaleFactor: 10000,
      },
    });
    expect(headerOf(files)).toBe(
      `ENVI
description = {a test}
samples = 3
lines = 1
bands = 2
header offset = 0
file type = ENVI Standard
data type = 2
interleave = bip
byte order = 0
data ignore value = -9999
wavelength units = Micrometers
wavelength = {
 0.4, 0.55}
fwhm = {
 0.01, 0.02}
reflectance scale factor = 10000
default bands = {2, 1, 1}
band names = {
 blue, red}
`,
    );
    expect(Array.from(files["a.dat"]!)).toEqual([1, 0, 254, 255, 3, 0, 4, 0, 5, 0, 6, 0]);
  });

  it("gives back any image of any type", async () => {
    const shapes = fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 30 }),
    );
    await fc.assert(
      fc.asyncProperty(shapes, fc.constantFrom(...enviTypes), async (shape, type) => {
        const data = new dtypes[type](shape[0] * shape[1] * shape[2]) as Float64Array;
        for (let i = 0; i < data.length; i++) data[i] = valueAt(type, i, 1, 2) as number;
        const file = await roundTrip({
          variables: { data: { data, shape, dtype: type } },
          axis: linearAxis(400.1, 2500, shape[2], "nm"),
        });
        expect(await file.read("data")).toEqual({ data, shape: [...shape], dtype: type });
        expect(file.axis).toEqual(linearAxis(400.1, 2500, shape[2], "nm"));
      }),
      { numRuns: 100 },
    );
  });

  it.each(["nm", "um", "cm-1", "eV", "index"] as const)("keeps an axis in %s exactly", async (unit) => {
    const axis = makeAxis(Float64Array.of(1 / 3, 0.7, 1e3 + 1 / 7, 1e5), unit);
    expect((await roundTrip({ variables: { data: cube }, axis })).axis).toEqual(axis);
    // An axis of another length is that of the input, not of these bands.
    expect(await roundTrip({ variables: { data: cube }, axis: linearAxis(1, 2, 7, unit) })).not.toHaveProperty("axis");
  });

  it("keeps what the reader told of a file", async () => {
    const first = await roundTrip({
      variables: { data: cube },
      noData: -1,
      attributes: { bandNames: ["a", "b", "c", "d"], fwhm: [1, 2, 3, 4], description: "x" },
    });
    const second = await roundTrip({ variables: { data: cube }, noData: first.noData!, attributes: first.attributes });
    expect(second.attributes).toEqual(first.attributes);
    expect(second.noData).toBe(-1);
  });

  it("writes truth values and 8-bit integers as the next types that ENVI has", async () => {
    const flags = await roundTrip({ variables: { data: ndarray(Uint8Array.of(0, 1), [1, 2], "bool") } });
    expect(await flags.read("data")).toMatchObject({ dtype: "uint8", data: Uint8Array.of(0, 1), shape: [1, 2, 1] });
    const bytes = await roundTrip({ variables: { data: ndarray(Int8Array.of(-128, 127), [1, 2]) } });
    expect(await bytes.read("data")).toMatchObject({ dtype: "int16", data: Int16Array.of(-128, 127) });
  });

  it.each([Uint8Array.of(0, 1, 1, 255), Int32Array.of(0, 1, 1, 255), BigInt64Array.of(0n, 1n, 1n, 255n)])(
    "writes labels as a classification of bytes",
    async (labels) => {
      const files = await write({ variables: { labels: ndarray(labels, [2, 2]) }, classes, noData: 255 });
      expect(headerOf(files)).toContain("file type = ENVI Classification\ndata type = 1\n");
      const file = await openEnvi(folderOf(files).open("a.hdr"));
      expect(await file.read("data")).toEqual({ data: Uint8Array.of(0, 1, 1, 255), shape: [2, 2], dtype: "uint8" });
      expect(file.noData).toBe(255);
      expect(file.attributes["classes"]).toEqual([
        { name: "soil", color: [168, 112, 0] },
        { name: "tree; old sic", color: [56, 168, 0] },
      ]);
    },
  );

  it("refuses labels that a byte does not hold", async () => {
    for (const bad of [-1, 256])
      await expect(
        write({ variables: { labels: ndarray(Int32Array.of(0, 1, 0, bad, 0, 0), [3, 2]) }, classes }),
      ).rejects.toMatchObject({
        code: "SPECTRAI_DATA_LABEL",
        message: expect.stringContaining(`Row 1, column 1 (counted from 0): the label ${bad}`),
      });
  });

  it("names the bands of probabilities after the classes", async () => {
    const file = await roundTrip({ variables: { p: ndarray(Float32Array.of(0.25, 0.75), [1, 1, 2]) }, classes });
    expect(file.attributes).toMatchObject({ fileType: "ENVI Standard", bandNames: ["soil", "tree; old sic"] });
  });

  it("writes spectra with their axis as a library", async () => {
    const axis = linearAxis(400, 1000, 3, "cm-1");
    const file = await roundTrip({
      variables: { data: ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]) },
      axis,
      ids: ["one", "two, three"],
    });
    expect(await file.read("spectra")).toEqual(ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]));
    expect(await file.readText("names")).toEqual(["one", "two; three"]);
    expect(file.axis).toEqual(axis);
    const single = await roundTrip({ variables: { data: ndarray(Float32Array.of(1, 2, 3)) }, axis });
    expect((await single.read("spectra")).shape).toEqual([1, 3]);
  });

  it("refuses what is no image", async () => {
    await expect(write({ variables: { a: cube, b: cube } })).rejects.toMatchObject({
      code: "SPECTRAI_CONFIG_INVALID",
      message: expect.stringContaining("a, b"),
    });
    await expect(write({ variables: {} })).rejects.toMatchObject({ code: "SPECTRAI_CONFIG_INVALID" });
    for (const shape of [[24], [2, 3, 2, 2], [0, 3, 4]])
      await expect(
        write({ variables: { a: ndarray(new Float32Array(shape.reduce((a, b) => a * b)), shape) } }),
      ).rejects.toMatchObject({ code: "SPECTRAI_DATA_SHAPE" });
  });
});

describe("writing ENVI images row by row", () => {
  const begin = async (image: Partial<ImageHeader>) => {
    const { sink, beside, files } = collected("a.img");
    const rows = await writer.image!(
      { name: "data", height: 3, width: 2, bands: 2, dtype: "float32", ...image },
      sink,
      beside,
    );
    return { rows, files };
  };

  it("gives the file that writing it whole gives", async () => {
    const values = Float32Array.from({ length: 12 }, (_, i) => i / 3);
    const { rows, files } = await begin({ axis: linearAxis(1, 2, 2, "um") });
    await rows.write(values.subarray(0, 4));
    await rows.write(values.subarray(4));
    await rows.end();
    const whole = await write({ variables: { data: ndarray(values, [3, 2, 2]) }, axis: linearAxis(1, 2, 2, "um") });
    expect(files()["a.img"]).toEqual(whole["a.dat"]);
    expect(files()["a.hdr"]).toEqual(whole["a.hdr"]);
  });

  it("counts the rows of labels that it refuses", async () => {
    const { rows } = await begin({ bands: undefined as never, dtype: "int32", classes });
    await rows.write(Int32Array.of(0, 1, 1, 0));
    await expect(rows.write(Int32Array.of(0, -1))).rejects.toMatchObject({
      message: expect.stringContaining("Row 2, column 1"),
    });
  });

  it("refuses rows that are too few, too many, cut or of another type", async () => {
    const { rows } = await begin({});
    for (const values of [new Float32Array(3), new Float32Array(16), new Float64Array(4)])
      await expect(rows.write(values)).rejects.toMatchObject({ code: "SPECTRAI_DATA_SHAPE" });
    await rows.write(new Float32Array(8));
    await expect(rows.end()).rejects.toMatchObject({
      code: "SPECTRAI_DATA_SHAPE",
      message: expect.stringContaining("1 rows before its height of 3"),
    });
    await rows.write(new Float32Array(4));
    await rows.end();
  });
});

describe("writing where an image lies", () => {
  const written = async (georeference: Georeference) => {
    const files = await write({ variables: { data: cube }, georeference });
    return { header: headerOf(files), back: (await openEnvi(folderOf(files).open("a.dat"))).georeference! };
  };

  it.each([
    [32633, "UTM, 1, 1, 380000, 5820000, 3.6, 3.6, 33, North, WGS-84, units=Meters"],
    [32701, "UTM, 1, 1, 380000, 5820000, 3.6, 3.6, 1, South, WGS-84, units=Meters"],
    [4326, "Geographic Lat/Lon, 1, 1, 380000, 5820000, 3.6, 3.6, WGS-84, units=Degrees"],
    [25832, "Arbitrary, 1, 1, 380000, 5820000, 3.6, 3.6"],
    [undefined, "Arbitrary, 1, 1, 380000, 5820000, 3.6, 3.6"],
  ])("in EPSG %s", async (epsg, line) => {
    const transform = [3.6, 0, 380000, 0, -3.6, 5820000] as const;
    const { header, back } = await written({ transform, ...(epsg ? { epsg } : {}) });
    expect(header).toContain(`map info = {${line}}\n`);
    expect(back.transform).toEqual(transform);
    expect(back.epsg).toBe(epsg);
  });

  it("turned, with pixels of any size, and from south to north", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: -179, max: 179, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.constantFrom(1, -1),
        async (degrees, width, height, up) => {
          const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
          const transform = [cos * width, sin * height * up, 1e5, sin * width, -cos * height * up, 2e5] as const;
          const { back } = await written({ transform, epsg: 32601 });
          // Relative to the size of a pixel; the angle passes through text exactly, sine and cosine add some rounding.
          back.transform!.forEach((v, i) =>
            expect(Math.abs(v - transform[i]!)).toBeLessThan(1e-9 * Math.max(width, height)),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it("is refused where its pixels are no rectangles", async () => {
    await expect(written({ transform: [1, 0.5, 0, 0, -1, 0] })).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNSUPPORTED",
      message: expect.stringContaining("GeoTIFF"),
    });
  });

  it("by the text of the system, on one line", async () => {
    const { header, back } = await written({ transform: [1, 0, 0, 0, -1, 0], wkt: 'LOCAL_CS["x",\n  UNIT["m",1]]' });
    expect(header).toContain('coordinate system string = {LOCAL_CS["x", UNIT["m",1]]}\n');
    expect(back.wkt).toBe('LOCAL_CS["x", UNIT["m",1]]');
  });

  it("as it was read from an ENVI header", async () => {
    const values = {
      "map info": "UTM, 1.500, 1.500, 1, 2, 3, 3, 33, North, WGS-72, units=Meters",
      "projection info": "3, 6378135.0",
    };
    const { header, back } = await written({ transform: [9, 9, 9, 9, 9, 9], native: { format: "envi", values } });
    expect(header).toContain(`map info = {${values["map info"]}}\nprojection info = {3, 6378135.0}\n`);
    expect(back.native).toEqual({ format: "envi", values });
    expect((await written({ native: { format: "tiff", values: { "map info": "no" } } })).header).not.toContain(
      "map info",
    );
  });
});
