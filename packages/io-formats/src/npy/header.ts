/** The header of a .npy file. Source: NumPy enhancement proposal 1, and numpy/lib/format.py for versions 2 and 3. */
import { type ByteSource, sizeOf } from "@spectrai/core";
import { damaged, unsupported } from "../bytes/errors.ts";
import type { ElementType } from "../bytes/elements.ts";
import { viewOf } from "../bytes/source.ts";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
export const isNpy = (head: Uint8Array): boolean => magic.every((b, i) => head[i] === b);

export interface NpyHeader {
  /** NumPy's type string without byte order, `f4`. */
  readonly code: string;
  readonly little: boolean;
  readonly order: "C" | "F";
  readonly shape: readonly number[];
  /** Offset of the data. */
  readonly data: number;
}

/** NumPy's own limit on what it evaluates. */
const longestHeader = 65_536;

const types: Readonly<Record<string, ElementType>> = {
  b1: "bool",
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

export const numericTypes: readonly ElementType[] = Object.values(types);

/** How numbers of a type code are stored; undefined for what is not a real number (`c16`, `U5`, `O`, …). */
export const numericType = (code: string): ElementType | undefined =>
  Object.hasOwn(types, code) ? types[code] : undefined;

export async function readNpyHeader(source: ByteSource): Promise<NpyHeader> {
  const file = source.name;
  if (source.size < 10) throw damaged(file, `it has only ${source.size} bytes, less than a .npy header`);
  const start = await source.read(0, 10);
  if (!isNpy(start)) throw damaged(file, "it does not begin as a .npy file does");
  const version = start[6]!;
  if (version < 1 || version > 3) throw unsupported(file, `it is of .npy version ${version}`);
  const lengthSize = version === 1 ? 2 : 4;
  const length = version === 1 ? viewOf(start).getUint16(8, true) : viewOf(await source.read(8, 4)).getUint32(0, true);
  const data = 8 + lengthSize + length;
  if (length > longestHeader || data > source.size) throw damaged(file, `its header should be ${length} bytes long`);
  const text = new TextDecoder(version < 3 ? "latin1" : "utf-8").decode(await source.read(8 + lengthSize, length));
  return { ...parse(file, text), data };
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (875, 300), }` with the keys in any order. Nothing is evaluated. */
function parse(file: string, text: string): Omit<NpyHeader, "data"> {
  const fortran = /['"]fortran_order['"]\s*:\s*(True|False)\s*[,}]/.exec(text)?.[1];
  const shapeText = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (/['"]descr['"]\s*:\s*\[/.test(text))
    throw unsupported(file, "it holds records (a structured array); save its fields as arrays of their own");
  const descr = /['"]descr['"]\s*:\s*['"]([<>=|]?)([a-zA-Z]\d*)(?:\[\w+\])?['"]/.exec(text);
  if (!fortran || shapeText === undefined || !descr) throw damaged(file, "its header is not what NumPy writes");
  const shape = shapeText
    .split(",")
    .map((d) => d.trim().replace(/L$/, ""))
    .filter((d) => d !== "")
    .map(Number);
  if (shape.length > 64 || !Number.isSafeInteger(sizeOf(shape.map((d) => Math.max(d, 1)))))
    throw damaged(file, `its header has the impossible shape (${shapeText})`);
  return { code: descr[2]!, little: descr[1] !== ">", order: fortran === "True" ? "F" : "C", shape };
}
