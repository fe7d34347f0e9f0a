import type { TypedArray } from "@spectrai/core";

/** Patches cut one after another meet the same compressed blocks. */
const mostBytes = 64 << 20;

/** Unpacked blocks: those used last, up to 64 MiB, and always the last one. */
export class BlockCache {
  readonly #blocks = new Map<string, TypedArray>();
  #bytes = 0;

  async get(key: string, unpack: () => Promise<TypedArray>): Promise<TypedArray> {
    const found = this.#blocks.get(key);
    if (found) {
      this.#blocks.delete(key);
      this.#blocks.set(key, found);
      return found;
    }
    const block = await unpack();
    if (!this.#blocks.has(key)) {
      this.#blocks.set(key, block);
      this.#bytes += block.byteLength;
    }
    for (const [oldest, { byteLength }] of this.#blocks) {
      if (this.#bytes <= mostBytes || oldest === key) break;
      this.#blocks.delete(oldest);
      this.#bytes -= byteLength;
    }
    return block;
  }
}
