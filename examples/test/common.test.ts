import { describe, expect, it } from "vitest";
import { duration, figure, timeLeft } from "../browser-common/src/numbers.ts";
import { entryOf, pickedFiles } from "../browser-common/src/picked-files.ts";
import { resultFolder } from "../browser-common/src/result-folder.ts";

describe("files that were picked", () => {
  const files = [new File(["0123456789"], "a.dat"), new File(["samples = 5"], "a.hdr")];
  const system = pickedFiles(files);

  it("are found by their names and read in parts", async () => {
    expect(await system.list("a.dat")).toEqual([{ path: "a.dat", relative: "a.dat", size: 10 }]);
    expect(await system.stat("a.hdr")).toEqual({ kind: "file", size: 11 });
    expect(await system.stat("b.dat")).toBeUndefined();
    const source = await system.open("a.dat");
    expect(Buffer.from(await source.read(2, 3)).toString()).toBe("234");
    expect(await source.read(10, 0)).toHaveLength(0);
    const header = await source.sibling!("a.hdr");
    expect(Buffer.from(await header!.read(0, 7)).toString()).toBe("samples");
    expect(await source.sibling!("b.hdr")).toBeUndefined();
  });

  it("are refused in a sentence where they are not there, too short or gone", async () => {
    expect(() => system.open("b.dat")).toThrow('There is no file "b.dat" among those that were chosen.');
    const source = await system.open("a.dat");
    for (const [offset, length] of [
      [8, 3],
      [-1, 2],
      [0, NaN],
    ] as const)
      await expect(source.read(offset, length)).rejects.toMatchObject({ code: "SPECTRAI_FILE_DAMAGED" });
    const gone = new File(["0123"], "gone.dat");
    gone.slice = () => ({ arrayBuffer: () => Promise.reject(new Error("NotReadableError")) }) as Blob;
    const { open } = pickedFiles([gone]);
    await expect((await open("gone.dat")).read(0, 2)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNREADABLE",
      message: "gone.dat cannot be read: it was changed, moved or removed after it was chosen; choose it again.",
    });
  });

  it("have entries", () => expect(files.map(entryOf).map(({ path }) => path)).toEqual(["a.dat", "a.hdr"]));
});

describe("results in memory", () => {
  it("appear whole or not at all, and keep what was written", async () => {
    const folder = resultFolder();
    const [kept, dropped] = [await folder.create("kept.txt"), await folder.create("dropped.txt")];
    const buffer = Buffer.from("one ");
    await kept.write(buffer);
    buffer.write("two ");
    await kept.write(buffer);
    await dropped.write(buffer);
    await dropped.abort();
    expect(folder.files()).toEqual([]);
    await kept.commit();
    expect(folder.files().map(({ name }) => name)).toEqual(["kept.txt"]);
    expect(await folder.files()[0]!.text()).toBe("one two ");
  });
});

it("numbers are written with four digits, times with their units", () => {
  expect([0, 1.23456, -1234567, 0.000012345, NaN].map(figure)).toEqual(["0", "1.235", "-1.235e+6", "1.234e-5", "NaN"]);
  expect([0.23, 59, 60, 125, 3600, 7261].map(duration)).toEqual([
    "0.2 s",
    "59 s",
    "1 min 00 s",
    "2 min 05 s",
    "1 h 00 min",
    "2 h 01 min",
  ]);
  expect([timeLeft(10, 0.25), timeLeft(10, 0), timeLeft(10, 1)]).toEqual(["30 s left", "", ""]);
});
