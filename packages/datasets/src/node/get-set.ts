import { readFile, rm, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { SpectraiError } from "@spectrai/core";
import { download, nodeFileSystem, writeFileAtomic } from "@spectrai/core/node";
import type { CatalogueEntry, CatalogueFile } from "../catalogue/entry.ts";
import { missingFiles } from "../catalogue/place.ts";
import { unzip } from "./unzip.ts";

/** What was fetched, kept beside it: where from, and the checksum that it has. */
export interface FetchedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly from: string;
  /** How many files an archive held. */
  readonly unpacked?: number;
}

export interface GetOptions {
  readonly folder: string;
  /** A folder, or an address, that has the files as `SET/FILE` or `FILE`: asked first. */
  readonly mirror?: string | undefined;
  readonly progress?: (file: string, received: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
  /** See `download`. */
  readonly attempts?: number;
  readonly waitMilliseconds?: number;
}

export interface GotSet {
  readonly folder: string;
  /** Those fetched now. */
  readonly fetched: readonly FetchedFile[];
  /** Those that were there. */
  readonly present: readonly string[];
}

const recordName = "spectrai-data.json";

/** What is recorded of earlier downloads into a folder; empty where there is no record, or none that can be read. */
export async function fetchedFiles(folder: string): Promise<readonly FetchedFile[]> {
  try {
    const { files } = JSON.parse(await readFile(join(folder, recordName), "utf8")) as { files?: FetchedFile[] };
    return Array.isArray(files) ? files.filter((f) => typeof f?.name === "string") : [];
  } catch {
    return [];
  }
}

/**
 * Fetches what is missing of a set. A broken download is gone on with by the next call.
 *
 * @throws SPECTRAI_DOWNLOAD_FAILED, SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_REFUSED, SPECTRAI_FILE_UNWRITABLE, SPECTRAI_DISK_FULL
 */
export async function getSet(entry: CatalogueEntry, options: GetOptions): Promise<GotSet> {
  const folder = resolve(options.folder);
  const files = nodeFileSystem(folder);
  const fetched: FetchedFile[] = [];
  const present: string[] = [];
  for (const file of entry.files) {
    if ((await missingFiles({ ...entry, files: [file] }, folder, files)).length === 0) {
      present.push(file.name);
      continue;
    }
    const sources = await sourcesOf(entry, file, options.mirror);
    if (sources.length === 0) throw byHand(entry, file);
    const path = join(folder, file.name);
    const got = await download({
      ...options,
      sources,
      path,
      ...(file.sha256 === undefined ? {} : { sha256: file.sha256 }),
      progress: (received, total) => options.progress?.(file.name, received, total),
    });
    const record = { name: file.name, bytes: got.bytes, sha256: got.sha256, from: got.from };
    fetched.push(file.holds ? { ...record, unpacked: (await unzip(path, folder)).length } : record);
    await keepRecord(entry, folder, fetched);
    if (!file.holds) continue;
    const lacking = await missingFiles({ ...entry, files: [file] }, folder, files);
    if (lacking.length > 0)
      throw new SpectraiError(
        "SPECTRAI_FILE_DAMAGED",
        `${got.from} is not the archive that is expected: there is no ${lacking[0]} in it. It is kept as "${path}".`,
      );
    await rm(path);
  }
  return { folder, fetched, present };
}

async function keepRecord(entry: CatalogueEntry, folder: string, fetched: readonly FetchedFile[]): Promise<void> {
  const names = new Set(fetched.map((f) => f.name));
  const before = (await fetchedFiles(folder)).filter((f) => !names.has(f.name));
  const record = { set: entry.name, page: entry.page, licence: entry.licence, files: [...before, ...fetched] };
  await writeFileAtomic(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`);
}

/** A mirror is asked before the publisher. */
async function sourcesOf(entry: CatalogueEntry, file: CatalogueFile, mirror: string | undefined): Promise<string[]> {
  const published = file.url === undefined ? [] : [file.url];
  if (!mirror) return published;
  if (/^(https?|file):/i.test(mirror)) {
    const base = mirror.replace(/\/+$/, "");
    const name = file.name.split("/").map(encodeURIComponent).join("/");
    return [`${base}/${entry.name}/${name}`, `${base}/${name}`, ...published];
  }
  const base = isAbsolute(mirror) ? mirror : resolve(mirror);
  if (!(await stat(base).catch(() => undefined))?.isDirectory())
    throw new SpectraiError("SPECTRAI_FILE_NOT_FOUND", `SPECTRAI_MIRROR: there is no folder "${mirror}".`);
  return [join(base, entry.name, file.name), join(base, file.name), ...published];
}

const byHand = (entry: CatalogueEntry, file: CatalogueFile): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_DOWNLOAD_FAILED",
    `"${entry.name}" cannot be fetched without you (${file.name} has no address): ${entry.manual?.join(" ") ?? `see ${entry.page}.`} Page: ${entry.page}`,
  );
