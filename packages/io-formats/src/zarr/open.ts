/** Zarr folders: every array is a variable, named by its path. Of OME-Zarr images the full resolution comes first. */
import { type ByteSource, type DataFile, type FolderFiles, type JsonObject, sizeOf } from "@spectrai/core";
import { heldAs } from "../bytes/elements.ts";
import { dataFile } from "../bytes/entries.ts";
import { damaged, unsupported } from "../bytes/errors.ts";
import { type Described, describedFile, fillOf, unpacked } from "../netcdf/conventions.ts";
import { parseArray, type ZarrArray } from "./metadata.ts";
import { findNodes, multiscalesOf, type ZarrNode } from "./nodes.ts";
import { arrayReader } from "./read.ts";

/** @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED, SPECTRAI_FILE_TOO_LARGE, SPECTRAI_FILE_NOT_FOUND */
export async function openZarr(source: ByteSource): Promise<DataFile> {
  const { name: file, folder } = source;
  if (!folder) throw unsupported(file, "Zarr data are a folder, and this is a file; unpack it if it is an archive");
  const nodes = await findNodes(file, folder);
  const levels = imageLevels(nodes);
  const rank = ({ path }: ZarrNode): number => levels.get(path)?.level ?? 0.5;
  const arrays = nodes.filter((n) => n.array).sort((a, b) => rank(a) - rank(b));
  if (arrays.length === 0) throw damaged(file, "there is no array in it");
  const variables = arrays.map((node) => describe(file, folder, node, levels.get(node.path)));
  const version = arrays[0]!.array!.zarr_format === 3 ? 3 : 2;
  return dataFile(file, await describedFile(`Zarr ${version}`, nodes[0]!.array ? {} : nodes[0]!.attributes, variables));
}

interface Level {
  /** 0 is the finest. */
  readonly level: number;
  readonly axes: readonly JsonObject[];
}

function imageLevels(nodes: readonly ZarrNode[]): ReadonlyMap<string, Level> {
  const levels = new Map<string, Level>();
  for (const group of nodes)
    for (const { axes, datasets } of multiscalesOf(group))
      datasets.forEach(({ path, scale }, level) =>
        levels.set(group.path ? `${group.path}/${path}` : path, {
          level,
          axes: axes.map((axis, d) => ({ ...axis, ...(scale?.[d] === undefined ? {} : { scale: scale[d] }) })),
        }),
      );
  return levels;
}

function describe(file: string, folder: FolderFiles, node: ZarrNode, level: Level | undefined): Described {
  const name = node.path || "data";
  const array = parseArray(node.path ? `${file}/${node.path}` : file, node.array!);
  const { _ARRAY_DIMENSIONS: xarray, ...own } = node.attributes;
  const attributes = level
    ? { ...own, level: level.level, ...(level.axes.length > 0 ? { axes: level.axes } : {}) }
    : own;
  if ("why" in array)
    return { info: { name, kind: "other", shape: array.shape, dtype: array.dtype }, attributes, why: array.why };
  const names =
    level?.axes.map((axis) => (typeof axis.name === "string" ? axis.name : "")) ?? array.dimensions ?? xarray;
  const described = {
    attributes,
    ...(Array.isArray(names) && names.length > 0 ? { dimensions: names.map((n) => String(n)) } : {}),
  };
  const read = arrayReader(file, folder, node.path, name, array);
  if (array.text) {
    const shape = array.shape.slice(0, -1);
    const info = { name, kind: "text", shape, dtype: array.dtype } as const;
    return { info, ...described, readText: async () => textsOf(array, (await read()).data as Uint32Array) };
  }
  const fill = Number(array.fill);
  // Missing chunks are usually 0, which does not say that 0 is no value.
  const noData = fillOf(node.attributes) ?? (fill === 0 ? undefined : fill);
  return unpacked({
    info: { name, kind: "numeric", shape: array.shape, dtype: heldAs(array.type) },
    ...described,
    ...(noData === undefined ? {} : { noData }),
    read,
  });
}

/** Texts of a fixed length, zeros at their ends removed. */
function textsOf(array: ZarrArray, codes: Uint8Array | Uint32Array): string[] {
  const length = array.shape.at(-1)!;
  return Array.from({ length: sizeOf(array.shape.slice(0, -1)) }, (_, i) => {
    const part = codes.subarray(i * length, (i + 1) * length);
    const text =
      array.text === "bytes"
        ? new TextDecoder().decode(part as Uint8Array)
        : Array.from(part, (p) => (p <= 0x10ffff ? String.fromCodePoint(p) : "\ufffd")).join("");
    return text.replace(/\0+$/, "");
  });
}
