import { constants, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { ByteSource } from "../contracts/reader.ts";
import { SpectraiError } from "../errors.ts";
import { errorFromSystem, isMissing } from "./system-error.ts";

/** One call of the system reads at most this much. */
const chunk = 2 ** 30;

/**
 * A file on disk, opened for positional reads.
 *
 * @param path - relative to the working folder, or absolute
 * @param name - what to call it in messages; the path unless given
 * @throws SPECTRAI_FILE_NOT_FOUND, SPECTRAI_FILE_UNREADABLE
 */
export async function fileSource(path: string, name: string = path): Promise<ByteSource> {
  let handle: FileHandle | undefined;
  let info: Stats;
  try {
    // Looked at before it is opened: opening a named pipe would wait for its writer.
    info = await stat(path);
    mustBeFile(info, name);
    handle = await open(path, constants.O_RDONLY);
    info = await handle.stat();
    mustBeFile(info, name);
  } catch (e) {
    await handle?.close();
    throw errorFromSystem(e, name, "read");
  }
  return new OpenFile(handle, resolve(path), name, info.size);
}

function mustBeFile(info: Stats, name: string): void {
  if (!info.isFile())
    throw new SpectraiError(
      "SPECTRAI_FILE_UNREADABLE",
      `"${name}" is ${info.isDirectory() ? "a folder" : "a device or a pipe"} where a file is needed.`,
      { details: { path: name } },
    );
}

class OpenFile implements ByteSource {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly #handle: FileHandle;
  #closing: Promise<void> | undefined;

  constructor(handle: FileHandle, path: string, name: string, size: number) {
    this.#handle = handle;
    this.path = path;
    this.name = name;
    this.size = size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#check(offset, length);
    const bytes = new Uint8Array(length);
    await this.#fill(offset, bytes);
    return bytes;
  }

  async readInto(offset: number, target: Uint8Array): Promise<void> {
    this.#check(offset, target.length);
    await this.#fill(offset, target);
  }

  /** Before anything is allocated: offset and length may come from a damaged file. */
  #check(offset: number, length: number): void {
    const fits =
      Number.isSafeInteger(offset) &&
      Number.isSafeInteger(length) &&
      offset >= 0 &&
      length >= 0 &&
      offset + length <= this.size;
    if (!fits) throw this.#cutShort(offset, length);
  }

  async #fill(offset: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      let count: number;
      try {
        count = (await this.#handle.read(bytes, done, Math.min(chunk, bytes.length - done), offset + done)).bytesRead;
      } catch (e) {
        throw errorFromSystem(e, this.name, "read");
      }
      if (count === 0) throw this.#cutShort(offset, bytes.length);
      done += count;
    }
  }

  #cutShort(offset: number, length: number): SpectraiError {
    return new SpectraiError(
      "SPECTRAI_FILE_DAMAGED",
      `"${this.name}" is cut short or damaged: ${length} bytes are needed from byte ${offset}, and the file has ${this.size}.`,
      { details: { path: this.name, offset, length, size: this.size } },
    );
  }

  async sibling(name: string): Promise<ByteSource | undefined> {
    // The name may come from inside a file, which must not lead out of its folder.
    if (isAbsolute(name) || name.split(/[\\/]/).includes("..") || basename(name) === "") return undefined;
    const path = join(dirname(this.path), name);
    const info = await stat(path).catch((e: unknown) => {
      if (isMissing(e)) return undefined;
      throw errorFromSystem(e, path, "read");
    });
    return info?.isFile() ? fileSource(path, join(dirname(this.name), name)) : undefined;
  }

  close(): Promise<void> {
    this.#closing ??= this.#handle.close();
    return this.#closing;
  }
}
