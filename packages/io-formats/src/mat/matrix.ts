import { sizeOf } from "@spectrai/core";
import { widthOf } from "../bytes/elements.ts";
import { damaged } from "../bytes/errors.ts";
import { type Bytes, mi, mx, numericTypes, readInts, readName, readTag, type Tag } from "./tags.ts";

/** A miMATRIX element, described without its data. */
export interface Matrix {
  readonly name: string;
  readonly class: number;
  readonly complex: boolean;
  readonly logical: boolean;
  readonly dims: readonly number[];
  /** Real part, text, or for sparse matrices the values. */
  readonly data?: Tag;
  readonly sparse?: { readonly rows: Tag; readonly columns: Tag };
  /** Cells, or the fields of a struct array: element by element, field by field. */
  readonly children?: readonly Matrix[];
  readonly fields?: readonly string[];
}

const deepest = 32;
const mostElements = 200_000;

/** How many matrices may still be looked at: bounds the walk through nested cells and structs. */
export interface Budget {
  left: number;
}

/** Parses the matrix whose tag is at `at`. @throws SPECTRAI_FILE_DAMAGED */
export async function readMatrix(
  bytes: Bytes,
  at: number,
  end: number,
  budget: Budget = { left: mostElements },
  depth = 0,
): Promise<Matrix & { readonly next: number }> {
  const file = bytes.source.name;
  if (--budget.left < 0) throw damaged(file, `more than ${mostElements} nested arrays`);
  if (depth > deepest) throw damaged(file, `cells and structs are nested more than ${deepest} deep`);
  const tag = await readTag(bytes, at, end);
  if (tag.type !== mi.matrix)
    throw damaged(file, `the element at byte ${at} should be an array, but is of type ${tag.type}`);
  return { ...(await readBody(bytes, tag.data, tag.data + tag.length, budget, depth)), next: tag.next };
}

const emptyMatrix: Matrix = { name: "", class: mx.double, complex: false, logical: false, dims: [0, 0] };

async function readBody(bytes: Bytes, start: number, end: number, budget: Budget, depth: number): Promise<Matrix> {
  // MATLAB writes `[]` inside cells and structs as an element without content.
  if (start === end) return emptyMatrix;
  const { source, little } = bytes;
  const file = source.name;
  const flagsTag = await readTag(bytes, start, end);
  if (flagsTag.type !== mi.uint32 || flagsTag.length !== 8)
    throw damaged(file, `the array at byte ${start} has no flags`);
  const flagBytes = await source.read(flagsTag.data, 4);
  const classNumber = flagBytes[little ? 0 : 3]!;
  const flags = flagBytes[little ? 1 : 2]!;
  const kind = { class: classNumber, complex: (flags & 8) !== 0, logical: (flags & 2) !== 0 };

  if (classNumber === mx.opaque) {
    const nameTag = await readTag(bytes, flagsTag.next, end);
    return { ...kind, name: await readName(bytes, nameTag, "an object's name"), dims: [1, 1] };
  }
  const dimsTag = await readTag(bytes, flagsTag.next, end);
  const dims = await readInts(bytes, dimsTag, 32, "an array's dimensions");
  if (dims.length < 2) throw damaged(file, `the array at byte ${start} has ${dims.length} dimensions`);
  const nameTag = await readTag(bytes, dimsTag.next, end);
  const name = await readName(bytes, nameTag, "an array's name");
  const matrix = { ...kind, name, dims };
  const count = sizeOf(dims);
  const next = nameTag.next;

  const readChildren = async (from: number, n: number): Promise<Matrix[]> => {
    if (n > (end - from) / 8)
      throw damaged(file, `"${name}" should hold ${n} arrays, more than fit into its ${end - from} bytes`);
    const children: Matrix[] = [];
    for (let i = 0, at = from; i < n; i++) {
      const child = await readMatrix(bytes, at, end, budget, depth + 1);
      children.push(child);
      at = child.next;
    }
    return children;
  };

  switch (classNumber) {
    case mx.cell:
      return { ...matrix, children: await readChildren(next, count) };
    case mx.function:
      return { ...matrix, children: await readChildren(next, 1) };
    case mx.struct:
    case mx.object: {
      let at = next;
      if (classNumber === mx.object) at = (await readTag(bytes, at, end)).next; // the class's name
      const lengthTag = await readTag(bytes, at, end);
      const [nameLength = 0] = await readInts(bytes, lengthTag, 1, "a struct's field name lengths");
      const namesTag = await readTag(bytes, lengthTag.next, end);
      const fields = await readFields(bytes, namesTag, nameLength);
      return { ...matrix, fields, children: await readChildren(namesTag.next, count * fields.length) };
    }
    case mx.sparse: {
      const rows = await readTag(bytes, next, end);
      const columns = await readTag(bytes, rows.next, end);
      return { ...matrix, sparse: { rows, columns }, data: await readTag(bytes, columns.next, end) };
    }
    default: {
      if (classNumber < mx.char || classNumber > mx.uint64)
        throw damaged(file, `"${name}" has the unknown array class ${classNumber}`);
      const data = await readTag(bytes, next, end);
      if (classNumber !== mx.char) checkLength(file, name, data, count);
      return { ...matrix, data };
    }
  }
}

function checkLength(file: string, name: string, tag: Tag, count: number): void {
  const type = numericTypes[tag.type];
  const width = type && widthOf(type);
  if (!width) throw damaged(file, `"${name}" holds numbers of the unknown type ${tag.type}`);
  if (tag.length !== count * width)
    throw damaged(
      file,
      `"${name}" should hold ${count} numbers of ${width} bytes, but has ${tag.length} bytes of data`,
    );
}

async function readFields({ source }: Bytes, tag: Tag, nameLength: number): Promise<string[]> {
  if (tag.length === 0) return [];
  if (tag.type !== mi.int8 || nameLength === 0 || tag.length % nameLength !== 0 || tag.length > 1 << 24)
    throw damaged(source.name, `a struct's field names at byte ${tag.data} are malformed`);
  const raw = await source.read(tag.data, tag.length);
  const fields: string[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < raw.length; at += nameLength) {
    const bytes = raw.subarray(at, at + nameLength);
    const zero = bytes.indexOf(0);
    const name = new TextDecoder("latin1").decode(zero < 0 ? bytes : bytes.subarray(0, zero));
    // Some programs write a name twice; as SciPy does, the later ones get a number.
    let unique = name;
    for (let n = 1; seen.has(unique); n++) unique = `_${n}_${name}`;
    seen.add(unique);
    fields.push(unique);
  }
  return fields;
}
