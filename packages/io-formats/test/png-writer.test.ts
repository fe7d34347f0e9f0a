import { type ByteSink, type FileContent, type ImageHeader, ndarray, type TypedArray } from "@spectrai/core";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { bytesSource, concat } from "../src/bytes/source.ts";
import { pngWriter } from "../src/index.ts";
import { glyph } from "../src/png/font.ts";
import { openPng } from "../src/png/open.ts";

const writer = await pngWriter.create({}, {});
const collector = (): { readonly sink: ByteSink; bytes(): Uint8Array } => {
  const parts: Uint8Array[] = [];
  return { sink: { write: (b) => Promise.resolve(void parts.push(b.slice())) }, bytes: () => concat(parts) };
};
/** What is written, and the files beside by their endings. */
async function write(content: FileContent): Promise<{ image: Uint8Array; beside: Record<string, Uint8Array> }> {
  const main = collector();
  const others: Record<string, ReturnType<typeof collector>> = {};
  await writer.write(content, main.sink, (ending) => Promise.resolve((others[ending] = collector()).sink));
  return {
    image: main.bytes(),
    beside: Object.fromEntries(Object.entries(others).map(([k, v]) => [k, v.bytes()])),
  };
}
const classes: NonNullable<FileContent["classes"]> = [
  { name: "soil", color: [200, 100, 0] },
  { name: "Bäume", color: [0, 255, 1] },
  { name: "water", color: [0, 0, 255] },
];

