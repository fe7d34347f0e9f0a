import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { atomicSink, folderStore, writeFileAtomic } from "../src/node/index.ts";

const hasCode = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectrai-store-"));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** Makes a call of every file handle fail, as a full or broken disk does. */
async function failing(method: "write" | "sync" | "close", code: string): Promise<void> {
  const handle = await open(folder, "r");
  const prototype = Object.getPrototypeOf(handle) as Record<typeof method, () => Promise<never>>;
  await handle.close();
  vi.spyOn(prototype, method).mockRejectedValue(Object.assign(new Error(code), { code }));
}

describe("writeFileAtomic", () => {
  it("writes text and bytes, over what was there", async () => {
    const path = join(folder, "a.txt");
    await writeFileAtomic(path, "grün");
    expect(await readFile(path, "utf8")).toBe("grün");
    await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    expect(new Uint8Array(await readFile(path))).toEqual(Uint8Array.of(1, 2, 3));
    await writeFileAtomic(path, "");
    expect((await stat(path)).size).toBe(0);
    await rm(path);
    expect(await readdir(folder)).toEqual([]);
  });

  it.skipIf(process.platform === "win32")("keeps a link a link, and permissions as they were", async () => {
    const at = join(folder, "kept");
    await mkdir(at);
    await writeFile(join(at, "real"), "old");
    await chmod(join(at, "real"), 0o640);
    await symlink("real", join(at, "link"));
    await writeFileAtomic(join(at, "link"), "new");
    expect((await lstat(join(at, "link"))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(at, "real"), "utf8")).toBe("new");
    expect((await stat(join(at, "real"))).mode & 0o777).toBe(0o640);
    await rm(at, { recursive: true });
  });

  it.each(["write", "sync"] as const)(
    "leaves the old file and nothing else when the disk fills up in %s",
    async (method) => {
      const path = join(folder, "model.safetensors");
      await writeFile(path, "good");
      await failing(method, "ENOSPC");
      await expect(writeFileAtomic(path, "new and longer")).rejects.toEqual(
        hasCode("SPECTRAI_DISK_FULL", /disk is full.*model\.safetensors/),
      );
      vi.restoreAllMocks();
      expect(await readFile(path, "utf8")).toBe("good");
      expect(await readdir(folder)).toEqual(["model.safetensors"]);
      await rm(path);
    },
  );

  it("says what cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    await mkdir(join(folder, "taken"));
    await expect(writeFileAtomic(join(folder, "none", "a"), "x")).rejects.toEqual(
      hasCode("SPECTRAI_FILE_UNWRITABLE", /folder does not exist/),
    );
    await expect(writeFileAtomic(join(folder, "file", "a"), "x")).rejects.toEqual(
      hasCode("SPECTRAI_FILE_UNWRITABLE", /is a file, not a folder/),
    );
    await expect(writeFileAtomic(join(folder, "taken"), "x")).rejects.toEqual(
      hasCode("SPECTRAI_FILE_UNWRITABLE", /it is a folder/),
    );
    await rm(join(folder, "file"));
    await rm(join(folder, "taken"), { recursive: true });
  });

  it.skipIf(!existsSync("/dev/full"))("writes a device in place and reports it full", async () => {
    await expect(writeFileAtomic("/dev/full", "x")).rejects.toEqual(hasCode("SPECTRAI_DISK_FULL", /\/dev\/full/));
    expect((await stat("/dev/full")).isCharacterDevice()).toBe(true);
    await writeFileAtomic("/dev/null", "x");
    expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
  });

  it.skipIf(!existsSync("/sys/kernel"))("reports a folder that nobody may write", async () => {
    await expect(writeFileAtomic("/sys/kernel/spectrai.txt", "x")).rejects.toEqual(hasCode("SPECTRAI_FILE_UNWRITABLE"));
  });

  it("survives a small disk that is really full", async ({ skip }) => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      await rm(disk, { recursive: true });
      skip("mounting a disk of 64 KiB is not allowed here");
    }
    try {
      const store = folderStore(disk);
      await store.write("best", "good");
      await expect(store.write("best", new Uint8Array(200_000))).rejects.toEqual(hasCode("SPECTRAI_DISK_FULL"));
      await expect(store.append("log", new Uint8Array(200_000))).rejects.toEqual(hasCode("SPECTRAI_DISK_FULL"));
      expect(new TextDecoder().decode(await store.read("best"))).toBe("good");
      expect((await readdir(disk)).sort()).toEqual(["best", "log"]);
      execFileSync("mount", ["-o", "remount,ro", disk], { stdio: "ignore" });
      await expect(store.write("best", "x")).rejects.toEqual(hasCode("SPECTRAI_FILE_UNWRITABLE", /read-only/));
    } finally {
      execFileSync("umount", [disk]);
      await rm(disk, { recursive: true });
    }
  });
});

