import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openUrl } from "../src/index.ts";
import { nodeFileSystem } from "../src/node/index.ts";

const bytes = Uint8Array.from({ length: 300 }, (_, i) => i);
let seen: { url: string; range: string | undefined }[] = [];
let failures = 0;
let server: Server;
let base: string;

const parts = (request: IncomingMessage, response: ServerResponse, content: Uint8Array): void => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
  if (!match) return void response.end(content);
  const start = match[1] ? Number(match[1]) : Math.max(0, content.length - Number(match[2]));
  const stop = match[1] ? Math.min(Number(match[2]) + 1, content.length) : content.length;
  if (start >= content.length)
    return void response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
  response.writeHead(206, { "content-range": `bytes ${start}-${stop - 1}/${content.length}` });
  response.end(content.subarray(start, stop));
};

const pages: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  "/parts.npy": (q, r) => parts(q, r, bytes),
  "/empty.npy": (q, r) => parts(q, r, new Uint8Array(0)),
  "/whole.npy": (_, r) => void r.end(bytes),
  "/closed.npy": (_, r) => void r.writeHead(403).end(),
  "/shaky.npy": (q, r) => (failures++ < 2 ? void r.writeHead(503).end() : parts(q, r, bytes)),
  "/broken.npy": (_, r) => void r.writeHead(500).end(),
  "/silent.npy": () => undefined,
  "/stalls.npy": (_, r) => {
    r.writeHead(200, { "content-length": "300" });
    r.write(bytes.subarray(0, 10));
  },
  "/breaks.npy": (_, r) => {
    r.writeHead(200, { "content-length": "300" });
    r.write(bytes.subarray(0, 10), () => r.destroy());
  },
  "/a.zarr/group/zarr.json": (q, r) => parts(q, r, bytes),
  "/plain.zarr/0/0": (_, r) => void r.end(bytes),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = request.url!.replace(/\?.*/, "");
    seen.push({ url: request.url!, range: request.headers.range });
    const page = pages[url];
    if (page) page(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const quick = { patience: 200, pause: 5 };

describe("files behind an address", () => {
  it("reads parts where the server gives them", async () => {
    seen = [];
    const source = await openUrl(`${base}/parts.npy?key=secret`, quick);
    expect(source).toMatchObject({ name: `${base}/parts.npy`, size: 300 });
    expect(Array.from(await source.read(40, 3))).toEqual([40, 41, 42]);
    expect(await source.read(300, 0)).toHaveLength(0);
    expect(seen).toEqual([
      { url: "/parts.npy?key=secret", range: "bytes=0-0" },
      { url: "/parts.npy?key=secret", range: "bytes=40-42" },
    ]);
    await expect(source.read(299, 2)).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
    await expect(source.read(-1, 2)).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
  });

  it("loads a file whole where the server gives no parts", async () => {
    const source = await openUrl(`${base}/whole.npy`, quick);
    expect(source.size).toBe(300);
    expect(Array.from(await source.read(298, 2))).toEqual([298 % 256, 299 % 256]);
    await expect(source.read(299, 2)).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
    expect((await openUrl(`${base}/empty.npy`, quick)).size).toBe(0);
  });

  it("repeats what failed in passing, and says what failed for good", async () => {
    expect((await openUrl(`${base}/shaky.npy`, quick)).size).toBe(300);
    const cases: [string, string, RegExp][] = [
      ["/none.npy", "SPECTRAI_FILE_NOT_FOUND", /no file at .*none\.npy/],
      ["/closed.npy", "SPECTRAI_FILE_UNREADABLE", /does not let you read .*status 403/],
      ["/broken.npy", "SPECTRAI_FILE_UNREADABLE", /cannot give .*status 500/],
      ["/silent.npy", "SPECTRAI_FILE_UNREADABLE", /sent nothing for 0\.2 seconds/],
      ["/stalls.npy", "SPECTRAI_FILE_UNREADABLE", /sent nothing for 0\.2 seconds/],
      ["/breaks.npy", "SPECTRAI_FILE_UNREADABLE", /broke off/],
    ];
    for (const [path, code, message] of cases)
      await expect(openUrl(base + path, quick), path).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message) as string,
      });
    // Nobody listens on port 1.
    await expect(openUrl("http://127.0.0.1:1/x.npy", quick)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNREADABLE",
      message: expect.stringMatching(/127\.0\.0\.1:1 cannot be reached/) as string,
    });
    await expect(openUrl("http://[", quick)).rejects.toMatchObject({ code: "SPECTRAI_FILE_NOT_FOUND" });
    await expect(openUrl("http://me:pass@host/x.npy", quick)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNREADABLE",
      message: expect.not.stringContaining("pass@") as string,
    });
  });

  it("reads the files of a Zarr folder, whole and in parts, and none outside it", async () => {
    for (const address of [`${base}/a.zarr`, `${base}/a.zarr/`]) {
      const { folder, size } = await openUrl(address, quick);
      expect(size).toBe(0);
      expect(await folder!.read("group/zarr.json", 300)).toEqual(bytes);
      expect(await folder!.read("group/zarr.json", 300, { last: 2 })).toEqual(bytes.subarray(298));
      expect(await folder!.read("group/zarr.json", 300, { offset: 5, length: 2 })).toEqual(Uint8Array.of(5, 6));
      expect(await folder!.read("group/none", 300)).toBeUndefined();
      await expect(folder!.read("group/zarr.json", 299)).rejects.toMatchObject({ code: "SPECTRAI_FILE_TOO_LARGE" });
      seen = [];
      for (const path of ["../parts.npy", "group/../../parts.npy", "/parts.npy", "", "a//b", "..\\parts.npy"])
        expect(await folder!.read(path, 300), path).toBeUndefined();
      expect(seen).toEqual([]);
    }
    const { folder } = await openUrl(`${base}/plain.zarr`, quick);
    expect(await folder!.read("0/0", 10, { offset: 5, length: 2 })).toEqual(Uint8Array.of(5, 6));
    await expect(folder!.read("0/0", 10, { offset: 299, length: 2 })).rejects.toMatchObject({
      code: "SPECTRAI_FILE_DAMAGED",
    });
  });

  it("is one file of the file system", async () => {
    const files = nodeFileSystem("/");
    const address = `${base}/parts.npy?key=1`;
    expect(await files.list(address)).toEqual([{ path: address, relative: "parts.npy", size: 0 }]);
    expect(await files.stat(address)).toEqual({ kind: "file", size: 0 });
    expect((await files.open(address)).size).toBe(300);
  });
});
