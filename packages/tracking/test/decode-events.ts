/**
 * A slow decoder of event files, written from the format's definitions and sharing nothing with the writer: CRC bit by
 * bit with the unreflected polynomial, messages into nested maps of field number → values.
 */
export interface DecodedEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  readonly values: readonly DecodedValue[];
}

export interface DecodedValue {
  readonly tag: string;
  readonly scalar?: number;
  readonly image?: {
    readonly width: number;
    readonly height: number;
    readonly colorspace: number;
    readonly png: Uint8Array;
  };
  readonly text?: string;
  readonly plugin?: string;
}

const reverse = (value: bigint, bits: number): bigint => {
  let out = 0n;
  for (let i = 0; i < bits; i++) if ((value >> BigInt(i)) & 1n) out |= 1n << BigInt(bits - 1 - i);
  return out;
};

/** CRC-32C by long division over GF(2) on big integers. */
export function slowCrc32c(data: Uint8Array): number {
  let remainder = 0xffffffffn;
  for (const byte of data) {
    remainder ^= reverse(BigInt(byte), 8) << 24n;
    for (let i = 0; i < 8; i++) {
      remainder <<= 1n;
      if (remainder >> 32n) remainder ^= 0x11edc6f41n;
    }
  }
  return Number(reverse(remainder, 32) ^ 0xffffffffn);
}

const masked = (data: Uint8Array): number => {
  const crc = BigInt(slowCrc32c(data));
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn);
};

type Raw = Map<number, (bigint | Uint8Array)[]>;

const viewOf = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);
const wordsOf = (data: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(data);

function fields(data: Uint8Array): Raw {
  const out: Raw = new Map();
  const view = viewOf(data);
  let at = 0;
  const varint = (): bigint => {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) return value;
    }
  };
  while (at < data.length) {
    const key = Number(varint());
    const type = key & 7;
    let value: bigint | Uint8Array;
    if (type === 0) value = varint();
    else {
      const length = type === 1 ? 8 : type === 5 ? 4 : Number(varint());
      if (type !== 1 && type !== 2 && type !== 5) throw new Error(`wire type ${type}`);
      if (at + length > data.length) throw new Error("field leaves its message");
      value = data.subarray(at, at + length);
      at += length;
    }
    out.set(key >> 3, [...(out.get(key >> 3) ?? []), value]);
  }
  return out;
}

const sub = (raw: Raw, number: number): Uint8Array | undefined => raw.get(number)?.[0] as Uint8Array | undefined;

/** @throws where framing, a CRC or a message is wrong */
export function decodeEvents(file: Uint8Array): DecodedEvent[] {
  const view = viewOf(file);
  const events: DecodedEvent[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    if (view.getUint32(at + 8, true) !== masked(file.subarray(at, at + 8))) throw new Error(`length CRC at ${at}`);
    const data = file.subarray(at + 12, at + 12 + length);
    if (data.length !== length) throw new Error(`record at ${at} is cut short`);
    if (view.getUint32(at + 12 + length, true) !== masked(data)) throw new Error(`data CRC at ${at}`);
    at += 16 + length;
    const event = fields(data);
    const version = sub(event, 3);
    const summary = sub(event, 5);
    events.push({
      wallTime: viewOf(sub(event, 1)!).getFloat64(0, true),
      step: Number(event.get(2)?.[0] ?? 0n),
      ...(version !== undefined && { version: wordsOf(version) }),
      values: summary
        ? fields(summary)
            .get(1)!
            .map((v) => decodeValue(v as Uint8Array))
        : [],
    });
  }
  return events;
}

function decodeValue(data: Uint8Array): DecodedValue {
  const value = fields(data);
  const tag = wordsOf(sub(value, 1)!);
  const [scalar, image, tensor, metadata] = [2, 4, 8, 9].map((n) => sub(value, n));
  if (scalar) return { tag, scalar: viewOf(scalar).getFloat32(0, true) };
  if (image) {
    const f = fields(image);
    const number = (n: number): number => Number(f.get(n)![0]);
    return { tag, image: { height: number(1), width: number(2), colorspace: number(3), png: sub(f, 4)! } };
  }
  const t = fields(tensor!);
  if (t.get(1)![0] !== 7n) throw new Error("the text is no string tensor");
  const dims = fields(sub(t, 2)!)
    .get(2)!
    .map((d) => Number(fields(d as Uint8Array).get(1)![0]));
  const strings = t.get(8)!;
  if (dims.length !== 1 || dims[0] !== strings.length) throw new Error("shape and strings differ");
  const text = strings.map((s) => wordsOf(s as Uint8Array)).join("\n");
  return { tag, text, plugin: wordsOf(sub(fields(sub(fields(metadata!), 1)!), 1)!) };
}
