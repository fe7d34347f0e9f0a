import { type ByteSink, type ImageHeader, ndarray } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { bytesSource, concat } from "../src/bytes/source.ts";
import { npyWriter } from "../src/index.ts";
import { openNpy } from "../src/npy/open.ts";
import { written } from "./collect.ts";

const writer = await npyWriter.create({}, {});
const none = (): Promise<ByteSink> => Promise.reject(new Error("no file beside"));

describe("npy writer, row by row", () => {
  it.each([[undefined], [1], [6]])("writes the bytes that it writes for a whole image, %s bands", async (bands) => {
    const shape = bands === undefined ? [13, 7] : [13, 7, bands];
    const row = 7 * (bands ?? 1);
    const data = Float32Array.from({ length: 13 * row }, (_, i) => Math.sin(i));
    const whole = await written(writer, { variables: { x: ndarray(data, shape) } });
    const header: ImageHeader = { name: "x", height: 13, width: 7, dtype: "float32", ...(bands ? { bands } : {}) };
    for (const step of [1, 5, 13]) {
      const parts: Uint8Array[] = [];
      const rows = await writer.image!(header, { write: (b) => Promise.resolve(void parts.push(b.slice())) }, none);
      for (let y = 0; y < 13; y += step) await rows.write(data.subarray(y * row, (y + step) * row));
      await rows.end();
      expect(concat(parts)).toEqual(whole);
    }
    expect(await (await openNpy(bytesSource("a.npy", whole))).read("data")).toEqual(ndarray(data, shape));
  });

  it("refuses rows of another type or number", async () => {
    const rows = await writer.image!(
      { name: "x", height: 2, width: 3, dtype: "int16" },
      { write: () => Promise.resolve() },
      none,
    );
    const shape = expect.objectContaining({ code: "SPECTRAI_DATA_SHAPE" });
    await expect(rows.write(new Uint16Array(3))).rejects.toEqual(shape);
    await expect(rows.write(new Int16Array(4))).rejects.toEqual(shape);
    await expect(rows.write(new Int16Array(9))).rejects.toEqual(shape);
    await rows.write(new Int16Array(3));
    await expect(rows.end()).rejects.toEqual(shape);
  });
});