describe("png writer", () => {
  it.each([Int32Array, Int16Array])(
    "writes labels as palette indices, transparent where there is none",
    async (Type) => {
      const labels = Type.from([0, 1, 2, -1, 2, 0, -1, 1]);
      const { image } = await write({ variables: { map: ndarray(labels as TypedArray, [2, 4]) }, classes });
      const decoded = decode(image);
      expect([decoded.width, decoded.height, decoded.channels, decoded.depth]).toEqual([4, 2, 1, 8]);
      expect(Array.from(decoded.data)).toEqual([0, 1, 2, 255, 2, 0, 255, 1]);
      const palette = decoded.palette!;
      expect(palette.slice(0, 3).map((c) => c.slice(0, 3))).toEqual(classes.map((c) => c.color));
      // Alpha: fast-png puts the transparency beside the colours.
      expect(palette.map((c) => c[3])).toEqual(Array.from({ length: 256 }, (_, i) => (i === 255 ? 0 : 255)));
      const opened = await openPng(bytesSource("map.png", image));
      expect((await opened.read("image")).data).toEqual(Uint8Array.of(0, 1, 2, 255, 2, 0, 255, 1));
      expect(opened.attributes["indexed"]).toBe(true);
    },
  );

  it("keeps a value for no label that is a label's", async () => {
    const labels = ndarray(Uint8Array.of(0, 1, 2, 0), [2, 2]);
    const { image } = await write({ variables: { map: labels }, classes, noData: 0 });
    const { data, palette } = decode(image);
    expect(Array.from(data)).toEqual([0, 1, 2, 0]);
    expect(palette!.findIndex((c) => c[3] === 0)).toBe(0);
  });

  it("puts a legend beside, with each class's colour and name", async () => {
    const { beside } = await write({ variables: { map: ndarray(Int32Array.of(0), [1, 1]) }, classes });
    expect(Object.keys(beside)).toEqual([".legend.png"]);
    const { width, height, data, channels } = decode(beside[".legend.png"]!);
    expect(channels).toBe(3);
    expect([width, height]).toEqual([3 * 8 + 16 + 5 * 6 * 2, 2 * 8 + 3 * 24 - 8]);
    const pixel = (x: number, y: number): number[] =>
      Array.from(data.slice((y * width + x) * 3, (y * width + x) * 3 + 3));
    for (const [k, { color }] of classes.entries()) expect(pixel(16, 16 + 24 * k)).toEqual(color);
    // The ink of a name is four pixels for each dot of its letters.
    const dots = (text: string): number =>
      Array.from(text).reduce(
        (n, c) => n + glyph(c).reduce((m, bits) => m + bits.toString(2).replaceAll("0", "").length, 0),
        0,
      );
    for (const [k, name] of ["soil", "Baume", "water"].entries()) {
      let ink = 0;
      for (let y = 8 + 24 * k; y < 24 + 24 * k; y++) for (let x = 32; x < width; x++) if (pixel(x, y)[0] === 0) ink++;
      expect(ink).toBe(4 * dots(name));
    }
  });

  it.each([1, 2, 3, 4])("writes %i bands of 8 and 16 bits as they are", async (bands) => {
    for (const Type of [Uint8Array, Uint16Array]) {
      const data = new Type(Array.from({ length: 19 * 23 * bands }, (_, i) => (i * i * 7) % 60_013));
      const { image, beside } = await write({
        variables: { picture: ndarray(data as TypedArray, bands === 1 ? [19, 23] : [19, 23, bands]) },
      });
      const decoded = decode(image);
      expect([decoded.height, decoded.width, decoded.channels]).toEqual([19, 23, bands]);
      expect(decoded.data).toEqual(data);
      expect(beside).toEqual({});
    }
  });

  it("writes rows as they come, the same image whatever their number", async () => {
    const [height, width] = [301, 97];
    const data = Uint8Array.from({ length: height * width }, (_, i) => (i * 31 + (i >> 5)) & 255);
    const header: ImageHeader = { name: "grey", height, width, dtype: "uint8" };
    for (const step of [1, 7, 301]) {
      const { sink, bytes } = collector();
      const rows = await writer.image!(header, sink, () => Promise.reject(new Error("no file beside")));
      for (let y = 0; y < height; y += step) await rows.write(data.subarray(y * width, (y + step) * width));
      await rows.end();
      expect(decode(bytes()).data).toEqual(data);
    }
  });

  it("passes on the failure of a full disk, wherever it strikes", async () => {
    const data = Uint8Array.from({ length: 1 << 20 }, (_, i) => (Math.sin(i * i) * 1e6) & 255);
    const header: ImageHeader = { name: "noise", height: 1024, width: 1024, dtype: "uint8" };
    for (const after of [0, 2, 3, 9]) {
      let writes = 0;
      const full: ByteSink = {
        write: () => (writes++ < after ? Promise.resolve() : Promise.reject(new Error("disk full"))),
      };
      const attempt = async (): Promise<void> => {
        const rows = await writer.image!(header, full, () => Promise.reject(new Error("no file beside")));
        for (let y = 0; y < 1024; y += 64) await rows.write(data.subarray(y * 1024, (y + 64) * 1024));
        await rows.end();
      };
      await expect(attempt()).rejects.toThrow("disk full");
    }
  });

  it.each([
    ["a label that is no class", ndarray(Int32Array.of(0, 3), [1, 2]), "SPECTRAI_DATA_LABEL", "Row 0, column 1"],
    ["a cube", ndarray(new Float32Array(24), [2, 2, 6]), "SPECTRAI_DATA_SHAPE", "6 bands of float32"],
    ["a spectrum", ndarray(new Float32Array(6), [6]), "SPECTRAI_DATA_SHAPE", "[6]"],
  ])("refuses %s", async (_, array, code, message) => {
    await expect(write({ variables: { x: array }, classes })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it("refuses more classes than a palette holds, missing rows and surplus rows", async () => {
    const many = Array.from({ length: 256 }, (_, k) => ({ name: `${k}`, color: [k, k, k] as const }));
    await expect(write({ variables: { x: ndarray(Int32Array.of(0), [1, 1]) }, classes: many })).rejects.toMatchObject({
      code: "SPECTRAI_DATA_SHAPE",
      message: expect.stringContaining("256 classes"),
    });
    const header: ImageHeader = { name: "x", height: 3, width: 2, dtype: "uint8" };
    const rows = await writer.image!(header, collector().sink, () => Promise.reject(new Error("no file beside")));
    await expect(rows.write(new Uint8Array(3))).rejects.toMatchObject({ code: "SPECTRAI_DATA_SHAPE" });
    await expect(rows.write(new Float32Array(2))).rejects.toMatchObject({ code: "SPECTRAI_DATA_SHAPE" });
    await rows.write(new Uint8Array(4));
    await expect(rows.end()).rejects.toMatchObject({ message: expect.stringContaining("after 2 rows") });
    await expect(rows.write(new Uint8Array(4))).rejects.toMatchObject({ code: "SPECTRAI_DATA_SHAPE" });
  });
});
