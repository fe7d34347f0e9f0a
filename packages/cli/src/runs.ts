import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { bestFile, modelFile, type JsonObject, SpectraiError } from "@spectrai/core";

/** `2026-01-31T09-05-07-denoising`: sorts by time, works as a folder name everywhere. */
export const newRunId = (task: string, now = new Date()): string =>
  `${now.toISOString().slice(0, 19).replaceAll(":", "-")}-${task}`;

/** A run id that no folder has yet. */
export async function freeRunId(folder: string, task: string): Promise<string> {
  const taken = new Set(await readdir(folder).catch(() => []));
  const id = newRunId(task);
  let name = id;
  for (let n = 2; taken.has(name); n++) name = `${id}-${n}`;
  return name;
}

export interface RunRecord {
  readonly hash: string;
  readonly config: JsonObject;
  /** The folder of its config, from the run's folder. */
  readonly origin?: { readonly folder: string };
}

export async function readRunRecord(folder: string): Promise<RunRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, "config.resolved.json"), "utf8")) as RunRecord;
  } catch {
    return undefined;
  }
}

/** The newest run in a folder that fits. */
export async function newestRun(folder: string, fits: (run: string) => Promise<boolean>): Promise<string | undefined> {
  const names = (await readdir(folder).catch(() => [] as string[])).sort().reverse();
  for (const name of names) {
    const run = join(folder, name);
    if (await fits(run)) return run;
  }
  return undefined;
}

export const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isFile() ?? false;

/** The model file that a path means: the file itself, or that of a run's folder: the finished one, else the best so far. */
export async function modelPath(named: string): Promise<string> {
  const path = resolve(named);
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new SpectraiError("SPECTRAI_FILE_NOT_FOUND", `${named}: there is no such model file or run folder.`);
  if (!info.isDirectory()) return path;
  for (const name of [modelFile, bestFile]) if (await isFile(join(path, name))) return join(path, name);
  throw new SpectraiError(
    "SPECTRAI_FILE_NOT_FOUND",
    `${named} holds no ${modelFile}; name a finished run's folder or a model file.`,
  );
}
