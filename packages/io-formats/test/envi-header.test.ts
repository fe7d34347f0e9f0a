import type { DataFile } from "@spectrai/core";
import { testReader } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { openEnvi } from "../src/envi/open.ts";
import { enviReader } from "../src/index.ts";
import { writeZip } from "../src/npy/write-zip.ts";
import { collected, folderOf, formatsWith, headerText } from "./envi-samples.ts";

const raw = Uint8Array.from({ length: 24 }, (_, i) => i);
const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const zipOf = async (files: Readonly<Record<string, string | Uint8Array>>, compress = true): Promise<Uint8Array> => {
  const { sink, files: written } = collected("a.zip");
  const members = Object.entries(files).map(([name, c]) => ({ name, parts: [typeof c === "string" ? text(c) : c] }));
  await writeZip(members, compress, sink);
  return written()["a.zip"]!;
};

/** A file of 2 lines, 3 samples and 4 bands of bytes 0, 1, …, with more lines in its header. */
const open = (more: string, from: Parameters<typeof headerText>[0] = {}): Promise<DataFile> =>
  openEnvi(folderOf({ "a.hdr": headerText(from, more), "a.dat": raw }).open("a.dat"));
const library = (more: string): Promise<DataFile> =>
  open(`file type = ENVI Spectral Library\n${more}`, { lines: 6, samples: 4, bands: 1, interleave: "bsq" });
const labels = (more: string): Promise<DataFile> =>
  open(`file type = ENVI Classification\n${more}`, { lines: 6, samples: 4, bands: 1, interleave: "bsq" });

