import type { ByteSource, DataFile, NdArray } from "@spectrai/core";
import { cut } from "../bytes/cut.ts";
import { dataFile } from "../bytes/entries.ts";
import { tooLarge } from "../bytes/errors.ts";
import { readChunks } from "./chunks.ts";
import { decodePng } from "./decode.ts";

const longest = 2 ** 31;

/** An image has one variable, `image`; the palette is an attribute. */
export async function openPng(source: ByteSource): Promise<DataFile> {
  const file = source.name;
  if (source.size > longest) throw tooLarge(file, `it has ${source.size} bytes`);
  const chunks = readChunks(file, await source.read(0, source.size));
  const { width, height, depth, channels, indexed } = chunks.header;
  let image: Promise<NdArray> | undefined;
  const shape = channels === 1 ? [height, width] : [height, width, channels];
  const palette =
    chunks.palette &&
    Array.from({ length: Math.floor(chunks.palette.length / 3) }, (_, i) =>
      Array.from(chunks.palette!.subarray(3 * i, 3 * i + 3)),
    );
  return dataFile(file, {
    entries: [
      {
        info: { name: "image", kind: "numeric", shape, dtype: depth === 16 ? "uint16" : "uint8" },
        read: async (region) => cut(await (image ??= decodePng(file, chunks)), file, "image", region),
      },
    ],
    attributes: { format: "PNG", depth, indexed, ...(palette ? { palette } : {}) },
  });
}
