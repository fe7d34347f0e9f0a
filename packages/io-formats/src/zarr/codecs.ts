/** Undoes what a chunk was packed with. Nothing is unpacked before it is known how much will come out. */
import { isSpectraiError } from "@spectrai/core";
import { damaged } from "../bytes/errors.ts";
import { inflate } from "../bytes/inflate.ts";
import { bytesSource } from "../bytes/source.ts";
import { crc32c } from "./crc32c.ts";
import { zstdBound } from "./zstd-bound.ts";

export const codecNames = ["blosc", "zstd", "lz4", "gzip", "zlib", "crc32c"] as const;
export type CodecName = (typeof codecNames)[number];

/** Packing can make data a little longer. */
export const mostPacked = (size: number): number => 2 * size + 65_536;

/**
 * @param codecs - in the order they were applied
 * @param size - what has to come out in the end
 * @throws SPECTRAI_FILE_DAMAGED
 */
export async function unpack(
  name: string,
  packed: Uint8Array,
  codecs: readonly CodecName[],
  size: number,
): Promise<Uint8Array> {
  let bytes = packed;
  try {
    for (let i = codecs.length - 1; i >= 0; i--)
      bytes = await decode(name, bytes, codecs[i]!, i === 0 ? size : mostPacked(size));
  } catch (e) {
    throw isSpectraiError(e) ? e : damaged(name, "it cannot be unpacked", e);
  }
  if (bytes.length !== size) throw damaged(name, `it holds ${bytes.length} bytes where ${size} are due`);
  return bytes;
}

async function decode(name: string, bytes: Uint8Array, codec: CodecName, limit: number): Promise<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const short = (length: number): void => {
    if (bytes.length < length) throw damaged(name, `it is too short for ${codec}`);
  };
  const announce = (announced: number | undefined): void => {
    if (announced === undefined) throw damaged(name, `it is not what ${codec} makes`);
    if (announced > limit) throw damaged(name, `it unpacks to ${announced} bytes, where at most ${limit} are due`);
  };
  switch (codec) {
    case "gzip":
      return inflate(bytesSource(name, bytes), { format: "gzip", limit });
    case "zlib":
      return inflate(bytesSource(name, bytes), { format: "deflate", limit });
    case "crc32c": {
      short(4);
      const content = bytes.subarray(0, -4);
      if (crc32c(content) !== view.getUint32(bytes.length - 4, true)) throw damaged(name, "its checksum is wrong");
      return content;
    }
    case "blosc":
      short(16);
      announce(view.getUint32(4, true));
      if (view.getUint32(12, true) !== bytes.length)
        throw damaged(name, `it has ${bytes.length} bytes where ${view.getUint32(12, true)} are announced`);
      return (await import("numcodecs/blosc")).default.fromConfig({ id: "blosc" }).decode(bytes);
    case "lz4":
      short(4);
      announce(view.getUint32(0, true));
      return (await import("numcodecs/lz4")).default.fromConfig({ id: "lz4" }).decode(bytes);
    case "zstd": {
      const bound = zstdBound(bytes);
      // Frames that do not state their size may hold blocks that are not full.
      announce(bound === undefined ? undefined : Math.min(bound, bound <= 4 * limit + (1 << 21) ? limit : bound));
      return (await import("numcodecs/zstd")).default.fromConfig({ id: "zstd" }).decode(bytes);
    }
  }
}
