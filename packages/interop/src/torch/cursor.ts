import { damaged } from "./errors.ts";

/** Reads bytes from front to back and never past the end. All numbers are little-endian unless said otherwise. */
export class Cursor {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the next `length` bytes are, which are passed over. @throws SPECTRAI_FILE_DAMAGED */
  #pass(length: number): number {
    const start = this.at;
    if (!(length <= this.bytes.length - start))
      throw damaged(this.name, `${length} bytes are announced at byte ${start} of ${this.bytes.length}`);
    this.at += length;
    return start;
  }

  take(length: number): Uint8Array {
    const start = this.#pass(length);
    return this.bytes.subarray(start, start + length);
  }

  uint8(): number {
    return this.#view.getUint8(this.#pass(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#pass(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#pass(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#pass(4), true);
  }

  /** A length; one beyond 2^53 is larger than any file and refused by what reads it. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#pass(8), true));
  }

  /** Big-endian, as pickles have them. */
  float64(): number {
    return this.#view.getFloat64(this.#pass(8), false);
  }

  /** Text up to the end of the line. */
  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) throw damaged(this.name, `the text at byte ${this.at} has no end`);
    const text = decodeText(this.take(end - this.at));
    this.at++;
    return text;
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
export const decodeText = (bytes: Uint8Array): string => decoder.decode(bytes);
