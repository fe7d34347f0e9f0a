import type { ByteSource, DataFile, Georeference, JsonObject } from "@spectrai/core";
import { cut } from "../bytes/cut.ts";
import { dataFile, type Entry } from "../bytes/entries.ts";
import { damaged, unsupported } from "../bytes/errors.ts";
import { type Directory, readNumbers, readText, readTiff, type TiffFile } from "./directory.ts";
import { readGeoreference } from "./geo.ts";
import { isOme, type OmePlane, readOme } from "./ome.ts";
import { describePage, isSecondary, type Page } from "./page.ts";
import { bandFacts } from "./spectral.ts";
import { type PlacedPage, type Stack, stackEntry } from "./stack.ts";
import { tag } from "./tags.ts";
import { readXml } from "./xml.ts";

/** Metadata longer than this are left alone. */
const mostText = 64 << 20;
const longestDescription = 4096;

/**
 * One image, or pages of one size and type as its bands, are the variable `data`, `[H, W]` or `[H, W, L]`; pages that
 * differ are `page1`, `page2`, …. An OME image with several depths or times has them in front: `[T, Z, H, W, C]`, without
 * those of one element.
 */
export async function openTiff(source: ByteSource): Promise<DataFile> {
  const open = await readTiff(source);
  const first = open.directories[0]!;
  const description = (await readText(open, first, tag.description, mostText)) ?? "";
  const opened = isOme(description) ? await openOme(open, description) : await openPages(open, description);
  const { stacks, unordered, attributes, close, ...facts } = opened;
  const file = await dataFile(source.name, {
    entries: [
      ...stacks.map((s) => stackEntry(source.name, s)),
      ...(unordered ? [axisEntry(source.name, unordered)] : []),
    ],
    attributes: { format: open.big ? "BigTIFF" : "TIFF", ...attributes, ...(await colours(open, first, attributes)) },
    ...(close ? { close } : {}),
  });
  return { ...file, ...facts };
}

const axisEntry = (file: string, data: Float64Array): Entry => {
  const info = { name: "axis", kind: "numeric", shape: [data.length], dtype: "float64" } as const;
  return { info, read: (region) => Promise.resolve(cut({ ...info, data }, file, "axis", region)) };
};

interface Opened extends Pick<DataFile, "axis" | "goodBands" | "noData" | "georeference"> {
  readonly stacks: readonly Stack[];
  /** Wavelengths that are no axis. */
  readonly unordered?: Float64Array;
  readonly close?: () => Promise<void>;
  readonly attributes: JsonObject;
}

async function openPages(open: TiffFile, description: string): Promise<Opened> {
  const file = open.source.name;
  const pages: PlacedPage[] = [];
  for (const directory of open.directories)
    if (!(await isSecondary(open, directory))) pages.push({ open, page: await describePage(open, directory) });
  const [first] = pages;
  if (!first) throw damaged(file, "there are only reduced copies of an image in it");
  const imageJ = /^ImageJ=[\s\S]*?^images=(\d{1,9})/m.exec(description)?.[1];
  if (imageJ && Number(imageJ) > pages.length)
    throw unsupported(file, `ImageJ wrote ${imageJ} images behind ${pages.length} page(s); save it as a TIFF of pages`);
  const { height, width, samples } = first.page;
  const alike = pages.every(({ page }) => sameLayout(page, first.page));
  const stacks: Stack[] =
    pages.length === 1
      ? [{ name: "data", shape: samples === 1 ? [height, width] : [height, width, samples], pages }]
      : alike && samples === 1
        ? [{ name: "data", shape: [height, width, pages.length], pages }]
        : pages.map((placed, i) => ({
            name: `page${i + 1}`,
            shape: [placed.page.height, placed.page.width, ...(placed.page.samples > 1 ? [placed.page.samples] : [])],
            pages: [placed],
          }));
  const gdal = await readText(open, first.page.directory, tag.gdalMetadata, mostText);
  const bands = stacks[0]!.shape[2] ?? 1;
  const { attributes, ...facts } = bandFacts(gdal ? readXml(file, gdal) : [], description, bands);
  return {
    stacks,
    ...facts,
    ...(await placeFacts(open, first.page)),
    attributes: { ...attributes, ...(description ? { description: description.slice(0, longestDescription) } : {}) },
  };
}

