/**
 * Data elements of MATLAB level 5 files: a tag (type and length) and data, padded to 8 bytes.
 * Source: "MAT-File Format", The MathWorks (matfile_format.pdf), chapter 1.
 */
import type { ByteSource } from "@spectrai/core";
import { damaged } from "../bytes/errors.ts";
import { type ElementType } from "../bytes/elements.ts";
import { viewOf } from "../bytes/source.ts";

export const mi = {
  int8: 1,
  uint8: 2,
  int32: 5,
  uint32: 6,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
  utf32: 18,
} as const;

/** Storage types of numbers, by tag type. */
export const numericTypes: Readonly<Record<number, ElementType>> = {
  1: "int8",
  2: "uint8",
  3: "int16",
  4: "uint16",
  5: "int32",
  6: "uint32",
  7: "float32",
  9: "float64",
  12: "int64",
  13: "uint64",
};

/** Array classes, by number. */
export const mx = {
  cell: 1,
  struct: 2,
  object: 3,
  char: 4,
  sparse: 5,
  double: 6,
  uint64: 15,
  function: 16,
  opaque: 17,
} as const;

/** Where in the file (or in an inflated variable) the elements are, and in which byte order. */
export interface Bytes {
  readonly source: ByteSource;
  readonly little: boolean;
}

export interface Tag {
  readonly type: number;
  readonly length: number;
  /** Offset of the data. */
  readonly data: number;
  /** Offset of the next element. */
  readonly next: number;
}

/** The tag at an offset; its data end before `end`. */
export async function readTag({ source, little }: Bytes, at: number, end: number): Promise<Tag> {
  if (at + 8 > end) throw damaged(source.name, `an element is missing at byte ${at}`);
  const view = viewOf(await source.read(at, 8));
  const first = view.getUint32(0, little);
  // "Small" elements keep type and length in one word and up to 4 bytes of data in the other.
  const small = first >>> 16;
  const tag = small
    ? { type: first & 0xffff, length: small, data: at + 4, next: at + 8 }
    : { type: first, length: view.getUint32(4, little), data: at + 8, next: 0 };
  if (small > 4) throw damaged(source.name, `the element at byte ${at} has a malformed tag`);
  if (tag.data + tag.length > end)
    throw damaged(
      source.name,
      `the element at byte ${at} should be ${tag.length} bytes long, but only ${Math.max(0, end - tag.data)} are left`,
    );
  // Compressed elements are not padded; others may lack their padding at the very end.
  const padding = tag.type === mi.compressed ? 0 : -tag.length & 7;
  return small ? tag : { ...tag, next: Math.min(end, tag.data + tag.length + padding) };
}

/** Signed 32-bit numbers (dimensions, field name length), of which there may be `most`. */
export async function readInts(bytes: Bytes, tag: Tag, most: number, what: string): Promise<number[]> {
  const { source, little } = bytes;
  if ((tag.type !== mi.int32 && tag.type !== mi.uint32) || tag.length % 4 !== 0 || tag.length / 4 > most)
    throw damaged(source.name, `${what} at byte ${tag.data} are not 32-bit integers`);
  const view = viewOf(await source.read(tag.data, tag.length));
  return Array.from({ length: tag.length / 4 }, (_, i) => {
    const n = view.getInt32(4 * i, little);
    if (n < 0) throw damaged(source.name, `${what} at byte ${tag.data} hold the negative number ${n}`);
    return n;
  });
}

/** A name in ASCII, zero bytes at its end removed. */
export async function readName({ source }: Bytes, tag: Tag, what: string): Promise<string> {
  if ((tag.type !== mi.int8 && tag.type !== mi.utf8 && tag.type !== mi.uint8) || tag.length > 65_536)
    throw damaged(source.name, `${what} at byte ${tag.data} is not text`);
  return ascii(source.name, await source.read(tag.data, tag.length), what);
}

export function ascii(file: string, bytes: Uint8Array, what: string): string {
  const zero = bytes.indexOf(0);
  const used = zero < 0 ? bytes : bytes.subarray(0, zero);
  if (used.some((b) => b < 0x20 || b > 0x7e)) throw damaged(file, `${what} holds bytes that are not ASCII text`);
  return String.fromCharCode(...used);
}
