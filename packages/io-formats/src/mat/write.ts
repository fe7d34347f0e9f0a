/** MATLAB level 5 files, as written by MATLAB 5 to 6 and, with compression, 7. */
import { type ByteSink, type DType, dtypes, type FileContent, type NdArray, sizeOf } from "@spectrai/core";
import { contentParts } from "../bytes/content.ts";
import { littleBytes } from "../bytes/elements.ts";
import { tooLarge } from "../bytes/errors.ts";
import { deflate } from "../bytes/inflate.ts";
import { copyStrided, stridesOf } from "../bytes/strided.ts";
import { mi, mx } from "./tags.ts";

/** Array class and storage type of each dtype. */
const classes: Readonly<Record<DType, readonly [cls: number, type: number]>> = {
  bool: [9, 2],
  int8: [8, 1],
  uint8: [9, 2],
  int16: [10, 3],
  uint16: [11, 4],
  int32: [12, 5],
  uint32: [13, 6],
  int64: [14, 12],
  uint64: [15, 13],
  float32: [7, 7],
  float64: [6, 9],
};
const logicalFlag = 2;
/** Lengths are 32-bit, and MATLAB itself stops at 2 GiB. */
const longest = 2 ** 31 - 1024;

export async function writeMat(content: FileContent, compress: boolean, sink: ByteSink): Promise<void> {
  await sink.write(fileHeader());
  const names = new Set<string>();
  const { arrays, texts } = contentParts(content);
  const elements = [
    ...arrays.map(
      ([name, array]) =>
        () =>
          arrayElement(validName(name, names), array),
    ),
    ...texts.map(
      ([name, text]) =>
        () =>
          typeof text === "string"
            ? charElement(validName(name, names), text)
            : cellElement(validName(name, names), text),
    ),
  ];
  for (const make of elements) {
    const parts = make();
    if (!compress) for (const part of parts) await sink.write(part);
    else {
      const packed = await deflate(parts, "deflate");
      await sink.write(words(mi.compressed, packed.length));
      await sink.write(packed);
    }
  }
}

function fileHeader(): Uint8Array {
  const header = new Uint8Array(128).fill(0x20, 0, 116);
  header.set(new TextEncoder().encode("MATLAB 5.0 MAT-file, written by spectrai"));
  // Version 0x0100 and the byte order mark, little-endian.
  header.set([0, 1, 0x49, 0x4d], 124);
  return header;
}

/** A name MATLAB accepts: a letter, then letters, digits and underscores, 63 at most, and not used yet. */
function validName(name: string, used: Set<string>): string {
  const base = name
    .replace(/\W/g, "_")
    .replace(/^(?![a-zA-Z])/, "x")
    .slice(0, 60);
  let unique = base;
  for (let n = 2; used.has(unique); n++) unique = `${base}_${n}`;
  used.add(unique);
  return unique;
}

/** An array, first index fastest. One dimension becomes a row, as in SciPy. */
function arrayElement(name: string, { data, shape, dtype }: NdArray): Uint8Array[] {
  const dims = shape.length === 0 ? [1, 1] : shape.length === 1 ? [1, shape[0]!] : shape;
  if (data.byteLength > longest)
    throw tooLarge(name, "a MATLAB file cannot hold a variable of more than 2 GiB; write .npy instead");
  const turned = new dtypes[dtype](sizeOf(dims));
  copyStrided(
    { data, start: 0, strides: stridesOf(dims, "C") },
    { data: turned, start: 0, strides: stridesOf(dims, "F") },
    dims,
  );
  const [cls, type] = classes[dtype];
  return matrix(cls, dtype === "bool" ? logicalFlag : 0, dims, name, element(type, littleBytes(turned)));
}

/** A row of characters, in UTF-16 as MATLAB keeps them. */
function charElement(name: string, text: string): Uint8Array[] {
  const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return matrix(mx.char, 0, [text.length > 0 ? 1 : 0, text.length], name, element(mi.utf16, littleBytes(units)));
}

const cellElement = (name: string, texts: readonly string[]): Uint8Array[] =>
  matrix(
    mx.cell,
    0,
    [texts.length, 1],
    name,
    texts.flatMap((t) => charElement("", t)),
  );

function matrix(
  cls: number,
  flags: number,
  dims: readonly number[],
  name: string,
  content: readonly Uint8Array[],
): Uint8Array[] {
  const body = [
    ...element(mi.uint32, littleBytes(Uint32Array.of(cls | (flags << 8), 0))),
    ...element(mi.int32, littleBytes(Int32Array.from(dims))),
    ...element(mi.int8, new TextEncoder().encode(name)),
    ...content,
  ];
  return [
    words(
      mi.matrix,
      body.reduce((n, p) => n + p.length, 0),
    ),
    ...body,
  ];
}

/** Tag, data, and padding to 8 bytes. */
const element = (type: number, data: Uint8Array): Uint8Array[] => [
  words(type, data.length),
  data,
  new Uint8Array(-data.length & 7),
];

const words = (...values: number[]): Uint8Array => littleBytes(Uint32Array.from(values));
