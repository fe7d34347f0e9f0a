/**
 * MATLAB 7.3 files: HDF5 with an attribute MATLAB_class on everything. Dimensions are stored reversed; cells and struct
 * arrays are references into a group `#refs#`.
 */
import { isSpectraiError, sizeOf, type ByteSource, type NdArray, type VariableInfo } from "@spectrai/core";
import type { Dataset, Group, Reference } from "h5wasm";
import { cut } from "../bytes/cut.ts";
import { heldAs } from "../bytes/elements.ts";
import type { Entry, FileParts } from "../bytes/entries.ts";
import { damaged } from "../bytes/errors.ts";
import { elementType } from "../hdf5/elements.ts";
import { addressOf, liesElsewhere, linkedAway } from "../hdf5/links.ts";
import { openWithLibrary, type OpenHdf5, reason } from "./hdf5-library.ts";
import { readHdf5, readHdf5Text } from "./hdf5-read.ts";
import { densify } from "./sparse.ts";

const deepest = 16;
const mostListed = 20_000;

/** An open file, as the functions here pass it on. */
export interface Hdf5 extends OpenHdf5 {
  readonly name: string;
  /** The file's size bounds what a dataset may claim to hold. */
  readonly size: number;
}

export async function openHdf5(source: ByteSource): Promise<FileParts> {
  const h5: Hdf5 = { ...(await openWithLibrary(source)), name: source.name, size: source.size };
  try {
    const entries: Entry[] = [];
    listGroup(h5, h5.file, "", entries, []);
    if (entries.length === 0) throw damaged(source.name, "there is no variable in it");
    return { entries, attributes: { format: "MATLAB 7.3" }, close: () => Promise.resolve(h5.close()) };
  } catch (e) {
    h5.close();
    throw guard(h5, e);
  }
}

/** Whatever the library throws, as our error. */
const guard = ({ name }: Hdf5, e: unknown): unknown =>
  isSpectraiError(e) ? e : damaged(name, `the HDF5 library stopped (${reason(e)})`, e);
const guarded =
  <A extends unknown[], R>(h5: Hdf5, run: (...args: A) => R): ((...args: A) => Promise<R>) =>
  async (...args) => {
    try {
      return run(...args);
    } catch (e) {
      throw guard(h5, e);
    }
  };

const attribute = (item: Group | Dataset, name: string): unknown => item.attrs[name]?.value ?? undefined;

/** @param above - the addresses of the groups and cells that lead here: a link can lead back to one */
function listGroup(h5: Hdf5, group: Group, prefix: string, list: Entry[], above: readonly string[]): void {
  if (above.length > deepest) throw damaged(h5.name, `groups are nested more than ${deepest} deep`);
  const address = addressOf(group);
  if (above.includes(address)) return;
  const here = [...above, address];
  for (const key of group.keys()) {
    // MATLAB's own: cell contents, and objects of classes.
    if (key === "#refs#" || key === "#subsystem#") continue;
    if (list.length >= mostListed) return;
    const name = prefix ? `${prefix}.${key}` : key;
    const why = linkedAway(h5.file, `${group.path}/${key}`);
    const item = why === undefined ? group.get(key) : null;
    if (why !== undefined) list.push({ info: { name, kind: "other", shape: [], dtype: "link" }, why });
    else if (item) listItem(h5, item, name, list, here);
  }
}

function listItem(
  h5: Hdf5,
  item: NonNullable<ReturnType<Group["get"]>>,
  name: string,
  list: Entry[],
  above: readonly string[],
): void {
  if (list.length >= mostListed) return;
  const { library } = h5;
  if (item instanceof library.Group) {
    const sparse = attribute(item, "MATLAB_sparse");
    if (sparse !== undefined) return void list.push(sparseEntry(h5, item, name, Number(sparse)));
    list.push({
      info: {
        name,
        kind: "other",
        shape: [1, 1],
        dtype: `[${item
          .keys()
          .map((k) => `('${k}', 'O')`)
          .join(", ")}]`,
      },
      why: "a struct; name one of its fields",
    });
    return listGroup(h5, item, name, list, above);
  }
  if (!(item instanceof library.Dataset)) return;
  const { metadata } = item;
  const kind = attribute(item, "MATLAB_class");
  const matlab = typeof kind === "string";
  const stored = metadata.shape ?? [];
  const shape = matlab ? [...stored].reverse() : stored;
  const types = library.Module.H5T_class_t;
  const other = (dtype: string, why: string): void =>
    void list.push({ info: { name, kind: "other", shape, dtype }, why });
  if (liesElsewhere(item)) return other("virtual", "a virtual dataset, whose values lie in other files; open those");
  if (attribute(item, "MATLAB_empty") !== undefined) return void list.push(emptyEntry(h5, item, name, kind));
  if (metadata.type === types.H5T_REFERENCE.value)
    return listReferences(h5, item, name, shape, kind === "cell", list, above);
  if (kind === "char" || metadata.type === types.H5T_STRING.value) {
    const rows = matlab ? shape.slice(0, -1) : shape;
    return void list.push({
      info: { name, kind: "text", shape: rows, dtype: matlab ? `<U${shape.at(-1)}` : "str" },
      readText: guarded(h5, () => readHdf5Text(h5, item, shape, matlab)),
    });
  }
  if (metadata.type === types.H5T_COMPOUND.value)
    return other("complex128", "an array of complex numbers (or of records); save its real part or its magnitude");
  const type = elementType(metadata, types);
  if (!type || !metadata.shape) return other("unknown", "not of a number type that is read");
  list.push({
    info: { name, kind: "numeric", shape, dtype: heldAs(type) },
    read: guarded(h5, (region) => readHdf5(h5, item, name, shape, type, matlab, region)),
  });
}

