import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FilePart } from "../src/index.ts";
import { errorFromSystem, fileSource, nodeFileSystem } from "../src/node/index.ts";

const hasCode = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectrai-files-"));
  for (const at of ["data/deep/er", "data/.hidden", "empty", "link"])
    await mkdir(join(folder, at), { recursive: true });
  for (const at of [
    "data/s10.mat",
    "data/s2.mat",
    "data/note.txt",
    "data/.secret.mat",
    "data/.hidden/x.mat",
    "data/deep/a.mat",
    "data/deep/er/b.csv",
    "odd[1]{x}.mat",
    "link/own.mat",
  ])
    await writeFile(join(folder, at), at);
  await symlink("../link", join(folder, "data/also"));
  await symlink("../data", join(folder, "link/back"));
  await symlink("nowhere", join(folder, "link/dangling.mat"));
  await symlink("self", join(folder, "link/self"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("nodeFileSystem", () => {
  const list = async (pattern: string): Promise<string[]> =>
    (await nodeFileSystem(folder).list(pattern)).map((f) => f.relative);

  it("lists a file", async () => {
    expect(await nodeFileSystem(folder).list("data/s2.mat")).toEqual([
      { path: "data/s2.mat", relative: "s2.mat", size: 11 },
    ]);
  });

  it("lists a folder with all below it in natural order, without hidden files, through links, and not in circles", async () => {
    const expected = ["also/own.mat", "deep/a.mat", "deep/er/b.csv", "note.txt", "s2.mat", "s10.mat"];
    expect(await list("data")).toEqual(expected);
    expect(await list("data/")).toEqual(expected);
    expect(await list(join(folder, "data"))).toEqual(expected);
    expect(await list("link")).toEqual([
      "back/deep/a.mat",
      "back/deep/er/b.csv",
      "back/note.txt",
      "back/s2.mat",
      "back/s10.mat",
      "own.mat",
    ]);
    expect(await list("empty")).toEqual([]);
  });

  it("gives paths that open", async () => {
    const files = nodeFileSystem(folder);
    for (const pattern of ["data", ".", "data/*.mat", join(folder, "data/*.mat")])
      for (const entry of await files.list(pattern)) {
        const source = await files.open(entry.path);
        expect(source.name).toBe(entry.path);
        expect(source.size).toBe(entry.size);
        await source.close!();
      }
  });

  it("lists what a pattern matches", async () => {
    expect(await list("data/*.mat")).toEqual(["s2.mat", "s10.mat"]);
    expect(await list("data/**/*.{mat,csv}")).toEqual([
      "also/own.mat",
      "deep/a.mat",
      "deep/er/b.csv",
      "s2.mat",
      "s10.mat",
    ]);
    expect(await list("data/*/?.mat")).toEqual(["deep/a.mat"]);
    expect(await list("data/*.npy")).toEqual([]);
    expect(await list("**/.hidden/*")).toEqual([]);
    expect(await list("data/.hidden/*")).toEqual(["x.mat"]);
  });

  it("takes a name with pattern characters for the file where there is one", async () => {
    expect(await list("odd[1]{x}.mat")).toEqual(["odd[1]{x}.mat"]);
  });

  it("says what is not there", async () => {
    const files = nodeFileSystem(folder);
    await expect(files.list("data/none.mat")).rejects.toEqual(hasCode("SPECTRAI_FILE_NOT_FOUND", /data\/none\.mat/));
    await expect(files.list("none/*.mat")).rejects.toEqual(hasCode("SPECTRAI_FILE_NOT_FOUND", /no folder "none"/));
    await expect(files.list("data/s2.mat/*.mat")).rejects.toEqual(hasCode("SPECTRAI_FILE_NOT_FOUND"));
    await expect(files.open("none.mat")).rejects.toEqual(hasCode("SPECTRAI_FILE_NOT_FOUND", /"none\.mat"/));
    await expect(files.open("data")).rejects.toEqual(hasCode("SPECTRAI_FILE_UNREADABLE", /is a folder/));
    await expect(files.open("link/self")).rejects.toEqual(hasCode("SPECTRAI_FILE_UNREADABLE", /circle/));
  });

  it("takes a folder with the marks of Zarr as one file", async () => {
    const root = await mkdtemp(join(tmpdir(), "spectrai-zarr-"));
    for (const [path, text] of [
      ["scenes/a.zarr/.zgroup", "{}"],
      ["scenes/a.zarr/0/.zarray", "{}"],
      ["scenes/deep/b/zarr.json", '{"x":1}'],
      ["scenes/c.npy", "c"],
      ["outside", "secret"],
    ] as const) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    await symlink(join(root, "scenes/a.zarr"), join(root, "scenes/link.zarr"));
    const files = nodeFileSystem(root);
    const relatives = async (pattern: string): Promise<string[]> => (await files.list(pattern)).map((f) => f.relative);
    expect(await files.list("scenes")).toEqual([
      { path: "scenes/a.zarr", relative: "a.zarr", size: 0, folder: true },
      { path: "scenes/c.npy", relative: "c.npy", size: 1 },
      { path: "scenes/deep/b", relative: "deep/b", size: 0, folder: true },
    ]);
    expect(await files.list("scenes/a.zarr/")).toEqual([
      { path: "scenes/a.zarr", relative: "a.zarr", size: 0, folder: true },
    ]);
    expect(await relatives("scenes/*.zarr")).toEqual(["a.zarr", "link.zarr"]);
    expect(await relatives("scenes/**")).toEqual(["a.zarr", "c.npy", "deep/b"]);
    expect(await files.stat("scenes/a.zarr")).toEqual({ kind: "file", size: 0 });

    const source = await files.open("scenes/deep/b");
    expect(source).toMatchObject({ name: "scenes/deep/b", size: 0, path: join(root, "scenes/deep/b") });
    const inner = source.folder!;
    const text = async (path: string, part?: FilePart): Promise<string | undefined> => {
      const bytes = await inner.read(path, 7, part);
      return bytes && new TextDecoder().decode(bytes);
    };
    expect(await text("zarr.json")).toBe('{"x":1}');
    expect(await text("zarr.json", { offset: 1, length: 3 })).toBe('"x"');
    expect(await text("zarr.json", { last: 2 })).toBe("1}");
    expect(await text("none")).toBeUndefined();
    for (const path of ["../../../outside", "/etc/hostname", "a\\..\\b", "./zarr.json", ""])
      expect(await text(path), path).toBeUndefined();
    await expect(inner.read("zarr.json", 6)).rejects.toEqual(hasCode("SPECTRAI_FILE_TOO_LARGE"));
    await expect(inner.read("zarr.json", 7, { offset: 6, length: 2 })).rejects.toEqual(
      hasCode("SPECTRAI_FILE_DAMAGED"),
    );
    await expect(source.read(0, 1)).rejects.toEqual(hasCode("SPECTRAI_FILE_UNREADABLE"));
    const a = await files.open("scenes/a.zarr");
    expect([...(await a.folder!.list!(""))].sort()).toEqual([".zgroup", "0/"]);
    expect(await a.folder!.list!("0")).toEqual([".zarray"]);
    await rm(root, { recursive: true });
  });

  it("tells files from folders", async () => {
    const files = nodeFileSystem(folder);
    expect(await files.stat("data")).toMatchObject({ kind: "folder" });
    expect(await files.stat("data/s2.mat")).toEqual({ kind: "file", size: 11 });
    expect(await files.stat("none")).toBeUndefined();
    expect(await files.stat("data/s2.mat/below")).toBeUndefined();
  });
});

describe("fileSource", () => {
  it("reads exactly the bytes asked for, from anywhere and at the same time", async () => {
    const path = join(folder, "bytes.bin");
    const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7) % 251);
    await writeFile(path, bytes);
    const source = await fileSource(path);
    expect(source.size).toBe(10_000);
    expect(source.path).toBe(path);
    const places = [
      [0, 10],
      [9990, 10],
      [5000, 0],
      [10_000, 0],
      [1234, 4321],
    ] as const;
    const read = await Promise.all(places.map(([offset, length]) => source.read(offset, length)));
    places.forEach(([offset, length], i) => expect(read[i]).toEqual(bytes.slice(offset, offset + length)));
    await source.close!();
    await source.close!();
  });

  it("fills an array that is there already, at the same time as others, and nothing around it", async () => {
    const path = join(folder, "into.bin");
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 11) % 253);
    await writeFile(path, bytes);
    const source = await fileSource(path);
    const room = new Uint8Array(new ArrayBuffer(70_010), 5, 70_000).fill(255);
    await Promise.all(
      [3, 2, 1, 0].map((k) => source.readInto!(100 * k + 7, room.subarray(10_000 * k, 10_000 * k + 9000))),
    );
    for (let k = 0; k < 4; k++) {
      expect(room.subarray(10_000 * k, 10_000 * k + 9000)).toEqual(bytes.subarray(100 * k + 7, 100 * k + 9007));
      expect(room.subarray(10_000 * k + 9000, 10_000 * (k + 1)).every((b) => b === 255)).toBe(true);
    }
    await expect(source.readInto!(99_990, new Uint8Array(11))).rejects.toEqual(
      hasCode("SPECTRAI_FILE_DAMAGED", /11 bytes are needed from byte 99990, and the file has 100000/),
    );
    await truncate(path, 50);
    await expect(source.readInto!(0, new Uint8Array(100))).rejects.toEqual(hasCode("SPECTRAI_FILE_DAMAGED"));
    await source.close!();
  });

  it("refuses to read past the end before it allocates, and notices a file that shrinks", async () => {
    const path = join(folder, "short.bin");
    await writeFile(path, "0123456789");
    const source = await fileSource(path, "short.bin");
    for (const [offset, length] of [
      [0, 11],
      [11, 0],
      [5, 1e15],
      [-1, 2],
      [0.5, 1],
      [0, NaN],
      [2 ** 53, 1],
    ] as const)
      await expect(source.read(offset, length)).rejects.toEqual(
        hasCode("SPECTRAI_FILE_DAMAGED", /"short\.bin" is cut short/),
      );
    await truncate(path, 4);
    await expect(source.read(0, 10)).rejects.toEqual(hasCode("SPECTRAI_FILE_DAMAGED"));
    await source.close!();
  });

  it("finds files beside it, and none outside its folder", async () => {
    const source = await fileSource(join(folder, "data/s2.mat"), "data/s2.mat");
    const header = await source.sibling!("s10.mat");
    expect(header!.name).toBe("data/s10.mat");
    expect(new TextDecoder().decode(await header!.read(0, header!.size))).toBe("data/s10.mat");
    const chunk = await source.sibling!("deep/er/b.csv");
    expect(chunk!.size).toBe(18);
    for (const name of [
      "none.hdr",
      "deep",
      "../odd[1]{x}.mat",
      "deep/../../odd[1]{x}.mat",
      join(folder, "data/s10.mat"),
      "",
      "s2.mat/x",
    ])
      expect(await source.sibling!(name), name).toBeUndefined();
    await Promise.all([source.close!(), header!.close!(), chunk!.close!()]);
  });

  it.skipIf(process.platform === "win32")("does not wait for a pipe", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    await expect(fileSource(path)).rejects.toEqual(hasCode("SPECTRAI_FILE_UNREADABLE", /device or a pipe/));
    await rm(path);
  });

  it.skipIf(!existsSync("/proc/self/mem"))("tells what else the system says", async () => {
    const source = await fileSource("/proc/self/mem");
    expect(source.size).toBe(0);
    await expect(source.read(0, 1)).rejects.toEqual(hasCode("SPECTRAI_FILE_DAMAGED"));
    await source.close!();
  });
});