const sameLayout = (a: Page, b: Page): boolean =>
  a.height === b.height && a.width === b.width && a.samples === b.samples && a.type === b.type;

async function placeFacts(
  open: TiffFile,
  { directory, type }: Page,
): Promise<{ readonly noData?: number; readonly georeference?: Georeference }> {
  const text = (await readText(open, directory, tag.gdalNoData, 100))?.trim();
  const value = text === undefined || text === "" ? undefined : /^nan$/i.test(text) ? Number.NaN : Number(text);
  const noData = value !== undefined && (/^nan$/i.test(text!) || !Number.isNaN(value)) ? value : undefined;
  const georeference = await readGeoreference(open, directory);
  return {
    ...(noData === undefined ? {} : { noData: type === "float32" ? Math.fround(noData) : noData }),
    ...(georeference ? { georeference } : {}),
  };
}

async function openOme(open: TiffFile, description: string): Promise<Opened> {
  const file = open.source.name;
  const image = readOme(file, readXml(file, description), open.directories.length);
  const { height, width, times, depths, channels, samples, planes, axis, attributes } = image;
  const files = new Map<string, TiffFile>();
  const others: ByteSource[] = [];
  const pages: PlacedPage[] = [];
  const closeOthers = async (): Promise<void> => {
    for (const other of others) await other.close?.();
  };
  const place = async (plane: OmePlane): Promise<PlacedPage> => {
    const holder = plane.file === undefined ? open : await fileOf(open, plane.file, files, others);
    const directory = holder.directories[plane.page];
    if (!directory)
      throw damaged(
        holder.source.name,
        `the OME metadata ask for page ${plane.page + 1} of ${holder.directories.length}`,
      );
    const page = await describePage(holder, directory);
    const expected = pages[0]?.page ?? page;
    if (page.height !== height || page.width !== width || page.samples !== samples || page.type !== expected.type)
      throw damaged(holder.source.name, `page ${plane.page + 1} is not of the size and type that the OME metadata say`);
    return { open: holder, page };
  };
  try {
    for (const plane of planes) pages.push(await place(plane));
  } catch (e) {
    await closeOthers();
    throw e;
  }
  const front = [...(times > 1 ? [times] : []), ...(depths > 1 ? [depths] : [])];
  const shape = [...front, height, width, ...(channels > 1 || front.length > 0 ? [channels] : [])];
  return {
    stacks: [{ name: "data", shape, pages }],
    ...(axis ? { axis } : {}),
    close: closeOthers,
    attributes: { ome: attributes },
  };
}

const mostFiles = 256;

/** A file of the same OME image, which lies beside. */
async function fileOf(
  open: TiffFile,
  name: string,
  files: Map<string, TiffFile>,
  others: ByteSource[],
): Promise<TiffFile> {
  const known = files.get(name);
  if (known) return known;
  const own = open.source.name.replaceAll("\\", "/").split("/").at(-1) === name;
  const refuse = (why: string): Error =>
    unsupported(open.source.name, `its image goes on in another file, "${name.slice(0, 200)}", ${why}`);
  if (!own && (/[/\\\0]/.test(name) || name === "" || name === "..")) throw refuse("which is not beside it");
  if (files.size >= mostFiles) throw refuse(`one of more than ${mostFiles}`);
  const source = own ? open.source : await open.source.sibling?.(name);
  if (!source) throw refuse("which is missing");
  if (!own) others.push(source);
  const found = own ? open : await readTiff(source);
  files.set(name, found);
  return found;
}

/** Red, green and blue of each value, 0 to 255, and beside the names of the classes where there are any. */
async function colours(open: TiffFile, directory: Directory, { classes }: JsonObject): Promise<JsonObject> {
  const map = await readNumbers(open, directory, tag.colorMap, 3 * 65_536);
  if (!map || map.length % 3 !== 0) return {};
  const n = map.length / 3;
  const palette = Array.from({ length: n }, (_, i) =>
    [map[i]!, map[n + i]!, map[2 * n + i]!].map((c) => Math.floor(c / 256)),
  );
  if (!Array.isArray(classes) || classes.length > n) return { palette };
  return { palette, classes: classes.map((c: JsonObject, i) => ({ ...c, color: palette[i]! })) };
}