/** An empty array: the data are its dimensions. */
function emptyEntry(h5: Hdf5, item: Dataset, name: string, kind: unknown): Entry {
  const dims = Array.from((item.value ?? []) as ArrayLike<number | bigint>, Number);
  if (kind === "char")
    return { info: { name, kind: "text", shape: [0], dtype: "<U1" }, readText: () => Promise.resolve([]) };
  if (kind === "struct" || kind === "cell")
    return { info: { name, kind: "other", shape: dims, dtype: "object" }, why: `an empty ${kind}` };
  if (!dims.includes(0)) throw damaged(h5.name, `"${name}" is marked as empty, but has the shape [${dims.join(", ")}]`);
  const info: VariableInfo = { name, kind: "numeric", shape: dims, dtype: "float64" };
  const nothing: NdArray = { data: new Float64Array(0), shape: dims, dtype: "float64" };
  return { info, read: async (region) => cut(nothing, h5.name, name, region) };
}

/** Cells, or one field of a struct array. Cells that hold a row of text each are one text variable. */
function listReferences(
  h5: Hdf5,
  item: Dataset,
  name: string,
  shape: readonly number[],
  cell: boolean,
  list: Entry[],
  above: readonly string[],
): void {
  if (above.length > deepest) throw damaged(h5.name, `cells are nested more than ${deepest} deep`);
  const why = cell
    ? "a cell array; name one of its cells"
    : "a field of a struct array; name it with the element, as in s(1).field";
  const own: Entry = { info: { name, kind: "other", shape, dtype: "object" }, why };
  if (sizeOf(shape) > mostListed) return void list.push(own);
  const references = [item.value ?? []].flat() as Reference[];
  const targets = references.map((ref): ReturnType<Group["get"]> => {
    const target = item.dereference(ref);
    return target instanceof h5.library.DatasetRegion ? null : target;
  });
  const texts = targets.map((t) =>
    t instanceof h5.library.Dataset && attribute(t, "MATLAB_class") === "char" ? t : undefined,
  );
  if (cell && texts.length > 0 && texts.every((t) => t !== undefined)) {
    const readText = guarded(h5, () =>
      texts.map((t) =>
        attribute(t, "MATLAB_empty") !== undefined
          ? ""
          : (readHdf5Text(h5, t, [...(t.shape ?? [])].reverse(), true)[0] ?? ""),
      ),
    );
    return void list.push({ info: { name, kind: "text", shape, dtype: "object" }, readText });
  }
  list.push(own);
  const dot = name.lastIndexOf(".");
  targets.forEach((target, i) => {
    const path = cell || dot < 0 ? `${name}{${i + 1}}` : `${name.slice(0, dot)}(${i + 1})${name.slice(dot)}`;
    if (target) listItem(h5, target, path, list, [...above, addressOf(item)]);
  });
}

function sparseEntry(h5: Hdf5, group: Group, name: string, rows: number): Entry {
  const part = (key: string): Dataset | undefined => {
    const item = linkedAway(h5.file, `${group.path}/${key}`) === undefined ? group.get(key) : null;
    return item instanceof h5.library.Dataset ? item : undefined;
  };
  const columns = Math.max(0, (part("jc")?.metadata.total_size ?? 1) - 1);
  const values = part("data");
  const logical = attribute(group, "MATLAB_class") === "logical";
  const dtype = logical ? "bool" : "float64";
  const shape = [rows, columns];
  if (!values || values.metadata.type === h5.library.Module.H5T_class_t.H5T_COMPOUND.value)
    return { info: { name, kind: "other", shape, dtype: "complex128" }, why: "a sparse array without real values" };
  return {
    info: { name, kind: "numeric", shape, dtype },
    read: guarded(h5, (region) => {
      const numbers = (key: string): Float64Array =>
        Float64Array.from((part(key)?.value ?? []) as ArrayLike<number | bigint>, Number);
      return densify(
        { file: h5.name, name, shape, rows: numbers("ir"), columns: numbers("jc"), values: numbers("data"), dtype },
        region,
      );
    }),
  };
}
