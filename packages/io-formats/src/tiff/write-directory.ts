/** The head of a TIFF file: header, directory, and the values that do not fit into it. */
import { littleBytes } from "../bytes/elements.ts";
import { fieldType } from "./tags.ts";

export interface NewField {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

export const short = (tag: number, ...values: readonly number[]): NewField => shorts(tag, Uint16Array.from(values));
export const shorts = (tag: number, values: Uint16Array): NewField => ({
  tag,
  type: fieldType.short,
  count: values.length,
  bytes: littleBytes(values),
});
export const long = (tag: number, value: number): NewField => positions(tag, Float64Array.of(value), false);
export const doubles = (tag: number, values: readonly number[]): NewField => ({
  tag,
  type: fieldType.double,
  count: values.length,
  bytes: littleBytes(Float64Array.from(values)),
});

export function ascii(tag: number, text: string): NewField {
  const bytes = new TextEncoder().encode(`${text}\0`);
  return { tag, type: fieldType.ascii, count: bytes.length, bytes };
}

/** Positions and lengths: 64 bits in a BigTIFF file, else 32. */
export const positions = (tag: number, values: Float64Array, big: boolean): NewField => ({
  tag,
  type: big ? fieldType.long8 : fieldType.long,
  count: values.length,
  bytes: littleBytes(big ? BigUint64Array.from(values, BigInt) : Uint32Array.from(values)),
});

const align = (n: number): number => Math.ceil(n / 16) * 16;

/** Bytes before the image, which starts where they end. */
export function headLength(fields: readonly NewField[], big: boolean): number {
  const inline = big ? 8 : 4;
  const values = fields.reduce((n, f) => n + (f.bytes.length > inline ? align(f.bytes.length) : 0), 0);
  return align(big ? 32 + 20 * fields.length : 14 + 12 * fields.length) + values;
}

/** Header, directory and values, little-endian. */
export function headBytes(fields: readonly NewField[], big: boolean): Uint8Array {
  const [inline, entry] = big ? [8, 20] : [4, 12];
  const out = new Uint8Array(headLength(fields, big));
  const view = new DataView(out.buffer);
  const start = big ? 16 : 8;
  out.set([0x49, 0x49, big ? 43 : 42, 0]);
  if (big) {
    view.setUint16(4, 8, true);
    view.setUint32(8, start, true);
    view.setUint32(start, fields.length, true);
  } else {
    view.setUint32(4, start, true);
    view.setUint16(start, fields.length, true);
  }
  let at = start + (big ? 8 : 2);
  let free = align(big ? 32 + entry * fields.length : 14 + entry * fields.length);
  for (const { tag, type, count, bytes } of fields.toSorted((a, b) => a.tag - b.tag)) {
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    const place = at + entry - inline;
    if (bytes.length <= inline) out.set(bytes, place);
    else {
      view.setUint32(place, free, true);
      out.set(bytes, free);
      free += align(bytes.length);
    }
    at += entry;
  }
  return out;
}
