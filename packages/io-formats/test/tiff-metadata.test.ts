import { isSpectraiError } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/bytes/source.ts";
import { isOme, readOme } from "../src/tiff/ome.ts";
import { openTiff } from "../src/tiff/open.ts";
import { bandFacts } from "../src/tiff/spectral.ts";
import { tag } from "../src/tiff/tags.ts";
import { ascii, long, short } from "../src/tiff/write-directory.ts";
import { escapeXml, readXml } from "../src/tiff/xml.ts";
import { omeStack } from "./tiff-files.ts";
import { rawTiff } from "./tiff-samples.ts";

const xml = (text: string) => readXml("m.tif", text);
const refused = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe("xml of tiff files", () => {
  it("reads elements, attributes and text", () => {
    const elements = xml(
      `<?xml version="1.0"?><!-- <no> --><o:OME a='1' o:b = "x &lt;&#65;&#x42;"><Item name="n">1 &amp; 2<![CDATA[ <3>]]></Item><e/></o:OME>`,
    );
    expect(elements.map((e) => [e.name, Object.fromEntries(e.attributes), e.text, e.depth])).toEqual([
      ["OME", { a: "1", b: "x <AB" }, "", 0],
      ["Item", { name: "n" }, "1 & 2 <3>", 1],
      ["e", {}, "", 1],
    ]);
    expect(xml(`<a t="${escapeXml('<&">\u0007')}"/>`)[0]!.attributes.get("t")).toBe('<&">');
  });

  it("declares no entities and expands none", () => {
    expect(() => xml(`<!DOCTYPE l [<!ENTITY a "x">]><l>&a;</l>`)).toThrow(
      refused("SPECTRAI_FILE_UNSUPPORTED", "document type"),
    );
    expect(xml("<l>&a;&#0;&#99999999;</l>")[0]!.text).toBe("&a;&#0;&#99999999;");
  });

  it("ends every cut of a text in an error or in elements", () => {
    const text = `<?xml?><a b="1"><!-- c --><d e='2'>f</d><![CDATA[g]]></a>`;
    for (let n = 1; n < text.length; n++)
      try {
        xml(text.slice(0, n));
      } catch (e) {
        expect(isSpectraiError(e), text.slice(0, n)).toBe(true);
      }
    expect(() => xml(text.slice(0, -1))).toThrow(refused("SPECTRAI_FILE_DAMAGED", "malformed"));
  });

  it.each([
    ["open tags", "<a ".repeat(300_000)],
    ["open quotes", '<a b="'.repeat(300_000)],
    ["depth", "<a>".repeat(300_000)],
    ["comments", "<!--".repeat(300_000)],
    ["blanks", `<a${" ".repeat(500_000)}`],
    ["ampersands", `<a>${"&#".repeat(300_000)}</a`],
  ])("takes one pass over a hostile text of many %s", (_, text) => {
    const began = performance.now();
    expect(() => xml(text)).toThrow(expect.objectContaining({ name: "SpectraiError" }));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe("bands of tiff files", () => {
  const items = (text: string) => xml(`<GDALMetadata>${text}</GDALMetadata>`);
  const each = (name: string, values: readonly (string | number)[], more = ""): string =>
    values.map((v, b) => `<Item name="${name}" sample="${b}"${more}>${v}</Item>`).join("");

  it.each([
    [
      "items of each band",
      each("wavelength", [400, 500, 600]) + each("wavelength_units", ["Nanometers", "", ""]),
      "",
      "nm",
    ],
    ["GDAL's own items", each("CENTRAL_WAVELENGTH_UM", [0.4, 0.5, 0.6], ' domain="IMAGERY"'), "", "um"],
    [
      "a list",
      '<Item name="wavelength">{0.4, 0.5, 0.6}</Item><Item name="wavelength_units">Micrometers</Item>',
      "",
      "um",
    ],
    ["a list without a unit", '<Item name="Wavelength">400 500 600</Item>', "", "nm"],
    [
      "names",
      each("DESCRIPTION", ["band 1 (400 Nanometers)", "band 2 (500 Nanometers)", "band 3 (600 Nanometers)"]),
      "",
      "nm",
    ],
    ["a description as JSON", "", '{"wavelengths": [400, 500, 600], "wavelength_units": "nm"}', "nm"],
    ["a description as ENVI has it", "", "wavelength units = Micrometers\nwavelength = {\n 0.4, 0.5,\n 0.6}", "um"],
  ])("finds wavelengths in %s", (_, metadata, description, unit) => {
    const { axis } = bandFacts(items(metadata), description, 3);
    expect(axis).toMatchObject({
      unit,
      values: unit === "nm" ? Float64Array.of(400, 500, 600) : Float64Array.of(0.4, 0.5, 0.6),
    });
  });

  it.each([
    ["of another number", each("wavelength", [400, 500])],
    ["that are none", each("wavelength", [400, "x", 600])],
    [
      "of bands that are not there",
      each("wavelength", [400, 500, 600, 700]).replaceAll('sample="1"', 'sample="99999"'),
    ],
  ])("takes no wavelengths %s", (_, metadata) => {
    expect(bandFacts(items(metadata), "", 3)).toEqual({ attributes: {} });
  });

  it("keeps wavelengths that overlap apart from the axis", () => {
    const facts = bandFacts(items(each("wavelength", [400, 990, 900]) + each("bbl", [1, 0, 1])), "", 3);
    expect(facts.axis).toBeUndefined();
    expect(facts.unordered).toEqual(Float64Array.of(400, 990, 900));
    expect(facts.goodBands).toEqual(Uint8Array.of(1, 0, 1));
    expect(facts.attributes["notes"]).toEqual([expect.stringContaining("(in nm)")]);
  });
});

describe("ome-tiff", () => {
  it("puts times and depths in front of rows, columns and channels", async () => {
    const file = await openTiff(bytesSource("stack.ome.tif", omeStack));
    const { data, shape } = await file.read("data");
    expect(shape).toEqual([2, 2, 4, 5, 3]);
    let i = 0;
    for (let t = 0; t < 2; t++)
      for (let z = 0; z < 2; z++)
        for (let y = 0; y < 4; y++)
          for (let x = 0; x < 5; x++)
            for (let c = 0; c < 3; c++) expect(data[i++]).toBe(1000 * t + 300 * z + 100 * c + 10 * y + x);
    expect(file.axis).toMatchObject({ unit: "nm", values: Float64Array.of(450, 530.5, 610) });
    expect(file.attributes["ome"]).toEqual({ channels: ["blue", "green", "red"] });
  });

  const pixels = (attributes: string, inside = ""): string =>
    `<OME UUID="urn:uuid:1"><Image><Pixels SizeX="2" SizeY="1" Type="uint8" ${attributes}>${inside}</Pixels></Image></OME>`;
  const planes = (text: string, pages = 6) => readOme("o.tif", xml(text), pages).planes.map((p) => p.page);

  // Pages 0 to 5 of 2 channels, 3 depths: kept by depth, then channel.
  it.each([
    ["XYCZT", [0, 1, 2, 3, 4, 5]],
    ["XYZCT", [0, 3, 1, 4, 2, 5]],
    ["XYTZC", [0, 3, 1, 4, 2, 5]],
  ])("orders the pages of %s", (order, expected) => {
    const text = pixels(`SizeZ="3" SizeC="2" SizeT="1" DimensionOrder="${order}"`);
    expect(planes(text)).toEqual(expected);
    expect(planes(text.replace("></Pixels>", "><TiffData/></Pixels>"))).toEqual(expected);
  });

  it("follows where each plane is said to be", () => {
    const inside = '<TiffData FirstC="1" IFD="4"/><TiffData FirstC="0" IFD="7" PlaneCount="1"/>';
    expect(planes(pixels('SizeZ="1" SizeC="2" SizeT="1" DimensionOrder="XYZCT"', inside))).toEqual([7, 4]);
  });

  it.each([
    ["an impossible size", 'SizeZ="0" SizeC="2" SizeT="1"', "", "impossible SizeZ"],
    ["a size that is no number", 'SizeZ="x" SizeC="2" SizeT="1"', "", "impossible SizeZ"],
    ["an unknown order", 'SizeZ="1" SizeC="2" SizeT="1" DimensionOrder="YX"', "", "dimension order"],
    ["more planes than pages", 'SizeZ="9" SizeC="2" SizeT="1"', "", "not where all of them are"],
    ["far too many planes", 'SizeZ="99999" SizeC="99999" SizeT="1"', "", "more than can be"],
    ["a plane outside", 'SizeZ="1" SizeC="2" SizeT="1"', '<TiffData FirstZ="5" IFD="0"/>', "outside of the image"],
    ["a negative page", 'SizeZ="1" SizeC="1" SizeT="1"', '<TiffData IFD="-1"/>', "impossible IFD"],
  ])("refuses %s", (_, attributes, inside, message) => {
    expect(() => planes(pixels(attributes, inside))).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) }),
    );
  });

  it("knows its own metadata", () => {
    expect(isOme('<?xml version="1.0"?><ome:OME x="1">')).toBe(true);
    expect(isOme("<OMEGA>")).toBe(false);
  });

  /** A one-row image of two bytes, with a description. */
  const page = (description: string, values: Uint8Array): Uint8Array => {
    const fields = (at: number) => [
      long(tag.width, 2),
      long(tag.height, 1),
      short(tag.bits, 8),
      short(tag.compression, 1),
      long(tag.blockOffsets, at),
      long(tag.stripBytes, 2),
      ascii(tag.description, description),
    ];
    return rawTiff(fields(rawTiff(fields(0)).length), values);
  };
  const spread = (name: string): Uint8Array =>
    page(
      pixels(
        'SizeZ="1" SizeC="2" SizeT="1" DimensionOrder="XYZCT"',
        `<TiffData FirstC="0" IFD="0"><UUID FileName="old-name.tif">urn:uuid:1</UUID></TiffData><TiffData FirstC="1" IFD="0"><UUID FileName="${name}">urn:uuid:2</UUID></TiffData>`,
      ),
      Uint8Array.of(1, 2),
    );

  it("reads an image over several files, and closes them", async () => {
    let closed = 0;
    const other = {
      ...bytesSource("b.tif", page("", Uint8Array.of(3, 4))),
      close: () => Promise.resolve(void closed++),
    };
    const file = await openTiff({
      ...bytesSource("folder/a.tif", spread("b.tif")),
      sibling: (name) => Promise.resolve(name === "b.tif" ? other : undefined),
    });
    expect(await file.read("data")).toEqual({ data: Uint8Array.of(1, 3, 2, 4), shape: [1, 2, 2], dtype: "uint8" });
    await file.close();
    expect(closed).toBe(1);
  });

  it.each([
    ["that is missing", "c.tif", "which is missing"],
    ["in another folder", "../b.tif", "which is not beside it"],
    ["at an absolute place", "/etc/passwd", "which is not beside it"],
  ])("refuses an image that goes on in a file %s", async (_, name, message) => {
    const asked: string[] = [];
    const source = {
      ...bytesSource("a.tif", spread(name)),
      sibling: (n: string) => (asked.push(n), Promise.resolve(undefined)),
    };
    await expect(openTiff(source)).rejects.toEqual(refused("SPECTRAI_FILE_UNSUPPORTED", message));
    expect(asked.every((n) => !n.includes("/"))).toBe(true);
  });

  it("refuses ImageJ's stacks behind a single page", async () => {
    const bytes = page("ImageJ=1.53\nimages=10\n", Uint8Array.of(1, 2));
    await expect(openTiff(bytesSource("s.tif", bytes))).rejects.toEqual(
      refused("SPECTRAI_FILE_UNSUPPORTED", "10 images behind 1 page"),
    );
  });
});
