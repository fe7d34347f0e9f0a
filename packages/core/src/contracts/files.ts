import type { ByteSource } from "./reader.ts";
import type { ByteSink } from "./writer.ts";

export interface FileEntry {
  /** As it can be given to `open`. */
  readonly path: string;
  /** Relative to the folder that was listed, with forward slashes. */
  readonly relative: string;
  readonly size: number;
  /** It is a folder that holds one data file (Zarr). */
  readonly folder?: true;
}

/** Names that mark a folder as one data file: Zarr's metadata, of a group or an array, of version 2 or 3. */
export const folderMarks: readonly string[] = [".zarray", ".zgroup", "zarr.json"];

/**
 * Reading of files, relative to the config's folder. In a browser: the files the user picked. A folder that is one data
 * file (see {@link folderMarks}) counts as a file. Where there is a network, `http://` and `https://` addresses are files, too.
 */
export interface FileSystem {
  /** The files that a path, a folder (recursively) or a glob (`*`, `**`, `?`, `{a,b}`) names, in natural order (2 before 10). */
  list(pattern: string): Promise<FileEntry[]>;
  stat(path: string): Promise<{ readonly kind: "file" | "folder"; readonly size: number } | undefined>;
  /** @throws SPECTRAI_FILE_NOT_FOUND, SPECTRAI_FILE_UNREADABLE */
  open(path: string): Promise<ByteSource>;
}

/** Writing into a run's folder. A file appears whole or not at all. */
export interface ArtifactStore {
  /** Where it is, for people. */
  readonly location: string;
  /** Temporary name, flush, rename. */
  write(name: string, bytes: Uint8Array | string): Promise<void>;
  /** Adds to a log; a crash may leave a last line unfinished. */
  append(name: string, bytes: Uint8Array | string): Promise<void>;
  read(name: string): Promise<Uint8Array | undefined>;
  /** Cuts a log to a length, for resuming. */
  truncate(name: string, length: number): Promise<void>;
  list(): Promise<string[]>;
}

/** Where results are written one file at a time. */
export interface OutputFolder {
  readonly location: string;
  /** A file of this name; it appears when committed, whole. */
  create(name: string): Promise<ByteSink & { commit(): Promise<void>; abort(): Promise<void> }>;
}
