import { type ErrorCode, isSpectraiError, SpectraiError } from "../errors.ts";

export type FileAction = "read" | "write";

/** Sentences by `errno` code; the ones for writing are about the place, the ones for reading about the file. */
const reading: Readonly<Record<string, readonly [ErrorCode, (path: string) => string]>> = {
  ENOENT: ["SPECTRAI_FILE_NOT_FOUND", (p) => `There is no file or folder "${p}"; check the path.`],
  ENOTDIR: ["SPECTRAI_FILE_NOT_FOUND", (p) => `There is no "${p}": a part of the path is a file, not a folder.`],
  EACCES: ["SPECTRAI_FILE_UNREADABLE", (p) => `You may not read "${p}"; change its permissions.`],
  EPERM: ["SPECTRAI_FILE_UNREADABLE", (p) => `You may not read "${p}"; change its permissions.`],
  EISDIR: ["SPECTRAI_FILE_UNREADABLE", (p) => `"${p}" is a folder where a file is needed.`],
  ELOOP: ["SPECTRAI_FILE_UNREADABLE", (p) => `"${p}" is a symbolic link that leads in a circle.`],
  EMFILE: ["SPECTRAI_FILE_UNREADABLE", (p) => `"${p}" cannot be opened: too many files are open already.`],
  ENFILE: ["SPECTRAI_FILE_UNREADABLE", (p) => `"${p}" cannot be opened: too many files are open already.`],
};

const writing: typeof reading = {
  ENOSPC: [
    "SPECTRAI_DISK_FULL",
    (p) => `The disk is full: "${p}" could not be written; free some space and try again.`,
  ],
  EDQUOT: ["SPECTRAI_DISK_FULL", (p) => `Your disk quota is used up: "${p}" could not be written; free some space.`],
  EACCES: [
    "SPECTRAI_FILE_UNWRITABLE",
    (p) => `You may not write "${p}"; choose another folder or change its permissions.`,
  ],
  EPERM: [
    "SPECTRAI_FILE_UNWRITABLE",
    (p) => `You may not write "${p}"; choose another folder or change its permissions.`,
  ],
  EROFS: ["SPECTRAI_FILE_UNWRITABLE", (p) => `"${p}" lies on a read-only disk; choose another folder.`],
  ENOTDIR: ["SPECTRAI_FILE_UNWRITABLE", (p) => `"${p}" cannot be written: a part of the path is a file, not a folder.`],
  EEXIST: ["SPECTRAI_FILE_UNWRITABLE", (p) => `"${p}" cannot be written: a part of the path is a file, not a folder.`],
  ENOENT: ["SPECTRAI_FILE_UNWRITABLE", (p) => `"${p}" cannot be written: its folder does not exist.`],
  EISDIR: ["SPECTRAI_FILE_UNWRITABLE", (p) => `"${p}" cannot be written: it is a folder.`],
  EFBIG: ["SPECTRAI_FILE_UNWRITABLE", (p) => `"${p}" grows beyond the file size that is allowed here.`],
  EMFILE: ["SPECTRAI_FILE_UNWRITABLE", (p) => `"${p}" cannot be written: too many files are open already.`],
  ENFILE: ["SPECTRAI_FILE_UNWRITABLE", (p) => `"${p}" cannot be written: too many files are open already.`],
};

const codeOf = (e: unknown): string | undefined =>
  e instanceof Error && "code" in e && typeof e.code === "string" ? e.code : undefined;

/** Whether an error says that there is nothing at the path. */
export const isMissing = (e: unknown): boolean => codeOf(e) === "ENOENT" || codeOf(e) === "ENOTDIR";

/** What an error of the file system means to the user, as a SpectraiError; one that is one already is passed through. */
export function errorFromSystem(e: unknown, path: string, action: FileAction): SpectraiError {
  if (isSpectraiError(e)) return e;
  const code = codeOf(e);
  const known = code === undefined ? undefined : (action === "read" ? reading : writing)[code];
  const details = { path, ...(code === undefined ? {} : { system: code }) };
  if (known) return new SpectraiError(known[0], known[1](path), { cause: e, details });
  const what = e instanceof Error ? e.message : String(e);
  return action === "read"
    ? new SpectraiError("SPECTRAI_FILE_UNREADABLE", `"${path}" cannot be read: ${what}.`, { cause: e, details })
    : new SpectraiError("SPECTRAI_FILE_UNWRITABLE", `"${path}" cannot be written: ${what}.`, { cause: e, details });
}
