/** The directories (IFDs) of a TIFF file and the values of their tags. Source: TIFF 6.0, section 2; BigTIFF by Adobe/Aware. */
import { type ByteSource, toFloat64 } from "@spectrai/core";
import { decodeElements, type ElementType, widthOf } from "../bytes/elements.ts";
import { damaged, unsupported } from "../bytes/errors.ts";
import { viewOf } from "../bytes/source.ts";

interface Field {
  readonly type: number;
  readonly count: number;
  /** The values where they fit into the entry, else where they are. */
  readonly inline?: Uint8Array;
  readonly at: number;
}

/** One directory: a page of the file. */
export interface Directory {
  readonly fields: ReadonlyMap<number, Field>;
}

export interface TiffFile {
  readonly source: ByteSource;
  readonly little: boolean;
  readonly big: boolean;
  readonly directories: readonly Directory[];
  /** How many bytes of directories and tags may still be read: together they cannot be more than the file holds. */
  readonly budget: { left: number };
}

const numericTypes: Readonly<Record<number, ElementType>> = {
  1: "uint8",
  3: "uint16",
  4: "uint32",
  6: "int8",
  8: "int16",
  9: "int32",
  11: "float32",
  12: "float64",
  13: "uint32",
  16: "uint64",
  17: "int64",
  18: "uint64",
};
const ascii = 2;
/** Bytes of one value, by field type; types 5 and 10 are rationals, 2 and 7 bytes. */
const widths: Readonly<Record<number, number>> = {
  2: 1,
  5: 8,
  7: 1,
  10: 8,
  ...Object.fromEntries(Object.entries(numericTypes).map(([type, t]) => [type, widthOf(t)])),
};

const mostDirectories = 65_536;
const mostFields = 4096;
/** Most directories fit into the first read. */
const firstRead = 1024;

export function isTiff(head: Uint8Array): boolean {
  const little = head[0] === 0x49 && head[1] === 0x49;
  const big = head[0] === 0x4d && head[1] === 0x4d;
  const [low, high] = little ? [head[2], head[3]] : [head[3], head[2]];
  return (little || big) && high === 0 && (low === 42 || low === 43);
}

/** Walks the chain of directories. Values that are kept elsewhere are not read. */
export async function readTiff(source: ByteSource): Promise<TiffFile> {
  const file = source.name;
  if (source.size < 16) throw damaged(file, `it has only ${source.size} bytes, less than a TIFF file's header`);
  const head = await source.read(0, 16);
  if (!isTiff(head)) throw damaged(file, "it does not begin as a TIFF file does");
  const little = head[0] === 0x49;
  const view = viewOf(head);
  const big = view.getUint16(2, little) === 43;
  if (big && view.getUint16(4, little) !== 8) throw unsupported(file, "its addresses have not 8 bytes");
  const directories: Directory[] = [];
  const open: TiffFile = { source, little, big, directories, budget: { left: 2 * source.size + 65_536 } };
  const visited = new Set<number>();
  for (let at = big ? position(view, 8, little) : view.getUint32(4, little); at !== 0;) {
    if (visited.has(at)) throw damaged(file, `its pages run in a circle at byte ${at}`);
    if (directories.length >= mostDirectories) throw unsupported(file, `it has more than ${mostDirectories} pages`);
    visited.add(at);
    const { directory, next } = await readDirectory(open, at);
    directories.push(directory);
    at = next;
  }
  if (directories.length === 0) throw damaged(file, "there is no image in it");
  return open;
}

async function readDirectory(
  { source, little, big, budget }: TiffFile,
  at: number,
): Promise<{ readonly directory: Directory; readonly next: number }> {
  const file = source.name;
  const [countSize, entrySize, pointer] = big ? [8, 20, 8] : [2, 12, 4];
  if (at + countSize > source.size) throw damaged(file, `a page should begin at byte ${at} of ${source.size}`);
  let bytes = await source.read(at, Math.min(firstRead, source.size - at));
  const count = big ? position(viewOf(bytes), 0, little) : viewOf(bytes).getUint16(0, little);
  const size = countSize + count * entrySize + pointer;
  if (count > mostFields || at + size > source.size)
    throw damaged(file, `the page at byte ${at} announces ${count} tags, more than there can be`);
  if (size > bytes.length) bytes = await source.read(at, size);
  spend(budget, size, file);
  const view = viewOf(bytes);
  const fields = new Map<number, Field>();
  for (let i = 0; i < count; i++) {
    const start = countSize + i * entrySize;
    const number = view.getUint16(start, little);
    const type = view.getUint16(start + 2, little);
    const n = big ? position(view, start + 4, little) : view.getUint32(start + 4, little);
    const place = start + entrySize - pointer;
    const length = n * (widths[type] ?? 0);
    fields.set(
      number,
      length <= pointer
        ? { type, count: n, at: 0, inline: bytes.slice(place, place + length) }
        : { type, count: n, at: big ? position(view, place, little) : view.getUint32(place, little) },
    );
  }
  const end = size - pointer;
  return {
    directory: { fields },
    next: big ? position(view, end, little) : view.getUint32(end, little),
  };
}

/** The number of values of a tag; 0 where it is absent. */
export const countOf = ({ fields }: Directory, number: number): number => fields.get(number)?.count ?? 0;

/** The numbers of a tag, of which there may be `most`; undefined where it is absent. @throws SPECTRAI_FILE_DAMAGED */
export async function readNumbers(
  open: TiffFile,
  directory: Directory,
  number: number,
  most: number,
): Promise<Float64Array | undefined> {
  const field = directory.fields.get(number);
  if (!field) return undefined;
  const type = numericTypes[field.type];
  if (!type) throw damaged(open.source.name, `its tag ${number} holds no numbers`);
  if (field.count > most)
    throw damaged(open.source.name, `its tag ${number} announces ${field.count} numbers, where ${most} are the most`);
  return toFloat64(decodeElements(await valuesOf(open, field, number, widthOf(type)), type, open.little));
}

/** A tag of one whole number. */
export async function readNumber(
  open: TiffFile,
  directory: Directory,
  number: number,
  absent: number,
): Promise<number> {
  const values = await readNumbers(open, directory, number, 65_535);
  const value = values?.[0] ?? absent;
  if (!Number.isSafeInteger(value) || value < 0)
    throw damaged(open.source.name, `its tag ${number} has the impossible value ${value}`);
  return value;
}

/** The text of a tag, zeros at its end removed; undefined where it is absent or longer than `most` bytes. */
export async function readText(
  open: TiffFile,
  directory: Directory,
  number: number,
  most: number,
): Promise<string | undefined> {
  const field = directory.fields.get(number);
  if (!field || field.type !== ascii || field.count > most) return undefined;
  return new TextDecoder().decode(await valuesOf(open, field, number, 1)).replace(/\0+$/, "");
}

async function valuesOf(
  { source, budget }: TiffFile,
  field: Field,
  number: number,
  width: number,
): Promise<Uint8Array> {
  if (field.inline) return field.inline;
  const length = field.count * width;
  if (field.at + length > source.size)
    throw damaged(
      source.name,
      `its tag ${number} should end at byte ${field.at + length}, where the file has ${source.size}`,
    );
  spend(budget, length, source.name);
  return source.read(field.at, length);
}

function spend(budget: TiffFile["budget"], bytes: number, file: string): void {
  budget.left -= bytes;
  if (budget.left < 0) throw damaged(file, "its tags announce more than the file holds");
}

/** A 64-bit position or count; beyond 2^53 it is inexact, and past the end of any file. */
const position = (view: DataView, at: number, little: boolean): number => Number(view.getBigUint64(at, little));
