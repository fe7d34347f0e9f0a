import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { download } from "../src/node/download.ts";

const content = randomBytes(300_000);
const sha256 = createHash("sha256").update(content).digest("hex");

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answer: Answer;
let ranges: (string | undefined)[] = [];
let address = "";
const server = createServer((request, response) => {
  ranges.push(request.headers.range);
  answer(request, response);
});
let folder = "";
let path = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spectrai-download-"));
  path = join(folder, "set", "scene.mat");
  ranges = [];
});
afterEach(() => {
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

/** The file, by ranges where they are asked for and the version is the same. */
const withRanges =
  (tag = '"v1"', bytes: Buffer = content): Answer =>
  ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    const same = headers["if-range"] === undefined || headers["if-range"] === tag;
    const start = same ? from : 0;
    if (start >= bytes.length && start > 0)
      return void response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    response.writeHead(start > 0 ? 206 : 200, {
      etag: tag,
      "content-length": bytes.length - start,
      ...(start > 0 ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    response.end(bytes.subarray(start));
  };

/** Sends so much of what the answer would send, then breaks the connection. */
const cut =
  (after: number, { tag, length = content.length }: { tag?: string; length?: number } = {}): Answer =>
  (_, response) => {
    response.writeHead(200, { ...(tag === undefined ? {} : { etag: tag }), "content-length": length });
    response.write(content.subarray(0, after), () => setTimeout(() => response.destroy(), 30));
  };

const fast = { waitMilliseconds: 1 };
const got = (): Buffer => readFileSync(path);
const leftovers = (): boolean => existsSync(`${path}.part`) || existsSync(`${path}.part.json`);

describe("download", () => {
  it("puts a file in its place, whole, and says what it is", async () => {
    answer = withRanges();
    const seen: [number, number | undefined][] = [];
    const progress = (received: number, total: number | undefined): void => void seen.push([received, total]);
    const source = `${address}/a.mat`;
    const result = await download({ sources: [source], path, sha256, bytes: content.length, progress });
    expect(result).toEqual({ bytes: content.length, sha256, from: source, resumedAt: 0 });
    expect(got()).toEqual(content);
    expect(leftovers()).toBe(false);
    expect(seen[0]).toEqual([0, content.length]);
    expect(seen.at(-1)).toEqual([content.length, content.length]);
    expect(seen.every(([n], i) => i === 0 || n > seen[i - 1]![0])).toBe(true);
  });

  it("goes on after a broken connection with a range of the same version", async () => {
    let asked = 0;
    answer = (request, response) => (asked++ === 0 ? cut(120_000, { tag: '"v1"' }) : withRanges())(request, response);
    await download({ sources: [address], path, ...fast });
    expect(got()).toEqual(content);
    expect(ranges).toEqual([undefined, "bytes=120000-"]);
  });

  it("goes on in a later call", async () => {
    answer = cut(80_000, { tag: '"v1"' });
    await expect(download({ sources: [address], path, attempts: 1, ...fast })).rejects.toMatchObject({
      code: "SPECTRAI_DOWNLOAD_FAILED",
    });
    expect(readFileSync(`${path}.part`).length).toBe(80_000);
    expect(existsSync(path)).toBe(false);
    answer = withRanges();
    expect((await download({ sources: [address], path })).resumedAt).toBe(80_000);
    expect(got()).toEqual(content);
    expect(leftovers()).toBe(false);
  });

  it("starts again where the file has changed meanwhile", async () => {
    answer = cut(80_000, { tag: '"v0"' });
    await expect(download({ sources: [address], path, attempts: 1 })).rejects.toThrow("could not be fetched");
    answer = withRanges('"v1"');
    await download({ sources: [address], path });
    expect(got()).toEqual(content);
    expect(ranges).toEqual([undefined, "bytes=80000-"]);
  });

  it("starts again where nothing says that the file is the same", async () => {
    let asked = 0;
    answer = (request, response) => (asked++ === 0 ? cut(80_000) : withRanges())(request, response);
    await download({ sources: [address], path, ...fast });
    expect(got()).toEqual(content);
    expect(ranges).toEqual([undefined, undefined]);
    // A checksum would say so afterwards.
    asked = 0;
    ranges = [];
    await download({ sources: [address], path, sha256, ...fast });
    expect(ranges).toEqual([undefined, "bytes=80000-"]);
  });

  it("does without ranges", async () => {
    let asked = 0;
    answer = (request, response) => {
      if (asked++ === 0) return cut(200_000, { tag: '"v1"' })(request, response);
      response.writeHead(200, { etag: '"v1"' }).end(content); // no length either
    };
    await download({ sources: [address], path, ...fast });
    expect(got()).toEqual(content);
  });

  it("takes what is whole already", async () => {
    answer = cut(content.length, { tag: '"v1"', length: content.length + 1 });
    await expect(download({ sources: [address], path, attempts: 1 })).rejects.toThrow("could not be fetched");
    expect(readFileSync(`${path}.part`).length).toBe(content.length);
    answer = withRanges();
    await download({ sources: [address], path });
    expect(got()).toEqual(content);
    expect(ranges).toEqual([undefined, "bytes=300000-"]);
  });

  it("refuses a part that it did not ask for", async () => {
    answer = cut(80_000, { tag: '"v1"' });
    await expect(download({ sources: [address], path, attempts: 1 })).rejects.toThrow("could not be fetched");
    let asked = 0;
    answer = (request, response) => {
      if (asked++ > 0) return withRanges()(request, response);
      response.writeHead(206, { "content-range": "bytes 5-9/300000" }).end("wrong");
    };
    await download({ sources: [address], path, ...fast });
    expect(got()).toEqual(content);
  });

  it("refuses another checksum or size and removes what came", async () => {
    answer = withRanges();
    await expect(download({ sources: [address], path, sha256: "0".repeat(64) })).rejects.toMatchObject({
      code: "SPECTRAI_FILE_DAMAGED",
      message: `${address} is not the file that is expected: its sha256 is ${sha256} instead of ${"0".repeat(64)}. What was fetched has been removed.`,
    });
    expect([existsSync(path), leftovers()]).toEqual([false, false]);
    await expect(download({ sources: [address], path, bytes: 7 })).rejects.toThrow("it has 300000 bytes instead of 7");
    answer = (_, response) => void response.writeHead(200).end(content); // its length is not said beforehand
    await expect(download({ sources: [address], path, bytes: 1000 })).rejects.toThrow("more than 1000 bytes");
    expect(existsSync(path)).toBe(false);
  });

  it("waits and tries again where a server is overloaded, but not for ever", async () => {
    let asked = 0;
    answer = (request, response) =>
      asked++ < 2 ? void response.writeHead(503, { "retry-after": "0" }).end() : withRanges()(request, response);
    await download({ sources: [address], path });
    expect(asked).toBe(3);
    asked = -100;
    await expect(download({ sources: [address], path, attempts: 3, ...fast })).rejects.toThrow(
      /could not be fetched from http:\S+ \(it answered 503, 3 times\)\.$/,
    );
    expect(asked).toBe(-97);
  });

  it("asks no more where the file is not, and goes to the next source", async () => {
    const asked: string[] = [];
    answer = (request, response) => {
      asked.push(request.url!);
      if (request.url === "/there") withRanges()(request, response);
      else response.writeHead(404).end("<html>");
    };
    await expect(download({ sources: [`${address}/a`, `${address}/b`], path })).rejects.toThrow(
      `could not be fetched from ${address}/a (it answered 404), nor from ${address}/b (it answered 404).`,
    );
    expect(asked).toEqual(["/a", "/b"]);
    expect((await download({ sources: [`${address}/a`, `${address}/there`], path })).from).toBe(`${address}/there`);
  });

  it("takes no web page for a file", async () => {
    answer = (_, response) => void response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<p>");
    await expect(download({ sources: [address], path })).rejects.toThrow("a web page instead of a file");
    expect(existsSync(path)).toBe(false);
  });

  it("does not wait for a server that has fallen silent", async () => {
    answer = (_, response) => void response.writeHead(200, { "content-length": 10 }).write("abc");
    const start = performance.now();
    await expect(download({ sources: [address], path, attempts: 2, idleMilliseconds: 150, ...fast })).rejects.toThrow(
      "nothing arrived for 0.15 s, 2 times",
    );
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("says where nobody answers", async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    await expect(download({ sources: [`http://127.0.0.1:${port}`], path, attempts: 2, ...fast })).rejects.toThrow(
      /ECONNREFUSED .*2 times/,
    );
  });

  it("ends when it is told to, and keeps what it has", async () => {
    const stop = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { etag: '"v1"', "content-length": content.length });
      response.write(content.subarray(0, 50_000));
    };
    const progress = (received: number): void => {
      if (received >= 50_000) stop.abort();
    };
    await expect(download({ sources: [address], path, signal: stop.signal, progress })).rejects.toThrow(
      "was interrupted; the same command goes on",
    );
    expect(readFileSync(`${path}.part`).length).toBe(50_000);
    answer = withRanges();
    await download({ sources: [address], path });
    expect(ranges).toEqual([undefined, "bytes=50000-"]);
    expect(got()).toEqual(content);
  });

  it("copies from a folder", async () => {
    const mirror = join(folder, "mirror");
    mkdirSync(mirror);
    writeFileSync(join(mirror, "scene.mat"), content);
    await download({ sources: [join(mirror, "none.mat"), join(mirror, "scene.mat")], path, sha256 });
    expect(got()).toEqual(content);
    await download({ sources: [pathToFileURL(join(mirror, "scene.mat")).href], path, sha256 });
    await expect(download({ sources: [mirror], path })).rejects.toThrow("it is no file");
    await expect(download({ sources: [join(mirror, "scene.mat")], path, bytes: 3 })).rejects.toThrow("instead of 3");
  });

  it("says where it may not write", async () => {
    writeFileSync(join(folder, "set"), "a file");
    answer = withRanges();
    await expect(download({ sources: [address], path })).rejects.toMatchObject({ code: "SPECTRAI_FILE_UNWRITABLE" });
  });
});
