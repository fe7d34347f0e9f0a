import type { ByteSource, FilePart, FolderFiles } from "./contracts/reader.ts";
import { SpectraiError } from "./errors.ts";
import { isInside } from "./inside-path.ts";

/** A file that can only be had whole is held in memory. */
const mostWhole = 2 ** 30;
const tries = 3;

export interface HttpOptions {
  /** Milliseconds without an answer, or without a further byte of it, after which it is given up. */
  readonly patience?: number;
  /** Milliseconds before a request that failed is repeated; twice as many the next time. */
  readonly pause?: number;
}

/** Whether a path is an address on the web. */
export const isUrl = (path: string): boolean => /^https?:\/\//i.test(path);

/**
 * A file behind `http://` or `https://`. It is read in parts where the server can give parts, else loaded whole (up to
 * 1 GiB). An address with a part that ends in `.zarr`, or with a slash at its end, is a Zarr folder.
 *
 * @throws SPECTRAI_FILE_NOT_FOUND, SPECTRAI_FILE_UNREADABLE, SPECTRAI_FILE_TOO_LARGE
 */
export async function openUrl(address: string, options: HttpOptions = {}): Promise<ByteSource> {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new SpectraiError("SPECTRAI_FILE_NOT_FOUND", `"${address}" is not an address; check how it is written.`);
  }
  // Passwords in addresses are refused by `fetch`, with less clear a word.
  if (url.username || url.password)
    throw new SpectraiError(
      "SPECTRAI_FILE_UNREADABLE",
      `The address of ${url.host}${url.pathname} has a user name or a password in it; give one without.`,
    );
  const name = shortName(url);
  if (/\.zarr(\/|$)/i.test(url.pathname) || url.pathname.endsWith("/"))
    return { name, size: 0, folder: folderOf(url, options), read: () => Promise.reject(outside(name, 0)) };
  return fileOf(url, name, options);
}

/** Without the query, which may hold a key. */
const shortName = (url: URL): string => url.origin + url.pathname.replace(/\/+$/, "");

async function fileOf(url: URL, name: string, options: HttpOptions): Promise<ByteSource> {
  const first = await request(url, name, options, { offset: 0, length: 1 });
  if (!first) throw missing(name);
  const size = first.total;
  if (first.status === 200 || size === undefined) {
    const whole = first.status === 200 ? first : await request(url, name, options);
    if (!whole) throw missing(name);
    return inMemory(name, await whole.body(mostWhole));
  }
  await first.body(1);
  return {
    name,
    size,
    read: async (offset, length) => {
      if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0))
        throw outside(name, size);
      if (offset + length > size) throw outside(name, size);
      if (length === 0) return new Uint8Array(0);
      const answer = await request(url, name, options, { offset, length });
      if (!answer) throw missing(name);
      const bytes = answer.total === size ? await answer.body(length) : undefined;
      if (bytes?.length !== length) throw changed(name);
      return bytes;
    },
  };
}

const inMemory = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.length,
  read: (offset, length) =>
    offset >= 0 && length >= 0 && offset + length <= bytes.length
      ? Promise.resolve(bytes.subarray(offset, offset + length))
      : Promise.reject(outside(name, bytes.length)),
});

function folderOf(base: URL, options: HttpOptions): FolderFiles {
  return {
    async read(path, most, part) {
      if (!isInside(path)) return undefined;
      const url = new URL(base);
      url.pathname = `${base.pathname.replace(/\/+$/, "")}/${path.split("/").map(encodeURIComponent).join("/")}`;
      const name = shortName(url);
      const answer = await request(url, name, options, part);
      if (!answer) return undefined;
      if (!part || answer.status === 206) {
        const bytes = await answer.body(most);
        if (part && bytes.length !== ("last" in part ? Math.min(part.last, answer.total ?? 0) : part.length))
          throw changed(name);
        return bytes;
      }
      // The server gives no parts.
      const whole = await answer.body(mostWhole);
      const start = "last" in part ? Math.max(0, whole.length - part.last) : part.offset;
      const stop = "last" in part ? whole.length : part.offset + part.length;
      if (stop > whole.length) throw outside(name, whole.length);
      return whole.subarray(start, stop);
    },
  };
}

interface Answer {
  readonly status: number;
  /** The size of the whole file, where a part of it was given and the server says so. */
  readonly total: number | undefined;
  body(most: number): Promise<Uint8Array>;
}

