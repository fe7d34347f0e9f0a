import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unzip } from "../src/node/unzip.ts";
import { type Member, zip } from "./zip-file.ts";

let folder = "";
let inside = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spectrai-unzip-"));
  inside = join(folder, "set");
  path = join(folder, "archive.zip");
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = Buffer.from("a spectrum ".repeat(1000));
const write = (...members: Member[]): void => writeFileSync(path, zip(members));

describe("unzip", () => {
  it("unpacks plain and deflated files into their folders", async () => {
    write(
      { name: "a/" },
      { name: "a/b/deflated.txt", data: text },
      { name: "plain.bin", data: text, stored: true },
      { name: "__MACOSX/._plain.bin", data: text },
      { name: "empty", data: Buffer.alloc(0) },
    );
    expect(await unzip(path, inside)).toEqual(["a/b/deflated.txt", "plain.bin", "empty"]);
    expect(readFileSync(join(inside, "a/b/deflated.txt"))).toEqual(text);
    expect(readFileSync(join(inside, "plain.bin"))).toEqual(text);
    expect(readdirSync(inside).sort()).toEqual(["a", "empty", "plain.bin"]);
  });

  it.each(["../evil", "a/../../evil", "/evil", "a\\..\\..\\evil", "C:/evil"])("does not write to %s", async (name) => {
    write({ name, data: text });
    await expect(unzip(path, inside)).rejects.toMatchObject({ code: "SPECTRAI_FILE_REFUSED" });
    expect(readdirSync(folder)).toEqual(["archive.zip"]);
  });

  it("follows no link out of the folder", async () => {
    write({ name: "link", data: Buffer.from("/etc"), attributes: 0xa1ff0000 }, { name: "link/evil", data: text });
    await expect(unzip(path, inside)).rejects.toThrow('"link" is a link, which is not unpacked');
  });

  it("notices damage", async () => {
    write({ name: "a.txt", data: text, crc: 7 });
    await expect(unzip(path, inside)).rejects.toThrow('the checksum of "a.txt" is wrong');
    expect(existsSync(join(inside, "a.txt"))).toBe(false);
    write({ name: "a.txt", data: text, size: 10 });
    await expect(unzip(path, inside)).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
    writeFileSync(path, "PK nothing more");
    await expect(unzip(path, inside)).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
    writeFileSync(path, zip([{ name: "a.txt", data: text }]).subarray(0, 80));
    await expect(unzip(path, inside)).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
    expect(existsSync(join(inside, "a.txt"))).toBe(false);
  });

  it("believes no size that cannot be", async () => {
    write({ name: "bomb", data: text, size: 4_000_000_000 });
    await expect(unzip(path, inside)).rejects.toThrow("cannot unpack to 4000000000 bytes");
    // Two names for the same bytes.
    const small = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 251));
    write({ name: "a", data: small, stored: true }, { name: "b", sameAs: 0 });
    await expect(unzip(path, inside)).rejects.toThrow("take more room than it has");
  });

  it("refuses what is encrypted or compressed otherwise", async () => {
    write({ name: "a.txt", data: text, flags: 1 });
    await expect(unzip(path, inside)).rejects.toMatchObject({ code: "SPECTRAI_FILE_UNSUPPORTED" });
    write({ name: "a.txt", data: text, method: 14 });
    await expect(unzip(path, inside)).rejects.toThrow("compressed by method 14");
  });
});
