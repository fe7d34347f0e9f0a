/** MATLAB level 4 files. Source: "MAT-File Format", The MathWorks, chapter 2. */
import { type ByteSource, toFloat64 } from "@spectrai/core";
import type { Entry, FileParts } from "../bytes/entries.ts";
import { damaged } from "../bytes/errors.ts";
import { decodeElements, type ElementType, widthOf } from "../bytes/elements.ts";
import { bufferedSource, viewOf } from "../bytes/source.ts";
import { readStored, type StoredArray } from "../bytes/stored.ts";
import { checkDense, densify } from "./sparse.ts";
import { ascii } from "./tags.ts";

const types: readonly ElementType[] = ["float64", "float32", "int32", "int16", "uint16", "uint8"];
const headerSize = 20;

/** The four digits of the type word (byte order, reserved, number type, matrix type), or undefined where it is no level 4 file. */
export function v4Type(
  head: Uint8Array,
): { readonly little: boolean; readonly type: ElementType; readonly kind: number } | undefined {
  if (head.length < headerSize) return undefined;
  const view = viewOf(head);
  for (const little of [true, false]) {
    const word = view.getUint32(0, little);
    const order = Math.floor(word / 1000);
    const type = types[Math.floor(word / 10) % 10];
    const kind = word % 10;
    const imaginary = view.getUint32(12, little);
    const nameLength = view.getUint32(16, little);
    // Orders 2 to 4 are VAX and Cray floating point.
    if (
      word < 2000 &&
      order === (little ? 0 : 1) &&
      Math.floor(word / 100) % 10 === 0 &&
      type &&
      kind <= 2 &&
      imaginary <= 1 &&
      nameLength > 0 &&
      nameLength < 4096
    )
      return { little, type, kind };
  }
  return undefined;
}

export async function openV4(file: ByteSource): Promise<FileParts> {
  const source = bufferedSource(file);
  const entries: Entry[] = [];
  for (let at = 0; at < file.size;) {
    if (at + headerSize > file.size) throw damaged(file.name, `the variable at byte ${at} is cut short`);
    const header = await source.read(at, headerSize);
    const parsed = v4Type(header);
    if (!parsed) throw damaged(file.name, `there is no variable at byte ${at}, where one is due`);
    const view = viewOf(header);
    const [rows, columns, imaginary, nameLength] = [4, 8, 12, 16].map((o) => view.getUint32(o, parsed.little)) as [
      number,
      number,
      number,
      number,
    ];
    const data = at + headerSize + nameLength;
    const length = rows * columns * widthOf(parsed.type) * (imaginary ? 2 : 1);
    if (data + length > file.size)
      throw damaged(
        file.name,
        `the variable at byte ${at} (${rows} × ${columns}) should end at byte ${data + length}, but the file ends at ${file.size}`,
      );
    const name = ascii(file.name, await source.read(at + headerSize, nameLength), "a variable's name");
    const stored: StoredArray = {
      source: file,
      name,
      offset: data,
      type: parsed.type,
      little: parsed.little,
      shape: [rows, columns],
      order: "F",
    };
    entries.push(
      parsed.kind === 2
        ? await sparseEntry(stored)
        : parsed.kind === 1
          ? textEntry(stored)
          : imaginary
            ? complexEntry(stored)
            : numericEntry(stored),
    );
    at = data + length;
  }
  return { entries, attributes: { format: "MATLAB 4" } };
}

// bool and float16 do not occur here: the stored type is the dtype.
const numericEntry = (stored: StoredArray): Entry => ({
  info: { name: stored.name, kind: "numeric", shape: stored.shape, dtype: stored.type },
  read: (region) => readStored(stored, region),
});

const complexEntry = ({ name, shape }: StoredArray): Entry => ({
  info: { name, kind: "other", shape, dtype: "complex128" },
  why: "an array of complex numbers; save its real part or its magnitude",
});

/** Text is stored as one number a character, column by column. */
function textEntry(stored: StoredArray): Entry {
  const [rows, columns] = stored.shape as [number, number];
  const empty = rows * columns === 0;
  return {
    info: { name: stored.name, kind: "text", shape: [empty ? 0 : rows], dtype: `<U${empty ? 1 : columns}` },
    readText: async () => {
      const codes = toFloat64((await readStored(stored)).data);
      return Array.from({ length: empty ? 0 : rows }, (_, r) =>
        Array.from(codes.subarray(r * columns, (r + 1) * columns), (c) => String.fromCharCode(c)).join(""),
      );
    },
  };
}

/** One row an element (row, column, value), the last row giving the dimensions; a fourth column holds imaginary parts. */
async function sparseEntry(stored: StoredArray): Promise<Entry> {
  const { source, name } = stored;
  const [entriesAndSize, width] = stored.shape as [number, number];
  if (entriesAndSize < 1 || width < 3 || width > 4)
    throw damaged(source.name, `the sparse variable "${name}" is malformed`);
  const step = widthOf(stored.type);
  const last = async (column: number): Promise<number> =>
    Number(
      decodeElements(
        await source.read(stored.offset + ((column + 1) * entriesAndSize - 1) * step, step),
        stored.type,
        stored.little,
      )[0],
    );
  const shape = [await last(0), await last(1)];
  if (!shape.every((d) => Number.isSafeInteger(d) && d >= 0))
    throw damaged(source.name, `the sparse variable "${name}" has no dimensions`);
  if (width === 4) return complexEntry({ ...stored, shape });
  return {
    info: { name, kind: "numeric", shape, dtype: "float64" },
    read: async (region) => {
      checkDense(source.name, name, shape);
      const { data } = await readStored(stored);
      return densify(compress(data as Float64Array, entriesAndSize - 1, shape, source.name, name), region);
    },
  };
}

/** Sorts coordinates into compressed sparse columns. */
function compress(
  data: ArrayLike<number>,
  count: number,
  shape: readonly number[],
  file: string,
  name: string,
): Parameters<typeof densify>[0] {
  const [, n = 0] = shape;
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => data[3 * a + 1]! - data[3 * b + 1]!);
  const columns = new Float64Array(n + 1);
  for (const i of order) {
    const c = data[3 * i + 1]!;
    if (!(c >= 1 && c <= n)) throw damaged(file, `the sparse variable "${name}" has an element in column ${c} of ${n}`);
    columns[c]!++;
  }
  for (let c = 0; c < n; c++) columns[c + 1]! += columns[c]!;
  return {
    file,
    name,
    shape,
    rows: order.map((i) => data[3 * i]! - 1),
    columns,
    values: Float64Array.from(order, (i) => data[3 * i + 2]!),
    dtype: "float64",
  };
}
