import type { ByteSource } from "@spectrai/core";
import { damaged } from "./errors.ts";

/** Bytes in memory as a source. Reads are views, not copies. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: (offset, length) => {
      const wrong = outside(name, bytes.length, offset, length);
      return wrong ? Promise.reject(wrong) : Promise.resolve(bytes.subarray(offset, offset + length));
    },
  };
}

/** A range of a source, as a source of its own that cannot be left. */
export function rangeSource(source: ByteSource, start: number, size: number, name: string = source.name): ByteSource {
  return {
    name,
    size,
    read: (offset, length) => {
      const wrong = outside(name, size, offset, length);
      return wrong ? Promise.reject(wrong) : source.read(start + offset, length);
    },
  };
}

const blockSize = 65_536;

/** Serves the many small reads of a walk through headers from blocks of 64 KiB; long reads pass through. */
export function bufferedSource(source: ByteSource): ByteSource {
  let block: { readonly start: number; readonly bytes: Uint8Array } | undefined;
  return {
    name: source.name,
    size: source.size,
    async read(offset, length) {
      const wrong = outside(source.name, source.size, offset, length);
      if (wrong) throw wrong;
      if (length > blockSize / 4) return source.read(offset, length);
      if (!block || offset < block.start || offset + length > block.start + block.bytes.length)
        block = { start: offset, bytes: await source.read(offset, Math.min(blockSize, source.size - offset)) };
      return block.bytes.subarray(offset - block.start, offset - block.start + length);
    },
  };
}

const outside = (name: string, size: number, offset: number, length: number): Error | undefined =>
  offset >= 0 && length >= 0 && offset + length <= size
    ? undefined
    : damaged(name, `it ends at byte ${size}, where data up to byte ${offset + length} are announced`);

/** The first bytes of a source, fewer where it is shorter. */
export const readHead = (source: ByteSource, length: number): Promise<Uint8Array> =>
  source.read(0, Math.min(length, source.size));

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const concat = (chunks: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
};