describe("errorFromSystem", () => {
  const system = (code: string): Error => Object.assign(new Error(`${code}: it went wrong`), { code });

  it.each([
    ["ENOENT", "read", "SPECTRAI_FILE_NOT_FOUND"],
    ["ENOTDIR", "read", "SPECTRAI_FILE_NOT_FOUND"],
    ["EACCES", "read", "SPECTRAI_FILE_UNREADABLE"],
    ["EISDIR", "read", "SPECTRAI_FILE_UNREADABLE"],
    ["EMFILE", "read", "SPECTRAI_FILE_UNREADABLE"],
    ["EIO", "read", "SPECTRAI_FILE_UNREADABLE"],
    ["ENOSPC", "write", "SPECTRAI_DISK_FULL"],
    ["EDQUOT", "write", "SPECTRAI_DISK_FULL"],
    ["EACCES", "write", "SPECTRAI_FILE_UNWRITABLE"],
    ["EROFS", "write", "SPECTRAI_FILE_UNWRITABLE"],
    ["ENOTDIR", "write", "SPECTRAI_FILE_UNWRITABLE"],
    ["ENOENT", "write", "SPECTRAI_FILE_UNWRITABLE"],
    ["EIO", "write", "SPECTRAI_FILE_UNWRITABLE"],
  ] as const)("%s on %s is %s", (code, action, expected) => {
    const cause = system(code);
    const error = errorFromSystem(cause, "a/b.mat", action);
    expect(error).toEqual(hasCode(expected, /"a\/b\.mat".*\.$/));
    expect(error.cause).toBe(cause);
    expect(error.details).toEqual({ path: "a/b.mat", system: code });
  });

  it("passes on what is explained already, and explains what is not even an error", () => {
    const known = errorFromSystem(system("ENOENT"), "a", "read");
    expect(errorFromSystem(known, "b", "write")).toBe(known);
    expect(errorFromSystem("odd", "a", "read")).toEqual(hasCode("SPECTRAI_FILE_UNREADABLE", /odd/));
  });
});
