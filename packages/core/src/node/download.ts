import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SpectraiError } from "../errors.ts";
import { writeAll } from "./atomic-file.ts";
import { makeFolder } from "./make-folder.ts";
import { errorFromSystem, isMissing } from "./system-error.ts";

export interface DownloadOptions {
  /** Where the file may be, tried in this order: addresses (http, https, file) or paths. */
  readonly sources: readonly string[];
  /** Where it is put; its folder is made. */
  readonly path: string;
  /** Its size, where known: any other file is refused. */
  readonly bytes?: number;
  /** Its checksum in hexadecimal, where known: any other file is refused. */
  readonly sha256?: string;
  /** Told how much there is now, of how much where the server says so. */
  readonly progress?: (received: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
  /** Failures in a row without progress after which a source is given up. */
  readonly attempts?: number;
  /** Before the second attempt, doubled for each further one. */
  readonly waitMilliseconds?: number;
  /** A connection that sends nothing for so long has failed. */
  readonly idleMilliseconds?: number;
}

export interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
  /** The source it came from. */
  readonly from: string;
  /** How much was there from before. */
  readonly resumedAt: number;
}

/** Progress that makes a server's next failure count as its first. */
const worthwhile = 1 << 20;
const longestWait = 60_000;

/** A source does not have the file, for good: the next one is asked. */
class NotThere extends Error {}
/** A failure that may pass. */
class Passing extends Error {
  readonly waitMilliseconds: number | undefined;

  constructor(message: string, waitMilliseconds?: number, cause?: unknown) {
    super(message, { cause });
    this.waitMilliseconds = waitMilliseconds;
  }
}

/**
 * Fetches a file. What has arrived is kept as `path.part`; the next call goes on from there, with a range request, where the
 * server still has the same file. The file appears at `path` when it is whole and its checksum is right.
 *
 * @throws SPECTRAI_DOWNLOAD_FAILED, SPECTRAI_FILE_DAMAGED (wrong size or checksum: what was fetched is removed),
 * SPECTRAI_FILE_UNWRITABLE, SPECTRAI_DISK_FULL
 */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  const { path, sources } = options;
  await makeFolder(dirname(path)).catch((e: unknown) => {
    throw errorFromSystem(e, dirname(path), "write");
  });
  const failures: string[] = [];
  let last: unknown;
  for (const source of sources) {
    try {
      const resumedAt = isAddress(source) ? await fetchAll(source, options) : await copyAll(source, options);
      return { ...(await accept(source, options)), from: source, resumedAt };
    } catch (e) {
      if (!(e instanceof NotThere || e instanceof Passing)) throw e;
      failures.push(`${source} (${e.message})`);
      last = e;
    }
  }
  throw new SpectraiError(
    "SPECTRAI_DOWNLOAD_FAILED",
    `"${path}" could not be fetched from ${failures.join(", nor from ")}.`,
    { cause: last, details: { path, sources } },
  );
}

const isAddress = (source: string): boolean => /^https?:/i.test(source);

const partOf = (path: string): string => `${path}.part`;
const noteOf = (path: string): string => `${path}.part.json`;

/** What is known of the bytes in a `.part` file. */
interface Note {
  readonly source: string;
  /** The server's name for this version of the file: a strong ETag, or the time of its last change. */
  readonly validator?: string;
}

async function readNote(path: string): Promise<Note | undefined> {
  try {
    const note = JSON.parse(await readFile(noteOf(path), "utf8")) as Partial<Note>;
    return typeof note.source === "string" ? (note as Note) : undefined;
  } catch {
    return undefined;
  }
}

