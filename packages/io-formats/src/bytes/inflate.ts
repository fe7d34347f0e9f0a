import type { ByteSource } from "@spectrai/core";
import { damaged } from "./errors.ts";
import { concat } from "./source.ts";

export interface Inflation {
  /** `deflate`: with zlib's header and checksum; `deflate-raw`: without, as in zip; `gzip`: with gzip's. */
  readonly format: "deflate" | "deflate-raw" | "gzip";
  /** More output than this is an error: the file announces how much there should be. */
  readonly limit: number;
  /** Stop, without looking at the rest, once this many bytes came out. */
  readonly enough?: number;
}

const chunkSize = 1 << 18;

/**
 * Inflates a whole source. Memory grows with what really comes out, whatever the file announces.
 *
 * @throws SPECTRAI_FILE_DAMAGED when the data are damaged, cut short, fail the checksum, or exceed `limit`
 */
export async function inflate(
  source: ByteSource,
  { format, limit, enough = Infinity }: Inflation,
): Promise<Uint8Array> {
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  let unread: unknown;
  const step = enough < chunkSize ? Math.max(4096, enough) : chunkSize;
  const feed = async (): Promise<void> => {
    for (let at = 0; at < source.size; at += step) {
      const length = Math.min(step, source.size - at);
      const chunk = await source.read(at, length).catch((e: unknown) => {
        unread = e;
        throw e;
      });
      await writer.write(chunk as Uint8Array<ArrayBuffer>);
    }
    await writer.close();
  };
  // A failure of the writing side also fails the reading side, which reports it.
  const fed = feed().catch((e: unknown) => writer.abort(e).catch(() => undefined));
  const reader = stream.readable.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
      if (size > limit)
        throw damaged(source.name, `compressed data unpack to more than the ${limit} bytes that are announced`);
      if (size >= enough) break;
    }
  } catch (e) {
    await reader.cancel().catch(() => undefined);
    await fed;
    if (unread) throw unread;
    throw size > limit
      ? e
      : damaged(source.name, "compressed data cannot be unpacked (a checksum fails, or they are cut short)", e);
  }
  if (size >= enough) await reader.cancel().catch(() => undefined);
  await fed;
  return chunks.length === 1 ? chunks[0]! : concat(chunks);
}

/** Deflate cannot do better than 1032 : 1; an announcement beyond that is false. */
export const mostInflated = (compressed: number): number => 1040 * compressed + 1024;

/** Deflates bytes. */
export async function deflate(parts: readonly Uint8Array[], format: Inflation["format"]): Promise<Uint8Array> {
  const stream = new CompressionStream(format);
  const writer = stream.writable.getWriter();
  const feed = async (): Promise<void> => {
    for (const part of parts)
      for (let at = 0; at < part.length; at += chunkSize)
        await writer.write(part.subarray(at, at + chunkSize) as Uint8Array<ArrayBuffer>);
    await writer.close();
  };
  const [, out] = await Promise.all([feed(), new Response(stream.readable).arrayBuffer()]);
  return new Uint8Array(out);
}
