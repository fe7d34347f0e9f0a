import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { PartialRows } from "@spectrai/core";
import { folderStore } from "@spectrai/core/node";

/** A folder beside a result for the rows of it that are done: `.NAME.rows`. */
export function partialRows(output: string, name: string, resume: boolean): PartialRows {
  const folder = join(output, `.${name.replaceAll(/[/\\]/g, "_")}.rows`);
  return { store: folderStore(folder), resume, clear: () => rm(folder, { recursive: true, force: true }) };
}
