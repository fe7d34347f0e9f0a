import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { nodeFileSystem } from "@spectrai/core/node";
import { type CatalogueEntry, findEntry, missingFiles } from "../src/index.ts";
import { fetchedFiles, getSet } from "../src/node/index.ts";
import { zip } from "./zip-file.ts";

const served = new Map<string, Buffer>();
let asked: string[] = [];
let address = "";
const server = createServer((request, response) => {
  asked.push(request.url!);
  const bytes = served.get(request.url!);
  if (bytes) response.end(bytes);
  else response.writeHead(404).end();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

let work = "";
let folder = "";
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "spectrai-get-"));
  folder = join(work, "set");
  served.clear();
  asked = [];
});
afterEach(() => rmSync(work, { recursive: true }));

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const cube = Buffer.from("a cube");
const labels = Buffer.from("its labels");
const archive = zip([
  { name: "data/one.mat", data: cube },
  { name: "read me.txt", data: labels },
]);

const entry = (files: CatalogueEntry["files"], more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  ...findEntry("indian-pines"),
  name: "tiny",
  files,
  ...more,
});
const two = (): CatalogueEntry =>
  entry([
    { name: "cube.mat", url: `${address}/c/cube.mat`, sha256: sha256(cube) },
    { name: "labels.mat", url: `${address}/l/labels.mat` },
  ]);

describe("getting a set", () => {
  it("fetches what is missing, records it, and fetches nothing twice", async () => {
    served.set("/c/cube.mat", cube).set("/l/labels.mat", labels);
    const seen = new Set<string>();
    const got = await getSet(two(), { folder, progress: (name) => seen.add(name) });
    expect(got).toMatchObject({
      folder,
      present: [],
      fetched: [{ name: "cube.mat", bytes: 6, sha256: sha256(cube) }, {}],
    });
    expect([...seen]).toEqual(["cube.mat", "labels.mat"]);
    expect(readFileSync(join(folder, "labels.mat"))).toEqual(labels);
    expect(await fetchedFiles(folder)).toEqual(got.fetched);
    expect(await getSet(two(), { folder })).toMatchObject({ fetched: [], present: ["cube.mat", "labels.mat"] });
    expect(asked).toEqual(["/c/cube.mat", "/l/labels.mat"]);
    rmSync(join(folder, "cube.mat"));
    expect((await getSet(two(), { folder })).fetched.map((f) => f.name)).toEqual(["cube.mat"]);
    expect((await fetchedFiles(folder)).map((f) => f.name).sort()).toEqual(["cube.mat", "labels.mat"]);
  });

  it("refuses a file with another checksum, and says which is not there", async () => {
    served.set("/c/cube.mat", labels);
    await expect(getSet(two(), { folder })).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
    expect(existsSync(join(folder, "cube.mat"))).toBe(false);
    served.clear();
    await expect(getSet(two(), { folder })).rejects.toThrow(`${address}/c/cube.mat (it answered 404)`);
  });

  it("asks a mirror folder first, then the publisher", async () => {
    const mirror = join(work, "mirror");
    mkdirSync(join(mirror, "tiny"), { recursive: true });
    writeFileSync(join(mirror, "tiny", "cube.mat"), cube);
    served.set("/l/labels.mat", labels);
    const { fetched } = await getSet(two(), { folder, mirror });
    expect(fetched.map((f) => f.from)).toEqual([join(mirror, "tiny", "cube.mat"), `${address}/l/labels.mat`]);
    await expect(getSet(two(), { folder: join(work, "x"), mirror: join(work, "none") })).rejects.toThrow(
      "SPECTRAI_MIRROR: there is no folder",
    );
  });

  it("asks a mirror's address first, by set and by file", async () => {
    served.set("/mirror/tiny/cube.mat", cube).set("/mirror/labels.mat", labels);
    await getSet(two(), { folder, mirror: `${address}/mirror/` });
    expect(asked).toEqual(["/mirror/tiny/cube.mat", "/mirror/tiny/labels.mat", "/mirror/labels.mat"]);
  });

  it("unpacks archives, and knows again that it has", async () => {
    served.set("/a.zip", archive);
    const set = entry([{ name: "a.zip", url: `${address}/a.zip`, holds: ["**/one.mat"] }]);
    expect((await getSet(set, { folder })).fetched).toMatchObject([{ name: "a.zip", unpacked: 2 }]);
    expect(readFileSync(join(folder, "data", "one.mat"))).toEqual(cube);
    expect(existsSync(join(folder, "a.zip"))).toBe(false);
    expect(await missingFiles(set, folder, nodeFileSystem(work))).toEqual([]);
    expect((await getSet(set, { folder })).present).toEqual(["a.zip"]);
    const other = entry([{ name: "a.zip", url: `${address}/a.zip`, holds: ["two.mat"] }]);
    await expect(getSet(other, { folder: join(work, "other") })).rejects.toThrow("there is no two.mat in it");
  });

  it("takes what was put there by hand, and says how to where it was not", async () => {
    const set = entry([{ name: "scene.tif" }], { manual: ["Ask for it.", "Put it there."] });
    await expect(getSet(set, { folder })).rejects.toThrow(
      `"tiny" cannot be fetched without you (scene.tif has no address): Ask for it. Put it there. Page: `,
    );
    mkdirSync(folder);
    writeFileSync(join(folder, "scene.tif"), cube);
    expect((await getSet(set, { folder })).present).toEqual(["scene.tif"]);
    rmSync(join(folder, "scene.tif"));
    writeFileSync(join(work, "scene.tif"), cube);
    expect((await getSet(set, { folder, mirror: work })).fetched).toHaveLength(1);
  });
});
