import type { NdArray, VariableInfo } from "@spectrai/core";
import { cut } from "../bytes/cut.ts";
import type { Entry } from "../bytes/entries.ts";
import { damaged } from "../bytes/errors.ts";
import { decodeElements, heldAs, widthOf } from "../bytes/elements.ts";
import { readStored } from "../bytes/stored.ts";
import { readCharRows } from "./chars.ts";
import type { Matrix } from "./matrix.ts";
import { checkDense, densify } from "./sparse.ts";
import { type Bytes, mx, numericTypes, type Tag } from "./tags.ts";

/** Entries past this many are not listed one by one: a cell of a million scalars has no use as variables. */
const mostListed = 20_000;

/**
 * What a variable offers: itself, and the numbers and texts inside it under paths in MATLAB's words
 * (`params.wavelength`, `scan(2).y`, `c{3}`; counted from 1).
 *
 * @param load - the bytes the matrix was parsed from: they may have been dropped since and unpacked again
 */
export function entriesOf(
  matrix: Matrix,
  load: () => Promise<Bytes>,
  path: string = matrix.name,
  list: Entry[] = [],
): Entry[] {
  if (list.length >= mostListed) return list;
  list.push(entryOf(matrix, load, path));
  const { children, fields, dims } = matrix;
  if (!children) return list;
  const single = dims.every((d) => d === 1);
  children.forEach((child, i) => {
    if (matrix.class === mx.function) return;
    if (!fields) {
      entriesOf(child, load, `${path}{${i + 1}}`, list);
      return;
    }
    const element = single ? path : `${path}(${Math.floor(i / fields.length) + 1})`;
    entriesOf(child, load, `${element}.${fields[i % fields.length]}`, list);
  });
  return list;
}

function entryOf(matrix: Matrix, load: () => Promise<Bytes>, name: string): Entry {
  const { class: kind, dims, data } = matrix;
  const info = (k: VariableInfo["kind"], dtype: string, shape = dims): VariableInfo => ({
    name,
    kind: k,
    shape,
    dtype,
  });
  const other = (dtype: string, why: string): Entry => ({ info: info("other", dtype), why });
  if (kind === mx.cell)
    return isCellText(matrix)
      ? cellText(matrix, load, info("text", "object"))
      : other("object", "a cell array; name one of its cells");
  if (kind === mx.struct || kind === mx.object)
    return other(structType(matrix.fields!), "a struct; name one of its fields");
  if (kind === mx.function) return other(structType(matrix.children?.[0]?.fields ?? []), "a function handle");
  if (kind === mx.opaque)
    return other(
      "object",
      "an object of a MATLAB class, which only MATLAB can read; convert it to a numeric array there",
    );
  if (kind === mx.char) {
    const rows = dims.slice(0, -1);
    const columns = dims.at(-1)!;
    const empty = dims.includes(0);
    return {
      info: info("text", `<U${empty ? 1 : columns}`, empty ? [0] : rows),
      readText: async () => (data ? readCharRows(await load(), data, dims) : []),
    };
  }
  if (matrix.complex) return other("complex128", "an array of complex numbers; save its real part or its magnitude");
  if (kind === mx.sparse) return sparseEntry(matrix, load, name);
  // An element without content: MATLAB's [].
  if (!data) {
    const nothing: NdArray = { data: new Float64Array(0), shape: dims, dtype: "float64" };
    return {
      info: info("numeric", "float64"),
      read: async (region) => cut(nothing, (await load()).source.name, name, region),
    };
  }
  const type = numericTypes[data.type]!;
  return {
    info: info("numeric", heldAs(type)),
    read: async (region) => {
      const { source, little } = await load();
      return readStored({ source, name, offset: data.data, type, little, shape: dims, order: "F" }, region);
    },
  };
}

const structType = (fields: readonly string[]): string =>
  fields.length > 0 ? `[${fields.map((f) => `('${f}', 'O')`).join(", ")}]` : "object";

const isCellText = ({ children }: Matrix): boolean =>
  children !== undefined &&
  children.length > 0 &&
  children.every((c) => c.class === mx.char && (c.dims.includes(0) || c.dims.slice(0, -1).every((d) => d === 1)));

/** Cells of strings, as labels are kept: in C order, one string a cell. */
function cellText({ children = [], dims }: Matrix, load: () => Promise<Bytes>, info: VariableInfo): Entry {
  return {
    info,
    readText: async () => {
      const bytes = await load();
      const texts: string[] = [];
      for (const c of children) texts.push((c.data ? await readCharRows(bytes, c.data, c.dims) : [])[0] ?? "");
      return columnMajor(dims, texts.length).map((i) => texts[i]!);
    },
  };
}

/** For each element in C order its place in column-major order. */
function columnMajor(dims: readonly number[], count: number): number[] {
  const order: number[] = [];
  const walk = (d: number, at: number, stride: number[]): void => {
    if (d === dims.length) return void order.push(at);
    for (let i = 0; i < dims[d]!; i++) walk(d + 1, at + i * stride[d]!, stride);
  };
  const strides: number[] = [];
  dims.reduce((n, d) => (strides.push(n), n * d), 1);
  walk(0, 0, strides);
  return order.slice(0, count);
}

function sparseEntry(matrix: Matrix, load: () => Promise<Bytes>, name: string): Entry {
  const { data, sparse, dims } = matrix;
  const type = numericTypes[data!.type];
  const dtype = matrix.logical ? "bool" : type && heldAs(type);
  return {
    info: { name, kind: "numeric", shape: dims, dtype: dtype ?? "float64" },
    read: async (region) => {
      const { source, little } = await load();
      checkDense(source.name, name, dims);
      const numbers = async (tag: Tag, what: string) => {
        const stored = numericTypes[tag.type];
        if (!stored || tag.length % widthOf(stored) !== 0)
          throw damaged(source.name, `the ${what} of the sparse variable "${name}" are not numbers`);
        return decodeElements(await source.read(tag.data, tag.length), stored, little);
      };
      const rows = (await numbers(sparse!.rows, "rows")) as Int32Array;
      const columns = (await numbers(sparse!.columns, "columns")) as Int32Array;
      const values = await numbers(data!, "values");
      return densify(
        { file: source.name, name, shape: dims, rows, columns, values, dtype: dtype ?? "float64" },
        region,
      );
    },
  };
}