describe("the text of an ENVI header", () => {
  it("has keys in any case, comments, lists over lines, any line end, and text in UTF-8 or Windows-1252", async () => {
    const header =
      "ENVI \r\n; made by hand\r\nDESCRIPTION = {Größe\r\n  of = leaves }\r\nSamples=3\r\n LINES   = 2\r\nbands = 4\r\n" +
      "data   type = 1\r\nInterleave = BIP\r\nWavelength Units = nm\r\nwavelength = {\r\n; four\r\n 400, 500,\r\n600\r\n,700,}\r\nnonsense";
    for (const bytes of [text(header), text(`\ufeff${header}`), Uint8Array.from(header, (c) => c.charCodeAt(0))]) {
      const file = await openEnvi(folderOf({ "a.hdr": bytes, "a.dat": raw }).open("a.hdr"));
      expect(file.attributes["description"]).toBe("Größe of = leaves");
      expect(file.axis).toEqual({ name: "spectral", unit: "nm", values: Float64Array.of(400, 500, 600, 700) });
      expect(file.variables).toEqual([{ name: "data", kind: "numeric", shape: [2, 3, 4], dtype: "uint8" }]);
    }
  });

  it.each([
    ["samples = x", "samples = 3", /"samples" is "x"/],
    ["samples = 0", "samples = 3", /"samples" is "0"/],
    ["lines = 1.5", "lines = 2", /"lines" is "1\.5"/],
    ["lines = 99999999999999999999", "lines = 2", /"lines" is "9+"/],
    ["lines = 9007199254740991", "lines = 2", /more than any file holds/],
    ["", "bands = 4", /does not say "bands"/],
    ["", "data type = 1", /does not say "data type"/],
    ["interleave = bsx", "interleave = bip", /"interleave" is "bsx", where bsq, bil or bip is needed/],
    ["", "interleave = bip", /does not say "interleave"/],
    ["byte order = 2", "byte order = 0", /"byte order" is 2/],
    ["header offset = -1", "header offset = 0", /"header offset" is "-1"/],
    ["wavelength = {1, 2", "", /list "wavelength" has no closing brace/],
    ["wavelength = {1, 2, 3}", "", /list "wavelength" has 3 values, where the data have 4 bands/],
    ["wavelength = {1, 2, x, 4}", "", /value 3 of its list "wavelength" is "x"/],
    ["wavelength = {1, 2,, 4}", "", /value 3 of its list "wavelength" is ""/],
    ["bbl = {1, 1, 0}", "", /list "bbl" has 3 values, where the data have 4 bands/],
    ["fwhm = {1}", "", /list "fwhm" has 1 values/],
    ["data ignore value = none", "", /"data ignore value" is "none"/],
  ])("with %s instead of %s is refused", async (line, instead, message) => {
    const header = instead === "" ? `${headerText()}\n${line}` : headerText().replace(instead, line);
    const folder = folderOf({ "a.hdr": header, "a.dat": raw });
    for (const name of ["a.hdr", "a.dat"])
      await expect(openEnvi(folder.open(name))).rejects.toMatchObject({
        code: "SPECTRAI_FILE_DAMAGED",
        message: expect.stringMatching(message),
      });
    expect([...folder.left]).toEqual([]);
  });

  it.each([
    ["data type = 7", "data type = 1", /data type is 7/],
    ["file compression = 1", "", /data are compressed/],
    ["major frame offsets = {0, 12}", "", /major frame offsets/],
  ])("with %s is told not to be supported", async (line, instead, message) => {
    const header = instead === "" ? `${headerText()}\n${line}` : headerText().replace(instead, line);
    await expect(openEnvi(folderOf({ "a.hdr": header, "a.dat": raw }).open("a.hdr"))).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNSUPPORTED",
      message: expect.stringMatching(message),
    });
  });

  it("lists complex numbers, and says why they are not read", async () => {
    for (const [code, size, dtype] of [
      [6, 8, "complex64"],
      [9, 16, "complex128"],
    ] as const) {
      const header = headerText().replace("data type = 1", `data type = ${code}`);
      const file = await openEnvi(folderOf({ "a.hdr": header, "a.dat": new Uint8Array(24 * size) }).open("a.hdr"));
      expect(file.variables[0]).toMatchObject({ kind: "other", dtype });
      await expect(file.read("data")).rejects.toMatchObject({
        code: "SPECTRAI_FILE_UNSUPPORTED",
        message: expect.stringContaining("complex numbers"),
      });
    }
  });

  it("is not read when it is longer than any header", async () => {
    const long = { ...folderOf({ "a.hdr": headerText() }).open("a.hdr"), size: 2 ** 24 + 1 };
    await expect(openEnvi(long)).rejects.toMatchObject({ code: "SPECTRAI_FILE_TOO_LARGE" });
  });

  it("takes time in proportion to its length, however it is made", async () => {
    const header = `${headerText()}\nx = {${"\n".repeat(2 ** 20)}${"a,".repeat(2 ** 20)}`;
    const began = performance.now();
    await expect(openEnvi(folderOf({ "a.hdr": header }).open("a.hdr"))).rejects.toMatchObject({
      code: "SPECTRAI_FILE_DAMAGED",
    });
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe("the spectral axis of an ENVI file", () => {
  const axis = async (units: string, values = "1, 2, 3, 4", more = "") =>
    open(`wavelength = {${values}}\n${units === "" ? "" : `wavelength units = ${units}`}\n${more}`);

  it.each([
    ["Nanometers", "nm"],
    ["nm", "nm"],
    ["Micrometers", "um"],
    ["um", "um"],
    ["μm", "um"],
    ["Wavenumber", "cm-1"],
    ["Wavenumbers", "cm-1"],
    ["eV", "eV"],
    ["Index", "index"],
  ])("in %s is in %s", async (word, unit) => {
    const file = await axis(word);
    expect(file.axis).toMatchObject({ unit, values: Float64Array.of(1, 2, 3, 4) });
    expect(file.attributes).not.toHaveProperty("notes");
  });

  it("in other lengths is converted", async () => {
    expect((await axis("Angstroms", "4000, 5000, 6000, 7000")).axis).toMatchObject({
      unit: "nm",
      values: Float64Array.of(400, 500, 600, 700),
    });
    expect((await axis("Millimeters", "0.5, 0.4, 0.3, 0.25")).axis).toMatchObject({
      unit: "um",
      values: Float64Array.of(500, 400, 300, 250),
    });
  });

  it.each([
    ["", "0.4, 0.5, 0.6, 14", "", "um", "0.4 to 14 are taken to be um"],
    ["Unknown", "2500, 900, 500, 400", "", "nm", "400 to 2500 are taken to be nm"],
    ["Unknown", "600, 900, 1500, 4000", "z plot titles = {Wavenumbers (cm-1), Absorbance}", "cm-1", "plot title"],
    ["", "400, 500, 600, 700", "z plot titles = {Wavelength, Value}", "nm", "400 to 700 are taken to be nm"],
  ])("without a unit (%s; %s; %s) is in %s, with a note", async (units, values, more, unit, note) => {
    const file = await axis(units, values, more);
    expect(file.axis?.unit).toBe(unit);
    expect(file.attributes["notes"]).toEqual([expect.stringContaining(note)]);
  });

  it.each([
    ["", "600, 900, 1500, 4000", "do not tell it"],
    ["GHz", "1, 2, 3, 4", 'in "ghz", which is no unit of a spectral axis'],
    // Two detectors that overlap.
    ["nm", "900, 1000, 990, 1100", "turns at point 2 (1000 then 990)"],
    ["nm", "0, 0, 0, 0", "turns at point 1"],
  ])("that cannot be one (%s; %s) is a variable, with a note", async (units, values, note) => {
    const file = await axis(units, values);
    expect(file.axis).toBeUndefined();
    expect(file.attributes["notes"]).toEqual([expect.stringContaining(note)]);
    expect((await file.read("axis")).data).toEqual(Float64Array.from(values.split(","), Number));
    expect((await file.read("axis", [[1, 3]])).data).toEqual(Float64Array.from(values.split(",").slice(1, 3), Number));
  });

  it("is absent where there are no wavelengths", async () => {
    const file = await open("wavelength units = nm");
    expect(file).not.toHaveProperty("axis");
    expect(file.variables.map((v) => v.name)).toEqual(["data"]);
  });
});

describe("what an ENVI header says besides", () => {
  it("are bad bands, values without data, names, widths and the factor of reflectances", async () => {
    const file = await open(
      "bbl = {1, 0, 1.0, 0.0}\ndata ignore value = -9999\nfwhm = {5, 5, 6, 6.5}\ndefault bands = {4, 2, 1}\nband names = {blue,\n green, red, far red}\n" +
        "reflectance scale factor = 10000\nsensor type = HyMap\nfile type = ENVI Standard",
    );
    expect(file.goodBands).toEqual(Uint8Array.of(1, 0, 1, 0));
    expect(file.noData).toBe(-9999);
    expect(file.attributes).toEqual({
      format: "envi",
      interleave: "bip",
      fileType: "ENVI Standard",
      bandNames: ["blue", "green", "red", "far red"],
      fwhm: [5, 5, 6, 6.5],
      defaultBands: [3, 1, 0],
      reflectanceScaleFactor: 10000,
      header: { "sensor type": "HyMap" },
    });
  });

  it("takes the value without data as the numbers of the file hold it", async () => {
    const header = (value: string): string => headerText({ type: "float32" }, `data ignore value = ${value}`);
    const noData = async (value: string) =>
      (await openEnvi(folderOf({ "a.hdr": header(value), "a.dat": new Uint8Array(96) }).open("a.hdr"))).noData;
    expect(await noData("-3.4028235e+38")).toBe(-3.4028234663852886e38);
    expect(await noData("0.1")).toBe(Math.fround(0.1));
    expect(await noData("NaN")).toBeNaN();
  });

  it("are the classes and their colours, of labels without a band dimension", async () => {
    const file = await labels(
      "classes = 3\nclass names = {Unclassified, soil, tree}\nclass lookup = {0,0,0, 168,112,0, 56,168,0}",
    );
    expect(file.variables).toEqual([{ name: "data", kind: "numeric", shape: [6, 4], dtype: "uint8" }]);
    expect(
      (
        await file.read("data", [
          [1, 3],
          [2, 4],
        ])
      ).data,
    ).toEqual(Uint8Array.of(6, 7, 10, 11));
    expect(file.attributes["classes"]).toEqual([
      { name: "Unclassified", color: [0, 0, 0] },
      { name: "soil", color: [168, 112, 0] },
      { name: "tree", color: [56, 168, 0] },
    ]);
  });

  it("are the spectra of a library and their names", async () => {
    const file = await library(
      "spectra names = {a, b, c, d, e, f}\nwavelength = {400, 500, 600, 700}\nwavelength units = nm\nbbl = {1,1,1,0}",
    );
    expect(file.variables).toEqual([
      { name: "spectra", kind: "numeric", shape: [6, 4], dtype: "uint8" },
      { name: "names", kind: "text", shape: [6], dtype: "<U1" },
    ]);
    expect(
      (
        await file.read("spectra", [
          [5, 6],
          [0, 4],
        ])
      ).data,
    ).toEqual(Uint8Array.of(20, 21, 22, 23));
    expect(await file.readText("names")).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(file.axis?.values.length).toBe(4);
    expect(file.goodBands).toEqual(Uint8Array.of(1, 1, 1, 0));
  });

  it("leaves out names that do not fit, and tells of it", async () => {
    const file = await library("spectra names = {a, b, c, d, e, f, g}\nbbl={1,1,1,1}");
    expect(file.variables.map((v) => v.name)).toEqual(["spectra"]);
    expect(file.attributes["notes"]).toEqual(['The list "spectra names" is left out: it has 7 names for 6.']);
    const colors = await labels("classes = 2\nclass names = {a, b}\nclass lookup = {0, 0, 0, 256, 0, 0}");
    expect(colors.attributes["classes"]).toEqual([{ name: "a" }, { name: "b" }]);
    expect(colors.attributes["notes"]).toEqual([expect.stringContaining('"class lookup" is left out')]);
  });
});

describe("where an ENVI image lies", () => {
  const place = async (info: string, more = "") => (await open(`map info = {${info}}\n${more}`)).georeference!;

  // Transforms as GDAL's driver gives them for the same line.
  it("is the transform and the system of UTM on WGS-84", async () => {
    const line = "UTM, 1.000, 1.000, 380000.0, 5820000.0, 3.6, 3.6, 33, North, WGS-84, units=Meters";
    expect(await place(line)).toEqual({
      transform: [3.6, 0, 380000, 0, -3.6, 5820000],
      epsg: 32633,
      native: { format: "envi", values: { "map info": line } },
    });
    expect((await place("UTM, 1, 1, 0, 0, 1, 1, 21, South, WGS-84")).epsg).toBe(32721);
  });

  it("is counted from the reference pixel, and turned", async () => {
    expect((await place("UTM, 11, 21, 1000, 2000, 2, 4, 33, North, WGS-84")).transform).toEqual([
      2, 0, 980, 0, -4, 2080,
    ]);
    const [a, b, , d, e] = (await place("UTM, 1, 1, 0, 0, 2, 2, 33, North, WGS-84, units=Meters, rotation=30"))
      .transform!;
    // GDAL: θ = -30°; cos θ · 2, -sin θ · 2, -sin θ · 2, -cos θ · 2.
    [Math.sqrt(3), 1, 1, -Math.sqrt(3)].forEach((v, i) => expect([a, b, d, e][i]).toBeCloseTo(v, 12));
  });

  it("may be in degrees, minutes or seconds", async () => {
    expect(await place("Geographic Lat/Lon, 1, 1, 13.5, 52.5, 0.001, 0.002, WGS-84, units=Degrees")).toMatchObject({
      transform: [0.001, 0, 13.5, 0, -0.002, 52.5],
      epsg: 4326,
    });
    const seconds = await place("Geographic Lat/Lon, 1, 1, 36000, 72000, 3.6, 7.2, WGS-84, units=Seconds");
    [0.001, 0, 10, 0, -0.002, 20].forEach((v, i) => expect(seconds.transform![i]).toBeCloseTo(v, 12));
  });

  it("is told by the system's text, and by nothing where the line is broken", async () => {
    const wkt = 'PROJCS["ETRS89 / UTM zone 32N",GEOGCS["ETRS89",AUTHORITY["EPSG","4258"]],AUTHORITY["EPSG","25832"]]';
    expect(await place("Transverse Mercator, 1, 1, 0, 0, 1, 1", `coordinate system string = {${wkt}}`)).toMatchObject({
      wkt,
      epsg: 25832,
    });
    const broken = await place("UTM, 1, 1, x, 0, 1, 1, 61, North, WGS-84");
    expect(broken).toEqual({
      native: { format: "envi", values: { "map info": "UTM, 1, 1, x, 0, 1, 1, 61, North, WGS-84" } },
    });
    expect(await open("")).not.toHaveProperty("georeference");
  });
});

describe("the files of an ENVI image", () => {
  const names = [
    "a",
    "a.dat",
    "a.img",
    "a.raw",
    "a.bsq",
    "a.bil",
    "a.bip",
    "a.sli",
    "a.cube",
    "a.lib",
    "a.DAT",
    "a.BIP",
  ];

  it.each(names)("are found from %s and from its header, and closed", async (name) => {
    for (const header of ["a.hdr", `${name}.hdr`, "a.HDR"]) {
      const folder = folderOf({ [header]: headerText(), [name]: raw, "b.dat": raw });
      for (const opened of [name, header]) {
        const file = await openEnvi(folder.open(opened));
        expect((await file.read("data")).data).toEqual(raw);
        await file.close();
        expect([...folder.left]).toEqual([]);
      }
    }
  });

  it("are those that belong together where there are several", async () => {
    const files = {
      "a.hdr": headerText(),
      "a.dat": new Uint8Array(5),
      "a.img": raw,
      "a.img.hdr": headerText({ interleave: "bil" }),
      "a.txt": raw,
      "a.bip": new Uint8Array(24).fill(9),
    };
    const folder = folderOf(files);
    // The header with the whole name comes first; of raw files that fit, the one named as the interleave says.
    expect((await openEnvi(folder.open("a.img"))).attributes["interleave"]).toBe("bil");
    expect((await (await openEnvi(folder.open("a.hdr"))).read("data")).data[0]).toBe(9);
  });

  it("differ in size from what the header says", async () => {
    for (const size of [23, 25, 0]) {
      const folder = folderOf({ "a.hdr": headerText(), "a.dat": new Uint8Array(size) });
      for (const name of ["a.hdr", "a.dat"])
        await expect(openEnvi(folder.open(name))).rejects.toMatchObject({
          code: "SPECTRAI_FILE_DAMAGED",
          message: expect.stringMatching(
            new RegExp(`2 lines × 3 samples × 4 bands of uint8\\) it should have 24 bytes, but it has ${size}`),
          ),
        });
      expect([...folder.left]).toEqual([]);
    }
  });

  it("are not both there", async () => {
    await expect(openEnvi(folderOf({ "a.hdr": headerText() }).open("a.hdr"))).rejects.toMatchObject({
      code: "SPECTRAI_FILE_NOT_FOUND",
      message: expect.stringContaining(
        "a.hdr is an ENVI header without its raw file: beside it there is none of a, a.bip, a.dat",
      ),
    });
    for (const files of [{ "a.raw": raw }, { "a.raw": raw, "a.hdr": "some other header" }])
      await expect(openEnvi(folderOf(files).open("a.raw"))).rejects.toMatchObject({
        code: "SPECTRAI_FILE_NOT_FOUND",
        message: expect.stringContaining("there is no a.raw.hdr or a.hdr"),
      });
    await expect(openEnvi(folderOf({ "a.hdr": "NCols 5" }).open("a.hdr"))).rejects.toMatchObject({
      code: "SPECTRAI_FILE_DAMAGED",
    });
  });

  it("may lie in an archive, packed or not, with one header", async () => {
    const pair = {
      "folder/a b.hdr": headerText(),
      "folder/a b.dat": raw,
      "__MACOSX/folder/._a b.hdr": "x",
      "readme.txt": "x",
    };
    for (const compress of [true, false]) {
      const folder = folderOf({ "a.zip": await zipOf(pair, compress) });
      const file = await openEnvi(folder.open("a.zip"));
      expect((await file.read("data")).data).toEqual(raw);
    }
    await expect(openEnvi(folderOf({ "a.zip": await zipOf({ "a.dat": raw }) }).open("a.zip"))).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNSUPPORTED",
      message: expect.stringContaining("without an ENVI header"),
    });
    const two = await zipOf({ ...pair, "b.hdr": headerText() });
    await expect(openEnvi(folderOf({ "a.zip": two }).open("a.zip"))).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNSUPPORTED",
      message: expect.stringContaining("2 ENVI headers"),
    });
  });

  it("are told from other files of the same extension, or of none", async () => {
    const formats = await formatsWith();
    const header = headerText();
    const table = "nm,value\n400,1\n500,2\n600,3\n";
    const folder = folderOf({
      "a.hdr": header,
      a: raw,
      "a.dat": raw,
      "table.dat": table,
      "b.raw": raw,
      "c.xyz": raw,
      "c.hdr": header,
      odd: raw,
    });
    const formatOf = async (name: string) => (await formats.open(folder.open(name))).attributes["format"];
    for (const name of ["a", "a.hdr", "a.dat", "c.xyz"]) expect(await formatOf(name), name).toBe("envi");
    expect((await formats.open(folder.open("table.dat"))).axis?.values).toEqual(Float64Array.of(400, 500, 600));
    await expect(formatOf("b.raw")).rejects.toMatchObject({ code: "SPECTRAI_FILE_NOT_FOUND" });
    await expect(formatOf("odd")).rejects.toMatchObject({ code: "SPECTRAI_FILE_UNSUPPORTED" });
    expect([...folder.left].filter((name) => !name.startsWith("a") && !name.startsWith("c"))).toEqual([]);
  });
});

testReader(enviReader, {
  name: "packed.zip",
  bytes: await zipOf({ "a.hdr": headerText({}, "wavelength = {1,2,3,4}"), "a.dat": raw }),
});
testReader(enviReader, { name: "plain.zip", bytes: await zipOf({ "a.hdr": headerText(), "a.dat": raw }, false) });