/** Repeats until the file is whole. @returns how much was there from before */
async function fetchAll(source: string, options: DownloadOptions): Promise<number> {
  const { path, attempts = 5, waitMilliseconds = 1000 } = options;
  const resumable = async (): Promise<{ offset: number; validator?: string }> => {
    const note = await readNote(path);
    // Without a name for the version only a checksum can tell whether old and new bytes fit together.
    if (note?.source !== source || (note.validator === undefined && options.sha256 === undefined)) return { offset: 0 };
    const offset = (await stat(partOf(path)).catch(() => undefined))?.size ?? 0;
    return note.validator === undefined ? { offset } : { offset, validator: note.validator };
  };
  const { offset: before } = await resumable();
  for (let failed = 0, reached = before; ;) {
    try {
      await fetchOnce(source, await resumable(), options);
      return before;
    } catch (e) {
      if (!(e instanceof Passing)) throw e;
      const { offset } = await resumable();
      failed = offset >= reached + worthwhile ? 1 : failed + 1;
      reached = Math.max(reached, offset);
      if (failed >= attempts) throw new NotThere(`${e.message}, ${attempts} times`, { cause: e });
      const pause = e.waitMilliseconds ?? waitMilliseconds * 2 ** (failed - 1);
      await wait(Math.min(longestWait, pause), undefined, options.signal ? { signal: options.signal } : {}).catch(
        () => {
          throw interrupted(path);
        },
      );
    }
  }
}

const interrupted = (path: string): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_DOWNLOAD_FAILED",
    `The download of "${path}" was interrupted; the same command goes on where it stopped.`,
  );

/** One request, from `offset` on. */
async function fetchOnce(
  source: string,
  { offset, validator }: { readonly offset: number; readonly validator?: string },
  options: DownloadOptions,
): Promise<void> {
  const { path, signal, idleMilliseconds = 60_000 } = options;
  const idle = new AbortController();
  const arm = (): NodeJS.Timeout =>
    setTimeout(() => idle.abort(new Error(`nothing arrived for ${idleMilliseconds / 1000} s`)), idleMilliseconds);
  let timer = arm();
  const failed = (e: unknown): never => {
    if (signal?.aborted) throw interrupted(path);
    if (e instanceof SpectraiError || e instanceof NotThere || e instanceof Passing) throw e;
    const reason: unknown = idle.signal.aborted ? idle.signal.reason : e instanceof Error && e.cause ? e.cause : e;
    throw new Passing(reason instanceof Error ? reason.message : String(reason), undefined, e);
  };
  try {
    const response = await fetch(source, {
      // Ranges are of the bytes as they are stored.
      headers: {
        "accept-encoding": "identity",
        ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
        ...(offset > 0 && validator !== undefined ? { "if-range": validator } : {}),
      },
      signal: AbortSignal.any([idle.signal, ...(signal ? [signal] : [])]),
    }).catch(failed);
    const start = await startOf(response, source, offset, options);
    if (start === undefined) return;
    // Of bytes that are packed on their way the length says nothing.
    const length = Number(
      response.headers.has("content-encoding") ? NaN : (response.headers.get("content-length") ?? NaN),
    );
    const total = Number.isSafeInteger(length) ? start + length : undefined;
    mustHaveSize(options, source, total);
    const name = validatorOf(response.headers);
    await writeNote(path, name === undefined ? { source } : { source, validator: name });
    const handle = await openPart(path, start);
    let at = start;
    try {
      options.progress?.(at, total);
      for await (const chunk of response.body ?? []) {
        clearTimeout(timer);
        timer = arm();
        await writeAt(handle, chunk as Uint8Array, at, path);
        at += (chunk as Uint8Array).length;
        mustHaveSize(options, source, at, "more than ");
        options.progress?.(at, total);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (total !== undefined && at < total) throw new Passing(`the connection ended after ${at} of ${total} bytes`);
  } catch (e) {
    failed(e);
  } finally {
    clearTimeout(timer);
    // Nothing more is wanted of a response that was refused.
    idle.abort();
  }
}

/** Where the bytes of an answer belong; undefined where all were there already. */
async function startOf(
  response: Response,
  source: string,
  offset: number,
  { path }: DownloadOptions,
): Promise<number | undefined> {
  const { status, headers } = response;
  if (status === 206) {
    const start = Number(/^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1] ?? NaN);
    if (offset > 0 && start === offset) return start;
    await rm(partOf(path), { force: true });
    throw new Passing("it sent another part of the file than was asked for");
  }
  if (status === 416 && offset > 0) {
    if (Number(/^bytes \*\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] ?? NaN) === offset) return undefined;
    await rm(partOf(path), { force: true });
    throw new Passing("the file there is another one than before");
  }
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(headers.get("retry-after") ?? NaN);
    throw new Passing(`it answered ${status}`, Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : undefined);
  }
  if (status !== 200) throw new NotThere(`it answered ${status}`);
  if (/^text\/html/i.test(headers.get("content-type") ?? "") && !/\.html?$/i.test(path))
    throw new NotThere(`it sent a web page instead of a file: open ${source} in a browser`);
  return 0;
}

