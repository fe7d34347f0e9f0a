/** HDF5 files: every dataset is a variable, named by its path without the first slash. */
import { type ByteSource, type DataFile, isSpectraiError, sizeOf } from "@spectrai/core";
import type { Dataset, Group } from "h5wasm";
import { heldAs } from "../bytes/elements.ts";
import { dataFile } from "../bytes/entries.ts";
import { damaged } from "../bytes/errors.ts";
import type { Hdf5 } from "../mat/hdf5.ts";
import { openWithLibrary, reason } from "../mat/hdf5-library.ts";
import { readHdf5Text } from "../mat/hdf5-read.ts";
import { type Described, describedFile, unpacked } from "../netcdf/conventions.ts";
import { readAttributes } from "./attributes.ts";
import { elementType } from "./elements.ts";
import { availableFilters, packedBeyond } from "./filters.ts";
import { addressOf, liesElsewhere, linkedAway } from "./links.ts";
import { readRegion } from "./read.ts";

const deepest = 32;
const mostListed = 20_000;

/** @param kind - `netcdf`: by NetCDF's conventions (packed numbers, texts of single characters, dimensions) */
export async function openHdf5File(source: ByteSource, kind: "hdf5" | "netcdf"): Promise<DataFile> {
  const h5: Hdf5 = { ...(await openWithLibrary(source)), name: source.name, size: source.size };
  try {
    const filters = await availableFilters(h5.library.Module, source.path !== undefined);
    const walk: Walk = { h5, filters, netcdf: kind === "netcdf", variables: [], entered: new Set(), visited: 0 };
    listGroup(walk, h5.file, "", 0);
    if (walk.variables.length === 0) throw damaged(source.name, "there is no dataset in it");
    const parts = await describedFile(
      kind === "netcdf" ? "NetCDF-4" : "HDF5",
      readAttributes(h5, h5.file),
      walk.variables,
      () => Promise.resolve(h5.close()),
    );
    return await dataFile(source.name, parts);
  } catch (e) {
    h5.close();
    throw asOurs(h5, e);
  }
}

interface Walk {
  readonly h5: Hdf5;
  /** That can be undone. */
  readonly filters: ReadonlySet<number>;
  readonly netcdf: boolean;
  readonly variables: Described[];
  /** Groups by their place in the file. */
  readonly entered: Set<string>;
  visited: number;
}

/** Whatever the library throws, as our error. */
const asOurs = ({ name }: Hdf5, e: unknown): unknown =>
  isSpectraiError(e) ? e : damaged(name, `the HDF5 library stopped (${reason(e)})`, e);

function listGroup(walk: Walk, group: Group, prefix: string, depth: number): void {
  const { h5 } = walk;
  if (depth > deepest) throw damaged(h5.name, `groups are nested more than ${deepest} deep`);
  // Links can lead in a circle: a group is entered once.
  const address = addressOf(group);
  if (walk.entered.has(address)) return;
  walk.entered.add(address);
  for (const key of group.keys()) {
    if (walk.visited++ > mostListed) return;
    const name = prefix ? `${prefix}/${key}` : key;
    const why = linkedAway(h5.file, `${group.path}/${key}`);
    if (why !== undefined) {
      walk.variables.push({ info: { name, kind: "other", shape: [], dtype: "link" }, attributes: {}, why });
      continue;
    }
    const item = group.get(key);
    if (item instanceof h5.library.Group) listGroup(walk, item, name, depth + 1);
    else if (item instanceof h5.library.Dataset) {
      const found = describe(walk, item, name);
      if (found) walk.variables.push(walk.netcdf ? unpacked(found) : found);
    }
  }
}

/** NetCDF's own bookkeeping. */
const bookkeeping: ReadonlySet<string> = new Set([
  "CLASS",
  "NAME",
  "_Netcdf4Dimid",
  "_Netcdf4Coordinates",
  "_NCProperties",
]);

function describe({ h5, netcdf, filters }: Walk, item: Dataset, name: string): Described | undefined {
  const { metadata } = item;
  const classes = h5.library.Module.H5T_class_t;
  const shape = metadata.shape ?? [];
  let attributes = readAttributes(h5, item);
  let dimensions: readonly string[] | undefined;
  if (netcdf) {
    const { NAME: label } = attributes;
    if (typeof label === "string" && label.startsWith("This is a netCDF dimension but not a netCDF variable"))
      return undefined;
    dimensions = dimensionsOf(item, name, shape, attributes.CLASS === "DIMENSION_SCALE");
    attributes = Object.fromEntries(Object.entries(attributes).filter(([key]) => !bookkeeping.has(key)));
  }
  const own = { attributes, ...(dimensions ? { dimensions } : {}) };
  const other = (dtype: string, why: string): Described => ({
    info: { name, kind: "other", shape, dtype },
    ...own,
    why,
  });
  if (!metadata.shape) return other("empty", "empty: it has a type but no values");
  const packed = packedBeyond(item, filters);
  if (packed !== undefined) return other("packed", packed);
  if (liesElsewhere(item)) return other("virtual", "a virtual dataset, whose values lie in other files; open those");

  if (metadata.type === classes.H5T_STRING.value) {
    // NetCDF's texts of single characters: the last dimension is their length.
    const characters = netcdf && !metadata.vlen && metadata.size === 1 && shape.length > 0;
    const length = characters ? shape.at(-1)! : 1;
    const texts = characters ? shape.slice(0, -1) : shape;
    const join = (letters: readonly string[]): string[] =>
      Array.from({ length: sizeOf(texts) }, (_, i) =>
        letters
          .slice(i * length, (i + 1) * length)
          .join("")
          .trimEnd(),
      );
    return {
      info: {
        name,
        kind: "text",
        shape: texts,
        dtype: metadata.vlen ? "str" : `S${characters ? length : metadata.size}`,
      },
      ...own,
      readText: guarded(h5, () => {
        const found = sizeOf(shape) === 0 ? [] : readHdf5Text(h5, item, shape, false);
        return characters ? join(found) : found;
      }),
    };
  }
  const type = elementType(metadata, classes);
  if (!type)
    return metadata.type === classes.H5T_COMPOUND.value
      ? other("compound", "an array of records or of complex numbers; save its parts as arrays of their own")
      : other("unknown", "not of a number type that is read");
  return {
    info: { name, kind: "numeric", shape, dtype: heldAs(type) },
    ...own,
    read: guarded(h5, (region) => readRegion(h5, item, name, shape, type, region)),
  };
}

const guarded =
  <A extends unknown[], R>(h5: Hdf5, run: (...args: A) => R): ((...args: A) => Promise<R>) =>
  async (...args) => {
    try {
      return run(...args);
    } catch (e) {
      throw asOurs(h5, e);
    }
  };

/** The names of a variable's dimensions: its own where it is a coordinate, else of the scales attached to it. */
function dimensionsOf(
  item: Dataset,
  name: string,
  shape: readonly number[],
  coordinate: boolean,
): readonly string[] | undefined {
  if (coordinate) return shape.length === 1 ? [name] : undefined;
  if (!("DIMENSION_LIST" in item.attrs)) return undefined;
  return shape.map((_, d) => (item.get_attached_scales(d)[0] ?? "").replace(/^\//, ""));
}
