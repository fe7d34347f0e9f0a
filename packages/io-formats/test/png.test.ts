import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { decode, encode } from "fast-png";
import { dataFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { crc32 } from "../src/bytes/crc32.ts";
import { bytesSource, concat } from "../src/bytes/source.ts";
import { openPng } from "../src/png/open.ts";

const chunk = (type: string, body: Uint8Array): Uint8Array => {
  const content = concat([new TextEncoder().encode(type), body]);
  const [length, checksum] = [new DataView(new ArrayBuffer(4)), new DataView(new ArrayBuffer(4))];
  length.setUint32(0, body.length);
  checksum.setUint32(0, crc32(content));
  return concat([new Uint8Array(length.buffer), content, new Uint8Array(checksum.buffer)]);
};
const file = (
  width: number,
  height: number,
  depth: number,
  colour: number,
  raw: Uint8Array,
  palette?: Uint8Array,
): Uint8Array => {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, depth);
  header.setUint8(9, colour);
  return concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", new Uint8Array(header.buffer)),
    ...(palette ? [chunk("PLTE", palette)] : []),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", new Uint8Array(0)),
  ]);
};
const read = async (bytes: Uint8Array) => (await openPng(bytesSource("mask.png", bytes))).read("image");

describe("png", () => {
  it.each([
    [1, Uint8Array.of(0, 0b10110000), [1, 0, 1, 1, 0]],
    [2, Uint8Array.of(0, 0b11100100, 0b01000000), [3, 2, 1, 0, 1]],
    [4, Uint8Array.of(0, 0xf1, 0x02, 0x30), [15, 1, 0, 2, 3]],
  ])("unpacks palette indices of %i bits and keeps them", async (depth, raw, values) => {
    const palette = Uint8Array.from({ length: 48 }, (_, i) => 5 * i);
    const opened = await openPng(bytesSource("mask.png", file(5, 1, depth, 3, raw, palette)));
    expect(await opened.read("image")).toEqual({ data: Uint8Array.from(values), shape: [1, 5], dtype: "uint8" });
    expect(opened.attributes).toMatchObject({ depth, indexed: true, palette: expect.arrayContaining([[15, 20, 25]]) });
  });

  it.each([1, 2, 3, 4])(
    "agrees with fast-png on %i channels, all filters, interlaced or not, 8 and 16 bits",
    async (channels) => {
      for (const depth of [8, 16] as const)
        for (const interlace of ["null", "Adam7"] as const) {
          const [width, height] = [19, 9];
          const values = Array.from({ length: width * height * channels }, (_, i) => (i * i * 7) % 60_000);
          const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
          const got = await read(encode({ width, height, data, channels, depth }, { interlace }));
          expect(got.shape).toEqual(channels === 1 ? [height, width] : [height, width, channels]);
          expect(got.data).toEqual(data);
        }
    },
  );

  it("undoes every filter", async () => {
    // Rows of the same values 10 20 30 40, each under another filter, worked out by hand.
    const raw = Uint8Array.of(0, 10, 20, 30, 40, 1, 10, 10, 10, 10, 2, 0, 0, 0, 0, 3, 5, 5, 5, 5, 4, 0, 0, 0, 0);
    expect(Array.from((await read(file(4, 5, 8, 0, raw))).data as Uint8Array)).toEqual(
      Array.from({ length: 20 }, (_, i) => 10 * (1 + (i % 4))),
    );
  });

  it("refuses data that do not fit the header", async () => {
    const short = file(4, 5, 8, 0, new Uint8Array(10));
    await expect(read(short)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_DAMAGED",
      message: expect.stringContaining("fewer than its 4 × 5"),
    });
    const long = file(4, 5, 8, 0, new Uint8Array(100_000));
    await expect(read(long)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_DAMAGED",
      message: expect.stringContaining("more than the 25 bytes"),
    });
    const huge = file(60_000, 60_000, 8, 0, new Uint8Array(10));
    await expect(read(huge)).rejects.toMatchObject({ code: "SPECTRAI_FILE_TOO_LARGE" });
  });

  it.skipIf(!dataFolder())("reads the masks as fast-png does", async () => {
    for (const name of ["mask_1.png", "mask_2.png", "mask_3.png"]) {
      const bytes = new Uint8Array(readFileSync(join(dataFolder()!, "masks", name)));
      const expected = decode(bytes);
      const got = await read(bytes);
      expect(got.shape).toEqual([expected.height, expected.width]);
      if (expected.depth === 8) expect(got.data).toEqual(expected.data);
      expect(Math.max(...(got.data as Uint8Array))).toBeGreaterThan(1);
    }
  });
});
