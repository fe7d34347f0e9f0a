import { open, readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ArtifactStore } from "../contracts/files.ts";
import { SpectraiError } from "../errors.ts";
import { writeAll, writeFileAtomic } from "./atomic-file.ts";
import { makeFolder } from "./make-folder.ts";
import { naturalOrder } from "./natural-order.ts";
import { errorFromSystem, isMissing } from "./system-error.ts";

/**
 * The files of a run in a folder, which is made when the first one is written. Names may have folders in them
 * (`examples/1.png`). Writes to one name happen in the order they were asked for.
 */
export function folderStore(folder: string): ArtifactStore {
  const root = resolve(folder);
  const tails = new Map<string, Promise<void>>();

  const pathOf = (name: string): string => {
    const path = resolve(root, name);
    if (name === "" || !path.startsWith(join(root, "/")))
      throw new SpectraiError("SPECTRAI_INTERNAL", `"${name}" is no name for a file inside "${folder}".`);
    return path;
  };
  const shown = (name: string): string => join(folder, name);

  const inOrder = async (name: string, work: (path: string) => Promise<void>): Promise<void> => {
    const path = pathOf(name);
    const run = async (): Promise<void> => {
      try {
        await work(path);
      } catch (e) {
        throw errorFromSystem(e, shown(name), "write");
      }
    };
    const done = (tails.get(path) ?? Promise.resolve()).then(run);
    // A failed write is told to its own caller; the next one starts afresh.
    const tail = done.catch(() => undefined).then(() => void (tails.get(path) === tail && tails.delete(path)));
    tails.set(path, tail);
    return done;
  };

  return {
    location: folder,
    write: (name, content) =>
      inOrder(name, async (path) => {
        await makeFolder(dirname(path));
        await writeFileAtomic(path, content);
      }),
    append: (name, content) =>
      inOrder(name, async (path) => {
        await makeFolder(dirname(path));
        const handle = await open(path, "a");
        try {
          await writeAll(handle, typeof content === "string" ? new TextEncoder().encode(content) : content);
        } finally {
          await handle.close();
        }
      }),
    async read(name) {
      const path = pathOf(name);
      await tails.get(path);
      try {
        return new Uint8Array(await readFile(path));
      } catch (e) {
        if (isMissing(e)) return undefined;
        throw errorFromSystem(e, shown(name), "read");
      }
    },
    truncate: (name, length) => inOrder(name, (path) => cut(path, length)),
    async list() {
      try {
        const entries = await readdir(root, { withFileTypes: true, recursive: true });
        return entries
          .filter((e) => e.isFile() && !e.name.startsWith("."))
          .map((e) =>
            join(e.parentPath, e.name)
              .slice(root.length + 1)
              .replaceAll("\\", "/"),
          )
          .sort(naturalOrder);
      } catch (e) {
        if (isMissing(e)) return [];
        throw errorFromSystem(e, folder, "read");
      }
    },
  };
}

/** Cuts a file to a length; one that is shorter already, or not there, is left as it is. */
async function cut(path: string, length: number): Promise<void> {
  const handle = await open(path, "r+").catch((e: unknown) => {
    if (isMissing(e)) return undefined;
    throw e;
  });
  if (!handle) return;
  try {
    if ((await handle.stat()).size > length) await handle.truncate(length);
  } finally {
    await handle.close();
  }
}
