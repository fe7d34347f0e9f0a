/** Where a set's files are, and how a config says so. */
import { type FileSystem, isObject, type JsonObject, SpectraiError } from "@spectrai/core";
import type { CatalogueEntry } from "./entry.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Looked at without importing anything of Node.js, so that the package works in a browser. */
const surroundings = (): Environment => (globalThis as { process?: { env?: Environment } }).process?.env ?? {};

/**
 * The folder of a set: `SPECTRAI_DATA_HOME/NAME`, or `~/.cache/spectrai/data/NAME`.
 *
 * @throws SPECTRAI_FILE_NOT_FOUND where there is no home, as in a browser
 */
export function setFolder(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = surroundings(),
): string {
  const home = environment["HOME"] ?? environment["USERPROFILE"];
  const base = environment["SPECTRAI_DATA_HOME"] || (home && `${home}/.cache/spectrai/data`);
  if (!base)
    throw new SpectraiError(
      "SPECTRAI_FILE_NOT_FOUND",
      `Where the data set "${name}" is cannot be known here: give its folder, or set SPECTRAI_DATA_HOME.`,
    );
  return `${base.replace(/[\\/]+$/, "")}/${name}`;
}

/** The recipe's options with their paths inside a folder. */
export function recipeIn({ recipe = { name: "cubes" } }: CatalogueEntry, folder: string): JsonObject {
  const { axis, ...rest } = recipe;
  const inside = (value: JsonObject, keys: readonly string[]): JsonObject => ({
    ...value,
    ...Object.fromEntries(keys.flatMap((k) => (typeof value[k] === "string" ? [[k, `${folder}/${value[k]}`]] : []))),
  });
  return {
    ...inside(rest, ["input", "target", "table"]),
    ...(isObject(axis) ? { axis: inside(axis, ["file"]) } : {}),
  };
}

/** The files and folders of a set that are not there; names with `*` are looked for. */
export async function missingFiles(entry: CatalogueEntry, folder: string, files: FileSystem): Promise<string[]> {
  const wanted = entry.files.flatMap((f) => f.holds ?? [f.name]);
  const missing: string[] = [];
  for (const name of wanted) {
    const path = `${folder}/${name}`;
    const there = name.includes("*")
      ? (await files.list(path).catch(() => [])).length > 0
      : (await files.stat(path)) !== undefined;
    if (!there) missing.push(name);
  }
  return missing;
}

/** @throws SPECTRAI_FILE_NOT_FOUND, saying how to get what is missing */
export async function mustBeThere(
  entry: CatalogueEntry,
  folder: string,
  files: FileSystem,
  usual: boolean,
): Promise<void> {
  const missing = await missingFiles(entry, folder, files);
  if (missing.length === 0) return;
  const advice = entry.manual
    ? `they have to be put there by hand, and "spectrai data info ${entry.name}" says how`
    : `run: spectrai data get ${entry.name}${usual ? "" : ` --to ${folder}`}`;
  throw new SpectraiError(
    "SPECTRAI_FILE_NOT_FOUND",
    `The data set "${entry.name}" is not in ${folder} (no ${missing[0]}${missing.length > 1 ? ` and ${missing.length - 1} more` : ""}); ${advice}.`,
    { details: { set: entry.name, folder, missing } },
  );
}
