import { type FileEntry, type FileSystem, type Formats, SpectraiError, withoutCompanions } from "@spectrai/core";

export const extension = (path: string): string => /\.[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? "";
export const withoutExtension = (path: string): string => path.slice(0, path.length - extension(path).length);
/** The first folder of a relative path; undefined for a file that is in none. */
export const topFolder = (relative: string): string | undefined =>
  relative.includes("/") ? relative.slice(0, relative.indexOf("/")) : undefined;
/** The folder a file is in. */
export const parentFolder = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const stem = (path: string): string => withoutExtension(path.slice(path.lastIndexOf("/") + 1));

/**
 * The data files that a path, folder or glob names. A file named by itself is taken as it is; in a folder, files of
 * formats that no reader knows are passed over, and so are files that only belong to another one.
 *
 * @throws SPECTRAI_FILE_NOT_FOUND, SPECTRAI_FILE_UNSUPPORTED, SPECTRAI_DATA_EMPTY
 */
export async function listDataFiles(
  files: FileSystem,
  formats: Formats,
  pattern: string,
): Promise<readonly FileEntry[]> {
  const found = await files.list(pattern);
  const kind = (await files.stat(pattern))?.kind;
  if (kind === "file") return found;
  const known = await formats.extensions();
  const usable = withoutCompanions(found.filter((f) => f.folder || known.includes(extension(f.path))));
  if (usable.length > 0) return usable;
  const details = { path: pattern };
  const [other] = found;
  if (other)
    throw new SpectraiError(
      "SPECTRAI_FILE_UNSUPPORTED",
      `${pattern} holds no file of a format that is read (${known.join(", ")}); there is ${other.relative}, for one.`,
      { details },
    );
  if (kind === "folder")
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `The folder ${pattern} is empty. Put the data files there, or name another folder.`,
      { details },
    );
  throw new SpectraiError(
    "SPECTRAI_FILE_NOT_FOUND",
    `There is no file or folder ${pattern}. Paths are relative to the config file's folder.`,
    { details },
  );
}

/**
 * For each input its target: the one file of each, or files of the same relative name (whatever their extension).
 *
 * @throws SPECTRAI_FILE_NOT_FOUND naming the input that has no partner
 */
export function pairFiles(
  inputs: readonly FileEntry[],
  targets: readonly FileEntry[],
  targetPattern: string,
): { readonly pairs: readonly FileEntry[]; readonly unused: readonly FileEntry[] } {
  if (inputs.length === 1 && targets.length === 1) return { pairs: targets, unused: [] };
  const byName = new Map(targets.map((t) => [withoutExtension(t.relative), t]));
  const pairs = inputs.map((input) => {
    const target = byName.get(withoutExtension(input.relative));
    if (target) return target;
    throw new SpectraiError(
      "SPECTRAI_FILE_NOT_FOUND",
      `${input.path} has no target: ${targetPattern} holds no file named ${withoutExtension(input.relative)}.*. Files are paired by name.`,
      { details: { input: input.path, target: targetPattern } },
    );
  });
  const used = new Set(pairs);
  return { pairs, unused: targets.filter((t) => !used.has(t)) };
}

const collator = new Intl.Collator("en", { numeric: true });
/** 2 before 10. */
export const natural = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