describe("atomicSink", () => {
  it("shows nothing before commit and everything after", async () => {
    const path = join(folder, "stream.npy");
    const sink = await atomicSink(path);
    for (const part of ["one ", "", "two"]) await sink.write(new TextEncoder().encode(part));
    expect(existsSync(path)).toBe(false);
    await sink.commit();
    expect(await readFile(path, "utf8")).toBe("one two");
    await sink.abort();
    await sink.commit();
    await expect(sink.write(Uint8Array.of(1))).rejects.toEqual(hasCode("SPECTRAI_INTERNAL"));
    expect(await readdir(folder)).toEqual(["stream.npy"]);
    await rm(path);
  });

  it("leaves nothing after abort", async () => {
    const sink = await atomicSink(join(folder, "given-up"));
    await sink.write(Uint8Array.of(1));
    await sink.abort();
    await sink.abort();
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves nothing when the file cannot be moved into place", async () => {
    const path = join(folder, "blocked");
    const sink = await atomicSink(path);
    await sink.write(Uint8Array.of(1));
    await mkdir(join(path, "inside"), { recursive: true });
    await expect(sink.commit()).rejects.toEqual(hasCode("SPECTRAI_FILE_UNWRITABLE"));
    expect(await readdir(folder)).toEqual(["blocked"]);
    await rm(path, { recursive: true });
  });
});

describe("folderStore", () => {
  it("makes its folder when first written to, and lists what is there in natural order", async () => {
    const at = join(folder, "runs/1");
    const store = folderStore(at);
    expect(store.location).toBe(at);
    expect(await store.list()).toEqual([]);
    expect(existsSync(at)).toBe(false);
    for (const name of ["epoch-10", "epoch-9", "examples/1.png"]) await store.write(name, name);
    await writeFile(join(at, ".epoch-9.123-abc.tmp"), "left by a crash");
    expect(await store.list()).toEqual(["epoch-9", "epoch-10", "examples/1.png"]);
    expect(new TextDecoder().decode(await store.read("examples/1.png"))).toBe("examples/1.png");
    expect(await store.read("none")).toBeUndefined();
  });

  it("appends in the order asked for, also without waiting", async () => {
    const store = folderStore(join(folder, "runs/2"));
    const lines = Array.from({ length: 50 }, (_, i) => `line ${i}\n`);
    const done = lines.map((line) => store.append("log.jsonl", line));
    expect(new TextDecoder().decode(await store.read("log.jsonl"))).toBe(lines.join(""));
    await Promise.all(done);
  });

  it("cuts a log, and only ever shortens it", async () => {
    const store = folderStore(join(folder, "runs/3"));
    await store.append("log", "0123456789");
    await store.truncate("log", 20);
    expect((await store.read("log"))!.length).toBe(10);
    await store.truncate("log", 4);
    await store.append("log", "x");
    expect(new TextDecoder().decode(await store.read("log"))).toBe("0123x");
    await store.truncate("none", 0);
    expect(await store.read("none")).toBeUndefined();
  });

  it("goes on after a failed write", async () => {
    const store = folderStore(join(folder, "runs/4"));
    await store.append("log", "a");
    await failing("write", "ENOSPC");
    await expect(store.append("log", "b")).rejects.toEqual(hasCode("SPECTRAI_DISK_FULL"));
    vi.restoreAllMocks();
    await store.append("log", "c");
    expect(new TextDecoder().decode(await store.read("log"))).toBe("ac");
  });

  it("reports a place that is taken by a file", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(folderStore(join(folder, "file")).write("a", "x")).rejects.toEqual(
      hasCode("SPECTRAI_FILE_UNWRITABLE", /is a file, not a folder/),
    );
    await expect(folderStore(join(folder, "file", "below")).append("a", "x")).rejects.toEqual(
      hasCode("SPECTRAI_FILE_UNWRITABLE"),
    );
  });

  it("does not leave its folder", async () => {
    const store = folderStore(join(folder, "runs/5"));
    for (const name of ["../x", "/etc/x", "a/../../x", "", ".."]) {
      await expect(store.write(name, ""), name).rejects.toEqual(hasCode("SPECTRAI_INTERNAL"));
      await expect(store.read(name)).rejects.toEqual(hasCode("SPECTRAI_INTERNAL"));
    }
  });
});
