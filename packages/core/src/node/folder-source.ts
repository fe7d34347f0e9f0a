import { access, readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { folderMarks } from "../contracts/files.ts";
import type { ByteSource, FolderFiles } from "../contracts/reader.ts";
import { SpectraiError } from "../errors.ts";
import { isInside } from "../inside-path.ts";
import { fileSource } from "./file-source.ts";
import { errorFromSystem, isMissing } from "./system-error.ts";

/** Whether a folder on disk is one data file. */
export async function isDataFolder(path: string): Promise<boolean> {
  for (const mark of folderMarks)
    if (
      await access(join(path, mark)).then(
        () => true,
        () => false,
      )
    )
      return true;
  return false;
}

/** A folder that is one data file. */
export const folderSource = (path: string, name: string): ByteSource => ({
  name: name.replace(/(?<=.)\/+$/, ""),
  size: 0,
  path: resolve(path),
  folder: filesOf(path, name),
  read: () =>
    Promise.reject(
      new SpectraiError("SPECTRAI_FILE_UNREADABLE", `"${name}" is a folder where a file is needed.`, {
        details: { path: name },
      }),
    ),
});

function filesOf(root: string, name: string): FolderFiles {
  return {
    async read(path, most, part) {
      if (!isInside(path)) return undefined;
      const label = `${name}/${path}`;
      let source: ByteSource;
      try {
        if (!(await stat(join(root, path))).isFile()) return undefined;
        source = await fileSource(join(root, path), label);
      } catch (e) {
        if (isMissing(e) || isMissing((e as Error).cause)) return undefined;
        throw errorFromSystem(e, label, "read");
      }
      try {
        const start = part === undefined ? 0 : "last" in part ? Math.max(0, source.size - part.last) : part.offset;
        const length = part && "length" in part ? part.length : source.size - start;
        if (length > most)
          throw new SpectraiError(
            "SPECTRAI_FILE_TOO_LARGE",
            `"${label}" has ${length} bytes, more than the ${most} that it can have.`,
            { details: { path: label } },
          );
        return await source.read(start, length);
      } finally {
        await source.close?.();
      }
    },
    async list(path) {
      if (path !== "" && !isInside(path)) return [];
      const entries = await readdir(join(root, path), { withFileTypes: true }).catch((e: unknown) => {
        throw errorFromSystem(e, `${name}/${path}`, "read");
      });
      return Promise.all(
        entries.map(async (entry) => {
          const folder = entry.isSymbolicLink()
            ? await stat(join(root, path, entry.name)).then(
                (info) => info.isDirectory(),
                () => false,
              )
            : entry.isDirectory();
          return folder ? `${entry.name}/` : entry.name;
        }),
      );
    },
  };
}