/** One GET, repeated where the server or the way to it failed; undefined where there is nothing at the address. */
async function request(url: URL, name: string, options: HttpOptions, part?: FilePart): Promise<Answer | undefined> {
  const { patience = 30_000, pause = 500 } = options;
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (part)
    headers.range =
      "last" in part ? `bytes=-${part.last}` : `bytes=${part.offset}-${part.offset + Math.max(part.length, 1) - 1}`;
  for (let attempt = 1; ; attempt++) {
    const watch = watchdog(patience);
    let response: Response | undefined;
    let why: unknown;
    try {
      response = await fetch(url, { headers, signal: watch.signal });
    } catch (e) {
      why = e;
    }
    watch.stop();
    const passing = response ? [408, 429, 500, 502, 503, 504].includes(response.status) : !watch.signal.aborted;
    if (passing && attempt < tries) {
      await response?.body?.cancel();
      await new Promise((done) => setTimeout(done, pause * 2 ** (attempt - 1)));
      continue;
    }
    if (!response) throw watch.signal.aborted ? tooSlow(name, patience) : unreachable(name, url, why);
    const { status } = response;
    if (status === 200 || status === 206) {
      const range = /^bytes \d+-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "");
      const total = range ? Number(range[1]) : undefined;
      return { status, total, body: (most) => readBody(response, name, most, patience) };
    }
    await response.body?.cancel();
    // A part of an empty file.
    if (status === 416 && response.headers.get("content-range") === "bytes */0")
      return { status: 206, total: 0, body: () => Promise.resolve(new Uint8Array(0)) };
    if (status === 404 || status === 410) return undefined;
    if (status === 416) throw outside(name, NaN);
    throw new SpectraiError(
      "SPECTRAI_FILE_UNREADABLE",
      status === 401 || status === 403
        ? `${url.host} does not let you read ${name} (status ${status}); check the address and your access.`
        : `${url.host} cannot give ${name} (status ${status} ${response.statusText}); try again later.`,
      { details: { path: name, status } },
    );
  }
}

async function readBody(response: Response, name: string, most: number, patience: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { value, done } = await inTime(reader.read(), patience, () => tooSlow(name, patience));
      if (done) break;
      size += value.length;
      if (size > most)
        throw new SpectraiError(
          "SPECTRAI_FILE_TOO_LARGE",
          `${name} has more than the ${most} bytes that it can have here.`,
          { details: { path: name } },
        );
      chunks.push(value);
    }
  } catch (e) {
    await reader.cancel().catch(() => undefined);
    throw e instanceof SpectraiError ? e : brokenOff(name, e);
  }
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** A signal that aborts after a time, unless stopped before. */
function watchdog(milliseconds: number): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), milliseconds);
  return { signal: controller.signal, stop: () => clearTimeout(timer) };
}

async function inTime<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, fail) => (timer = setTimeout(() => fail(late()), milliseconds)));
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

const missing = (name: string): SpectraiError =>
  new SpectraiError("SPECTRAI_FILE_NOT_FOUND", `There is no file at ${name}; check the address.`, {
    details: { path: name },
  });
const unreadable = (name: string, message: string, cause?: unknown): SpectraiError =>
  new SpectraiError("SPECTRAI_FILE_UNREADABLE", message, { cause, details: { path: name } });
const tooSlow = (name: string, patience: number): SpectraiError =>
  unreadable(name, `${name}: the server sent nothing for ${patience / 1000} seconds; try again later.`);
const brokenOff = (name: string, cause: unknown): SpectraiError =>
  unreadable(name, `${name}: the connection broke off; try again.`, cause);
const unreachable = (name: string, url: URL, cause: unknown): SpectraiError => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : undefined;
  return unreadable(
    name,
    `${url.host} cannot be reached${inner ? ` (${inner})` : ""}; check the address and the connection to the internet.`,
    cause,
  );
};
const changed = (name: string): SpectraiError =>
  unreadable(name, `${name} changed while it was read, or its server gives other parts than it was asked for.`);
const outside = (name: string, size: number): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_FILE_DAMAGED",
    `${name} is cut short or damaged: more is needed of it than ${Number.isNaN(size) ? "it has" : `its ${size} bytes`}.`,
    { details: { path: name } },
  );
