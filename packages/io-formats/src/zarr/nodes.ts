/** What groups and arrays a Zarr folder has: by looking, or from the list in its metadata where it cannot be looked at (HTTP). */
import type { FolderFiles, JsonObject, JsonValue } from "@spectrai/core";
import { damaged, unsupported } from "../bytes/errors.ts";

export interface ZarrNode {
  /** In the folder; empty for the folder itself. */
  readonly path: string;
  /** `.zarray` or `zarr.json` of an array. */
  readonly array?: JsonObject;
  readonly attributes: JsonObject;
}

const mostJson = 1 << 24;
const mostNodes = 20_000;
const deepest = 16;
/** Images of a collection (bioformats2raw) that are looked for, 0, 1, …. */
const mostImages = 1024;

const isObject = (v: JsonValue | undefined): v is JsonObject =>
  typeof v === "object" && v !== null && !Array.isArray(v);
const objectOr = (v: JsonValue | undefined): JsonObject => (isObject(v) ? v : {});
const join = (path: string, name: string): string => (path ? `${path}/${name}` : name);

/** The folder itself first. @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED, SPECTRAI_FILE_NOT_FOUND */
export async function findNodes(file: string, folder: FolderFiles): Promise<ZarrNode[]> {
  const metadata = new Metadata(file, folder);
  const root = await metadata.node("");
  if (!root) throw unsupported(file, "there is no .zarray, .zgroup or zarr.json in it, as a Zarr folder has");
  if (root.array) return [root];
  const nodes = [root];
  if (folder.list) {
    await below(file, folder, metadata, "", nodes, 0);
    return nodes;
  }
  const listed = await metadata.consolidated();
  if (listed) return [root, ...listed];
  await addImages(metadata, root, nodes);
  if (nodes.length === 1)
    throw unsupported(
      file,
      "it has no list of its arrays (consolidated metadata), and a web server cannot be asked for one; name an array in it, as in …/data.zarr/NAME, or consolidate its metadata",
    );
  return nodes;
}

async function below(
  file: string,
  folder: FolderFiles,
  metadata: Metadata,
  path: string,
  nodes: ZarrNode[],
  depth: number,
): Promise<void> {
  if (depth > deepest) throw damaged(file, `groups are nested more than ${deepest} deep`);
  const names = (await folder.list!(path)).filter((n) => n.endsWith("/")).map((n) => n.slice(0, -1));
  for (const name of names.sort()) {
    if (nodes.length > mostNodes) return;
    const node = await metadata.node(join(path, name));
    if (!node) continue;
    nodes.push(node);
    if (!node.array) await below(file, folder, metadata, node.path, nodes, depth + 1);
  }
}

/** The images of OME-Zarr, whose paths are in their metadata. */
async function addImages(metadata: Metadata, group: ZarrNode, nodes: ZarrNode[]): Promise<void> {
  for (const { datasets } of multiscalesOf(group))
    for (const dataset of datasets) {
      const node = await metadata.node(join(group.path, dataset.path));
      if (node) nodes.push(node);
    }
  const layout = group.attributes["bioformats2raw.layout"] ?? objectOr(group.attributes.ome)["bioformats2raw.layout"];
  if (layout === undefined || group.path !== "") return;
  for (let i = 0; i < mostImages; i++) {
    const image = await metadata.node(String(i));
    if (!image) return;
    nodes.push(image);
    await addImages(metadata, image, nodes);
  }
}

interface Multiscale {
  readonly axes: readonly JsonObject[];
  /** The finest first. */
  readonly datasets: readonly { readonly path: string; readonly scale?: readonly JsonValue[] }[];
}

/** OME-Zarr's images at several resolutions: versions up to 0.4 have them among the attributes, 0.5 below `ome`. */
export function multiscalesOf({ attributes }: ZarrNode): Multiscale[] {
  const found = objectOr(attributes.ome).multiscales ?? attributes.multiscales;
  const list = (v: JsonValue | undefined): readonly JsonValue[] =>
    Array.isArray(v) ? (v as readonly JsonValue[]) : [];
  return list(found)
    .filter(isObject)
    .map(({ axes, datasets }) => ({
      // Version 0.3 has their names alone.
      axes: list(axes).map((axis) => (isObject(axis) ? axis : { name: axis })),
      datasets: list(datasets)
        .filter(isObject)
        .filter((d): d is JsonObject & { path: string } => typeof d.path === "string")
        .map(({ path, coordinateTransformations: steps }) => {
          const scale = list(steps)
            .filter(isObject)
            .find((s) => s.type === "scale")?.scale;
          return { path, ...(Array.isArray(scale) ? { scale: scale as readonly JsonValue[] } : {}) };
        }),
    }));
}

/** The JSON files of a folder. */
class Metadata {
  readonly #file: string;
  readonly #folder: FolderFiles;
  #version: 2 | 3 | undefined;

  constructor(file: string, folder: FolderFiles) {
    this.#file = file;
    this.#folder = folder;
  }

  async #json(path: string): Promise<JsonObject | undefined> {
    const bytes = await this.#folder.read(path, mostJson);
    if (!bytes) return undefined;
    let value: JsonValue;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as JsonValue;
    } catch (e) {
      throw damaged(`${this.#file}/${path}`, "it is not JSON", e);
    }
    if (!isObject(value)) throw damaged(`${this.#file}/${path}`, "it is not a JSON object");
    return value;
  }

  /** The group or array of a path; undefined where there is none. All are of the version of the first. */
  async node(path: string): Promise<ZarrNode | undefined> {
    if (this.#version !== 2) {
      const meta = await this.#json(join(path, "zarr.json"));
      if (meta) {
        this.#version = 3;
        return nodeV3(path, meta);
      }
      if (this.#version === 3) return undefined;
    }
    const array = await this.#json(join(path, ".zarray"));
    if (!array && !(await this.#json(join(path, ".zgroup")))) return undefined;
    this.#version = 2;
    const attributes = (await this.#json(join(path, ".zattrs"))) ?? {};
    return { path, attributes, ...(array ? { array } : {}) };
  }

  /** All nodes but the folder itself, where the folder has a list of them. */
  async consolidated(): Promise<ZarrNode[] | undefined> {
    if (this.#version === 3) {
      const list = objectOr((await this.#json("zarr.json"))?.consolidated_metadata).metadata;
      if (!isObject(list)) return undefined;
      return Object.entries(list)
        .slice(0, mostNodes)
        .map(([path, meta]) => nodeV3(path, objectOr(meta)));
    }
    const list = (await this.#json(".zmetadata"))?.metadata;
    if (!isObject(list)) return undefined;
    return Object.keys(list)
      .filter((key) => /.\/\.z(array|group)$/.test(key))
      .slice(0, mostNodes)
      .map((key) => {
        const path = key.slice(0, key.lastIndexOf("/"));
        const attributes = objectOr(list[`${path}/.zattrs`]);
        return { path, attributes, ...(key.endsWith("/.zarray") ? { array: objectOr(list[key]) } : {}) };
      });
  }
}

const nodeV3 = (path: string, meta: JsonObject): ZarrNode => ({
  path,
  attributes: objectOr(meta.attributes),
  ...(meta.node_type === "array" ? { array: meta } : {}),
});
