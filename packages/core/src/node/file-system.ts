import type { Dirent, Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, resolve, sep } from "node:path";
import { type FileEntry, type FileSystem, folderMarks } from "../contracts/files.ts";
import { SpectraiError } from "../errors.ts";
import { isUrl, openUrl } from "../http-source.ts";
import { fileSource } from "./file-source.ts";
import { folderSource, isDataFolder } from "./folder-source.ts";
import { globDepth, globMatcher, isGlob, splitGlob } from "./glob.ts";
import { naturalOrder } from "./natural-order.ts";
import { errorFromSystem, isMissing } from "./system-error.ts";

/**
 * Files on disk, and behind `http://` and `https://` addresses. Relative paths are relative to `baseFolder`; hidden files and
 * folders (`.name`) are not listed, nor what is inside of a folder that is one data file (Zarr).
 */
export function nodeFileSystem(baseFolder: string): FileSystem {
  const absolute = (path: string): string => resolve(baseFolder, path);
  const statOf = async (path: string): Promise<Stats | undefined> => {
    try {
      return await stat(absolute(path));
    } catch (e) {
      if (isMissing(e)) return undefined;
      throw errorFromSystem(e, path, "read");
    }
  };

  const below = async (folder: string, depth: number, wanted: (relative: string) => boolean): Promise<FileEntry[]> => {
    const found = (await listFolder(absolute(folder), folder, depth)).filter((file) => wanted(file.relative));
    found.sort((a, b) => naturalOrder(a.relative, b.relative));
    const prefix = folder === "." ? "" : folder.endsWith("/") ? folder : `${folder}/`;
    return found.map((file) => ({ path: prefix + file.relative, ...file }));
  };

  return {
    async list(pattern) {
      if (isUrl(pattern)) return [{ path: pattern, relative: nameOfUrl(pattern), size: 0 }];
      const path = sep === "\\" ? pattern.replaceAll("\\", "/") : pattern;
      const info = await statOf(path);
      if (info?.isDirectory()) {
        const plain = path.replace(/(?<=.)\/+$/, "");
        if (await isDataFolder(absolute(plain)))
          return [{ path: plain, relative: basename(absolute(plain)), size: 0, folder: true }];
        return below(plain, Infinity, () => true);
      }
      if (info) return [{ path, relative: basename(path), size: info.size }];
      if (!isGlob(path)) throw missing(pattern);
      const { folder, rest } = splitGlob(path);
      if (!(await statOf(folder))?.isDirectory()) throw missing(folder, pattern);
      return below(folder, globDepth(rest), globMatcher(rest));
    },
    async stat(path) {
      if (isUrl(path)) return { kind: "file", size: 0 };
      const info = await statOf(path);
      if (info?.isDirectory() && (await isDataFolder(absolute(path)))) return { kind: "file", size: 0 };
      return info && { kind: info.isDirectory() ? "folder" : "file", size: info.size };
    },
    async open(path) {
      if (isUrl(path)) return openUrl(path);
      if ((await statOf(path))?.isDirectory() && (await isDataFolder(absolute(path))))
        return folderSource(absolute(path), path);
      return fileSource(absolute(path), path);
    },
  };
}

/** The last name in an address, as the file's. */
const nameOfUrl = (url: string): string => {
  const name = url.replace(/[?#].*$/s, "").replace(/\/+$/, "");
  return name.slice(name.lastIndexOf("/") + 1);
};

const missing = (path: string, pattern?: string): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_FILE_NOT_FOUND",
    pattern === undefined
      ? `There is no file or folder "${path}"; check the path.`
      : `There is no folder "${path}" to look for "${pattern}" in; check the path.`,
    { details: { path } },
  );

type Found = Omit<FileEntry, "path">;

/**
 * All files below a folder. Symbolic links are followed after everything else, and no folder is entered twice: a link
 * that leads in a circle ends there, and a folder reached by two ways is listed by the plain one.
 */
async function listFolder(root: string, name: string, depth: number): Promise<Found[]> {
  const found: Found[] = [];
  const entered = new Set<string>();
  const links: { path: string; relative: string; depth: number }[] = [];

  const enter = async (path: string, relative: string, left: number): Promise<void> => {
    let entries: Dirent[];
    try {
      const real = await realpath(path);
      if (entered.has(real)) return;
      entered.add(real);
      entries = await readdir(path, { withFileTypes: true });
    } catch (e) {
      throw errorFromSystem(e, relative === "" ? name : `${name}/${relative}`, "read");
    }
    if (relative !== "" && entries.some((entry) => folderMarks.includes(entry.name)))
      return void found.push({ relative, size: 0, folder: true });
    entries.sort((a, b) => naturalOrder(a.name, b.name));
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const child = {
        path: `${path}/${entry.name}`,
        relative: relative === "" ? entry.name : `${relative}/${entry.name}`,
      };
      if (entry.isSymbolicLink()) links.push({ ...child, depth: left });
      else if (entry.isDirectory()) {
        if (left > 1) await enter(child.path, child.relative, left - 1);
        else await addDataFolder(child.path, child.relative);
      } else if (entry.isFile()) {
        const info = await statOrGone(child.path);
        if (info) found.push({ relative: child.relative, size: info.size });
      }
    }
  };

  const addDataFolder = async (path: string, relative: string): Promise<void> => {
    if (await isDataFolder(path)) found.push({ relative, size: 0, folder: true });
  };

  await enter(root, "", depth);
  for (let link = links.shift(); link; link = links.shift()) {
    const info = await statOrGone(link.path);
    if (info?.isFile()) found.push({ relative: link.relative, size: info.size });
    else if (info?.isDirectory() && link.depth > 1) await enter(link.path, link.relative, link.depth - 1);
    else if (info?.isDirectory()) await addDataFolder(link.path, link.relative);
  }
  return found;
}

/** Undefined for a link to nowhere or in a circle, and for a file that went away meanwhile. */
const statOrGone = (path: string): Promise<Stats | undefined> => stat(path).catch(() => undefined);
