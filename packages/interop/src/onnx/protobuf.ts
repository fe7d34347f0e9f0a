/** A message of protocol buffers as its encoded parts: fields may be added in any order, and repeated ones several times. */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** Bytes of the encoded message. */
  get length(): number {
    return this.#length;
  }

  /** Wire type 0. Negative numbers are written as 64-bit two's complement, as int32 and int64 are. */
  integer(field: number, value: number | bigint): this {
    this.#push(varint(BigInt(field << 3)));
    this.#push(varint(BigInt.asUintN(64, BigInt(value))));
    return this;
  }

  /** Wire type 5. */
  float(field: number, value: number): this {
    this.#push(varint(BigInt((field << 3) | 5)));
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#push(bytes);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** Wire type 2; the bytes are not copied until the whole is written. */
  bytes(field: number, value: Uint8Array): this {
    this.#push(varint(BigInt((field << 3) | 2)));
    this.#push(varint(BigInt(value.length)));
    this.#push(value);
    return this;
  }

  message(field: number, value: Message): this {
    this.#push(varint(BigInt((field << 3) | 2)));
    this.#push(varint(BigInt(value.length)));
    for (const part of value.#parts) this.#push(part);
    return this;
  }

  encode(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  #push(part: Uint8Array): void {
    this.#parts.push(part);
    this.#length += part.length;
  }
}

/** Seven bits a byte, lowest first; the top bit says that more follow. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  do {
    const low = Number(value & 0x7fn);
    value >>= 7n;
    bytes.push(value > 0n ? low | 0x80 : low);
  } while (value > 0n);
  return Uint8Array.from(bytes);
}
