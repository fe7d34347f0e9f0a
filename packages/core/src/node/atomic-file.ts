import { randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ByteSink } from "../contracts/writer.ts";
import { SpectraiError } from "../errors.ts";
import { errorFromSystem, isMissing } from "./system-error.ts";

/** A file in the making. Until `commit` the name keeps what it had; after a failure it still does. */
export interface AtomicSink extends ByteSink {
  /** Flushes to the disk and puts the file in its place. */
  commit(): Promise<void>;
  /** Removes what was written. Does nothing after `commit`. */
  abort(): Promise<void>;
}

/**
 * Opens a file for writing under a temporary name in the same folder (`.name.….tmp`). What is no regular file, such as
 * `/dev/stdout`, is written directly. The folder must exist.
 *
 * @throws SPECTRAI_DISK_FULL, SPECTRAI_FILE_UNWRITABLE; the temporary file is removed then
 */
export async function atomicSink(path: string): Promise<AtomicSink> {
  try {
    const existing = await stat(path).catch((e: unknown) => {
      if (isMissing(e)) return undefined;
      throw e;
    });
    if (existing && !existing.isFile()) return new Sink(path, await open(path, "w"));
    // A symbolic link stays one: the file it leads to is replaced.
    const target = existing ? await realpath(path) : path;
    const temporary = join(
      dirname(target),
      `.${basename(target).slice(0, 100)}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`,
    );
    return new Sink(path, await open(temporary, "wx", existing ? existing.mode & 0o777 : 0o666), { temporary, target });
  } catch (e) {
    throw errorFromSystem(e, path, "write");
  }
}

class Sink implements AtomicSink {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #move: { readonly temporary: string; readonly target: string } | undefined;
  #open = true;

  constructor(path: string, handle: FileHandle, move?: { readonly temporary: string; readonly target: string }) {
    this.#path = path;
    this.#handle = handle;
    this.#move = move;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#open)
      throw new SpectraiError("SPECTRAI_INTERNAL", `"${this.#path}" was written to after it was closed.`);
    try {
      await writeAll(this.#handle, bytes);
    } catch (e) {
      throw await this.#fail(e);
    }
  }

  async commit(): Promise<void> {
    if (!this.#open) return;
    try {
      if (this.#move) await this.#handle.sync();
      this.#open = false;
      await this.#handle.close();
      if (this.#move) {
        await rename(this.#move.temporary, this.#move.target);
        await syncFolder(dirname(this.#move.target));
      }
    } catch (e) {
      throw await this.#fail(e);
    }
  }

  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close().catch(() => undefined);
    if (this.#move) await unlink(this.#move.temporary).catch(() => undefined);
  }

  /** Cleans up; the failure itself is what is told, not one of the cleaning. */
  async #fail(e: unknown): Promise<SpectraiError> {
    this.#open = true;
    await this.abort();
    return errorFromSystem(e, this.#path, "write");
  }
}

/** Writes all bytes, however many calls the system needs. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(2 ** 30, bytes.length - done));
    done += bytesWritten;
  }
}

/** Makes a rename last through a power cut. Systems that cannot flush a folder (Windows) are left to their own ways. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, "r");
    await handle.sync();
  } catch {
    // The file is whole and in place; only its durability is up to the system.
  } finally {
    await handle?.close();
  }
}

/** Writes a file whole or not at all: temporary name, flush, rename. @throws SPECTRAI_DISK_FULL, SPECTRAI_FILE_UNWRITABLE */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const sink = await atomicSink(path);
  await sink.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
  await sink.commit();
}

/** Removes what processes that were killed left of their files in a folder. Nobody may be writing there. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names)
    if (/^\..+\.\d+-[0-9a-f]{12}\.tmp$/.test(name)) await unlink(join(folder, name)).catch(() => undefined);
}