function mustHaveSize({ bytes }: DownloadOptions, source: string, size: number | undefined, more = ""): void {
  if (bytes !== undefined && size !== undefined && (more ? size > bytes : size !== bytes))
    throw new SpectraiError(
      "SPECTRAI_FILE_DAMAGED",
      `${source} is not the file that is expected: it has ${more ? `${more}${bytes}` : size} bytes${more ? "" : ` instead of ${bytes}`}.`,
    );
}

/** A weak ETag says "much the same", which is not enough to join bytes. */
function validatorOf(headers: Headers): string | undefined {
  const tag = headers.get("etag");
  return tag && !tag.startsWith("W/") ? tag : (headers.get("last-modified") ?? undefined);
}

async function writeNote(path: string, note: Note): Promise<void> {
  const handle = await open(noteOf(path), "w").catch((e: unknown) => {
    throw errorFromSystem(e, path, "write");
  });
  try {
    await writeAll(handle, new TextEncoder().encode(JSON.stringify(note)));
  } finally {
    await handle.close();
  }
}

/** The `.part` file, cut to what is kept of it. */
async function openPart(path: string, keep: number): Promise<FileHandle> {
  try {
    const handle = await open(partOf(path), keep > 0 ? "r+" : "w");
    if (keep > 0) await handle.truncate(keep);
    return handle;
  } catch (e) {
    throw errorFromSystem(e, path, "write");
  }
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, at: number, path: string): Promise<void> {
  try {
    for (let done = 0; done < bytes.length;)
      done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  } catch (e) {
    throw errorFromSystem(e, path, "write");
  }
}

/** A file of a mirror on this machine. */
async function copyAll(source: string, options: DownloadOptions): Promise<number> {
  const from = source.startsWith("file:") ? fileURLToPath(source) : source;
  const info = await stat(from).catch((e: unknown) => {
    if (isMissing(e)) throw new NotThere("there is no such file");
    throw errorFromSystem(e, from, "read");
  });
  if (!info.isFile()) throw new NotThere("it is no file");
  mustHaveSize(options, source, info.size);
  const handle = await openPart(options.path, 0);
  try {
    let at = 0;
    for await (const chunk of createReadStream(from, options.signal ? { signal: options.signal } : {})) {
      await writeAt(handle, chunk as Uint8Array, at, options.path);
      at += (chunk as Uint8Array).length;
      options.progress?.(at, info.size);
    }
    await handle.sync();
  } catch (e) {
    if (options.signal?.aborted) throw interrupted(options.path);
    throw errorFromSystem(e, from, "read");
  } finally {
    await handle.close();
  }
  return 0;
}

/** Checks what has arrived, and gives it its name. */
async function accept(source: string, options: DownloadOptions): Promise<{ bytes: number; sha256: string }> {
  const { path, sha256: expected } = options;
  const part = partOf(path);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(part, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
  }
  const sha256 = hash.digest("hex");
  const wrong =
    options.bytes !== undefined && bytes !== options.bytes
      ? `it has ${bytes} bytes instead of ${options.bytes}`
      : expected !== undefined && sha256 !== expected.toLowerCase()
        ? `its sha256 is ${sha256} instead of ${expected}`
        : undefined;
  if (wrong !== undefined) {
    await discard(path);
    throw new SpectraiError(
      "SPECTRAI_FILE_DAMAGED",
      `${source} is not the file that is expected: ${wrong}. What was fetched has been removed.`,
      { details: { source, bytes, sha256 } },
    );
  }
  await rename(part, path).catch((e: unknown) => {
    throw errorFromSystem(e, path, "write");
  });
  await rm(noteOf(path), { force: true });
  return { bytes, sha256 };
}

async function discard(path: string): Promise<void> {
  await rm(partOf(path), { force: true });
  await rm(noteOf(path), { force: true });
}
