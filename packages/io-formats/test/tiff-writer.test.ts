import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ByteSink,
  type DType,
  dtypes,
  type FileContent,
  type Georeference,
  type ImageHeader,
  linearAxis,
  ndarray,
  type TypedArray,
} from "@spectrai/core";
import { dataFolder } from "@spectrai/testing";
import fc from "fast-check";
import { fromArrayBuffer } from "geotiff";
import { describe, expect, it } from "vitest";
import { bytesSource, concat } from "../src/bytes/source.ts";
import { tiffWriter } from "../src/index.ts";
import { openTiff } from "../src/tiff/open.ts";
import { tiffRows } from "../src/tiff/write.ts";
import { tiffBytes } from "./tiff-samples.ts";

const open = (bytes: Uint8Array) => openTiff(bytesSource("image.tif", bytes));
const numbers = (type: DType, length: number): TypedArray =>
  type.endsWith("int64")
    ? new dtypes[type as "int64"](Array.from({ length }, (_, i) => BigInt(i * i)))
    : new (dtypes[type] as Float64ArrayConstructor)(Array.from({ length }, (_, i) => (i * 37) % 101));
const classes: NonNullable<FileContent["classes"]> = [
  { name: "soil & <rock>", color: [200, 100, 0] },
  { name: "tree", color: [0, 255, 1] },
];
const utm: Georeference = { transform: [30, 0, 366_015, 0, -30, 5_809_965], epsg: 32_633 };

