import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isMissing } from "./system-error.ts";

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/**
 * Makes a folder and those above it, unless it is there. `mkdir` with `recursive` never returns where a file system says
 * "no such file" for a folder whose parent exists, as /proc does.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (e) {
    if (await isFolder(path)) return;
    const parent = dirname(path);
    if (!isMissing(e) || parent === path || (await isFolder(parent))) throw e;
    await makeFolder(parent);
    await mkdir(path).catch(async (again: unknown) => {
      // Another process may have been faster.
      if (!(await isFolder(path))) throw again;
    });
  }
}