describe("tiff writer", () => {
  it.each(["uint8", "uint16", "uint32", "int8", "int16", "int32", "float32", "float64"] as const)(
    "writes %s as geotiff and our reader read it",
    async (dtype) => {
      const data = numbers(dtype, 7 * 5 * 4);
      const bytes = await tiffBytes({ variables: { x: ndarray(data, [7, 5, 4]) } });
      const image = await (await fromArrayBuffer(bytes.slice().buffer)).getImage();
      expect([image.getHeight(), image.getWidth(), image.getSamplesPerPixel()]).toEqual([7, 5, 4]);
      const rasters = (await image.readRasters({ interleave: true })) as unknown as Float64Array;
      expect(Array.from(rasters)).toEqual(Array.from(data as Float64Array));
      expect(await (await open(bytes)).read("data")).toEqual(ndarray(data, [7, 5, 4]));
    },
  );

  it("reads back what it writes, of any size and type", async () => {
    const types = Object.keys(dtypes).filter((t) => t !== "bool") as DType[];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...types),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
        async (type, height, width, bands) => {
          const shape = bands === undefined ? [height, width] : [height, width, bands];
          const data = numbers(type, height * width * (bands ?? 1));
          const got = await (await open(await tiffBytes({ variables: { x: ndarray(data, shape) } }))).read("data");
          expect(got.data).toEqual(data);
          // A single band has no dimension of its own in the format.
          expect(got.shape).toEqual(bands === 1 ? [height, width] : shape);
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  it("keeps axis, value without data, place and attributes", async () => {
    const content: FileContent = {
      variables: { x: ndarray(new Float32Array(24), [2, 3, 4]) },
      axis: linearAxis(400.5, 700.25, 4, "nm"),
      noData: -3.4028234663852886e38,
      georeference: utm,
      attributes: { sensor: 'a & <b> "c"', gain: 3 },
    };
    const bytes = await tiffBytes(content);
    const file = await open(bytes);
    expect(file.axis).toEqual(content.axis);
    expect(file.noData).toBe(Math.fround(content.noData!));
    expect(file.georeference).toMatchObject(utm);
    expect(file.attributes["metadata"]).toEqual({ sensor: 'a & <b> "c"', gain: "3" });
    const image = await (await fromArrayBuffer(bytes.slice().buffer)).getImage();
    expect(image.getOrigin().slice(0, 2)).toEqual([366_015, 5_809_965]);
    expect(image.getResolution().slice(0, 2)).toEqual([30, -30]);
    expect(image.getGeoKeys()).toMatchObject({ ProjectedCSTypeGeoKey: 32_633, GTRasterTypeGeoKey: 1 });
    expect(image.getGDALNoData()).toBe(content.noData);
  });

  it.each([
    ["a turned grid in degrees", { transform: [0.1, 0.01, 12, 0.02, -0.1, 52], epsg: 4326 }],
    ["a grid without a known system", { transform: [2, 0, 5, 0, -2, 9] }],
    ["a system without a grid", { epsg: 3857 }],
  ] as [string, Georeference][])("writes %s", async (_, georeference) => {
    const content = { variables: { x: ndarray(new Uint8Array(4), [2, 2]) }, georeference };
    const { georeference: got } = await open(await tiffBytes(content));
    expect({ transform: got?.transform, epsg: got?.epsg }).toEqual({
      transform: georeference.transform,
      epsg: georeference.epsg,
    });
  });

  it("takes the system's number from well-known text", async () => {
    const wkt =
      'GEOGCS["x",DATUM["d",AUTHORITY["EPSG","6326"]],UNIT["degree",0.017,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4258"]]';
    const content = { variables: { x: ndarray(new Uint8Array(4), [2, 2]) }, georeference: { wkt } };
    const bytes = await tiffBytes(content);
    const image = await (await fromArrayBuffer(bytes.slice().buffer)).getImage();
    expect(image.getGeoKeys()).toMatchObject({ GTModelTypeGeoKey: 2, GeographicTypeGeoKey: 4258 });
  });

  const point: Georeference = {
    native: {
      format: "geotiff",
      values: {
        pixelScale: [10, 10, 0],
        tiepoints: [0, 0, 0, 1000, 2000, 0],
        geoKeys: [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 2, 3072, 0, 1, 32_632],
        geoTexts: "own words|",
      },
    },
  };
  const place = async (georeference: Georeference) =>
    (await open(await tiffBytes({ variables: { x: ndarray(new Uint8Array(4), [2, 2]) }, georeference }))).georeference!;

  it("gives a GeoTIFF's own tags back, which may mean the pixels' centres", async () => {
    const got = await place(point);
    expect(got.native).toEqual(point.native);
    // The tie point is the centre of the first pixel: its corner lies half a pixel further up and left.
    expect(got.transform).toEqual([10, 0, 995, 0, -10, 2005]);
    expect(await place(got)).toEqual(got);
  });

  it("keeps the coordinate system under a new transform", async () => {
    const finer: Georeference = { ...point, transform: [2.5, 0, 995, 0, -2.5, 2005] };
    const got = await place(finer);
    expect(got).toMatchObject({ transform: finer.transform, epsg: 32_632 });
    expect(got.native!.values["geoTexts"]).toBe("own words|");
  });

  it("gives labels a palette, the classes' names, and a value for none", async () => {
    const labels = ndarray(Int32Array.of(0, 1, -1, 1, 0, 1), [2, 3]);
    const bytes = await tiffBytes({ variables: { map: labels }, classes });
    const file = await open(bytes);
    expect(await file.read("data")).toEqual(ndarray(Uint8Array.of(0, 1, 255, 1, 0, 1), [2, 3]));
    expect(file.noData).toBe(255);
    expect(file.attributes["classes"]).toEqual(classes);
    const rgb = await (await (await fromArrayBuffer(bytes.slice().buffer)).getImage()).readRGB({ interleave: true });
    expect(Array.from(rgb as unknown as Uint8Array).slice(0, 6)).toEqual([200, 100, 0, 0, 255, 1]);
    await expect(
      tiffBytes({ variables: { map: ndarray(Int32Array.of(0, 2), [1, 2]) }, classes }),
    ).rejects.toMatchObject({ code: "SPECTRAI_DATA_LABEL", message: expect.stringContaining("Row 0, column 1") });
  });

  it("takes two bytes a pixel for more than 255 classes", async () => {
    const many = Array.from({ length: 300 }, (_, k) => ({ name: `c${k}`, color: [k % 256, 0, 0] as const }));
    const file = await open(
      await tiffBytes({ variables: { map: ndarray(Int32Array.of(299, -1), [1, 2]) }, classes: many }),
    );
    expect(await file.read("data")).toEqual(ndarray(Uint16Array.of(299, 65_535), [1, 2]));
  });

  it("names the bands of probabilities after their classes", async () => {
    const file = await open(await tiffBytes({ variables: { p: ndarray(new Float32Array(8), [2, 2, 2]) }, classes }));
    expect(file.attributes["bandNames"]).toEqual(["soil & <rock>", "tree"]);
  });

  it("writes the same bytes whatever the number of rows at a time", async () => {
    const header: ImageHeader = { name: "x", height: 120, width: 50, bands: 30, dtype: "float32", georeference: utm };
    const data = numbers("float32", 120 * 50 * 30) as Float32Array;
    const whole = await tiffBytes({ variables: { x: ndarray(data, [120, 50, 30]) }, georeference: utm });
    const writer = await tiffWriter.create({}, {});
    for (const step of [1, 11, 120]) {
      const parts: Uint8Array[] = [];
      const sink: ByteSink = { write: (b) => Promise.resolve(void parts.push(b.slice())) };
      const rows = await writer.image!(header, sink, () => Promise.reject(new Error("no file beside")));
      for (let y = 0; y < 120; y += step) await rows.write(data.subarray(y * 1500, (y + step) * 1500));
      await rows.end();
      expect(Buffer.compare(concat(parts), whole)).toBe(0);
    }
    expect((await (await open(whole)).read("data")).data).toEqual(data);
  });

  it("turns to BigTIFF where 4 GiB are not enough", async () => {
    // The head alone: the 6 GB that follow are never made. Rows of 3.12 MB; the last lies at its offset.
    const header: ImageHeader = { name: "x", height: 2000, width: 3900, bands: 200, dtype: "float32" };
    let head = new Uint8Array(0);
    await tiffRows(header, { write: (b) => Promise.resolve(void (head = b.slice())) });
    const row = 3900 * 200 * 4;
    const size = head.length + 2000 * row;
    const value = 12.5;
    const file = await openTiff({
      name: "large.tif",
      size,
      read: (offset, length) => {
        const out = new Uint8Array(length);
        out.set(head.subarray(Math.min(offset, head.length), Math.min(offset + length, head.length)));
        const at = size - 4 - offset;
        if (at >= 0 && at + 4 <= length) new DataView(out.buffer).setFloat32(at, value, true);
        return Promise.resolve(out);
      },
    });
    expect(file.attributes["format"]).toBe("BigTIFF");
    expect(file.variables[0]!.shape).toEqual([2000, 3900, 200]);
    const last = await file.read("data", [
      [1999, 2000],
      [3899, 3900],
      [198, 200],
    ]);
    expect(Array.from(last.data as Float32Array)).toEqual([0, value]);
  });

  it.each([
    [
      "several arrays",
      { a: ndarray(new Uint8Array(1), [1, 1]), b: ndarray(new Uint8Array(1)) },
      "SPECTRAI_CONFIG_INVALID",
    ],
    ["nothing", {}, "SPECTRAI_CONFIG_INVALID"],
    ["a spectrum", { a: ndarray(new Float32Array(5)) }, "SPECTRAI_DATA_SHAPE"],
    ["an empty image", { a: ndarray(new Float32Array(0), [0, 5]) }, "SPECTRAI_DATA_SHAPE"],
    ["more bands than TIFF counts", { a: ndarray(new Uint8Array(65_536), [1, 1, 65_536]) }, "SPECTRAI_DATA_SHAPE"],
  ])("refuses %s", async (_, variables, code) => {
    await expect(tiffBytes({ variables })).rejects.toMatchObject({ code });
  });

  it.skipIf(!dataFolder())("gives back a measured tile with its place unchanged", async () => {
    const path = join(dataFolder()!, "hsi-enmap-potsdam-tiles", "images", "enmap_potsdam_tile_128_0.tif");
    const tile = await open(new Uint8Array(readFileSync(path)));
    const data = await tile.read("data");
    const back = await open(
      await tiffBytes({ variables: { data }, georeference: tile.georeference!, noData: tile.noData! }),
    );
    expect(back.georeference).toEqual(tile.georeference);
    expect(back.noData).toBe(tile.noData);
    expect((await back.read("data")).data).toEqual(data.data);
  });
});
