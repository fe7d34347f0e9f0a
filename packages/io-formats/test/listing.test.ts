import { describe, expect, it } from "vitest";
import { listDataFiles, pairFiles } from "../src/dataset/listing.ts";
import { memoryFiles, ownFormats } from "./memory-files.ts";

const list = async (names: readonly string[], pattern = "in"): Promise<string[]> => {
  const files = memoryFiles(Object.fromEntries(names.map((name) => [name, "x"])));
  return (await listDataFiles(files, ownFormats(), pattern)).map((f) => f.relative);
};

describe("the data files of a folder", () => {
  it("have ENVI images once: by the raw file where it is of a known name, else by the header", async () => {
    expect(await list(["in/a.dat", "in/a.hdr", "in/b.img", "in/b.img.hdr", "in/sub/c.BSQ", "in/sub/c.HDR"])).toEqual([
      "a.dat",
      "b.img",
      "sub/c.BSQ",
    ]);
    expect(await list(["in/raw", "in/raw.hdr", "in/d.bin", "in/d.hdr"])).toEqual(["d.hdr", "raw.hdr"]);
    // A header belongs to the raw file of its own folder and name only.
    expect(await list(["in/a.hdr", "in/sub/a.dat", "in/ab.dat", "in/a.tif"])).toEqual([
      "a.hdr",
      "a.tif",
      "ab.dat",
      "sub/a.dat",
    ]);
  });

  it("are headers where headers are asked for", async () => {
    expect(await list(["in/a.dat", "in/a.hdr"], "in/*.hdr")).toEqual(["a.hdr"]);
    expect(await list(["in/a.dat", "in/a.hdr"], "in/a.hdr")).toEqual(["a.hdr"]);
  });

  it("are not what is written beside a result, where the result is there", async () => {
    const names = ["in/a.tif", "in/a.probability.tif", "in/b.png", "in/b.legend.png", "in/c.npy", "in/c.axis.npy"];
    expect(await list(names)).toEqual(["a.tif", "b.png", "c.npy"]);
    expect(await list(names, "in/*.probability.tif")).toEqual(["a.probability.tif"]);
    expect(await list(["in/b.legend.png"])).toEqual(["b.legend.png"]);
  });

  it("pair one image with one mask of another name, whatever is written beside them", async () => {
    const files = memoryFiles(
      Object.fromEntries(["x.dat", "x.hdr", "m/y.png", "m/y.legend.png", "m/y.probability.tif"].map((n) => [n, "x"])),
    );
    const formats = ownFormats();
    const { pairs, unused } = pairFiles(
      await listDataFiles(files, formats, "x.*"),
      await listDataFiles(files, formats, "m"),
      "m",
    );
    expect(pairs.map((f) => f.path)).toEqual(["m/y.png"]);
    expect(unused).toEqual([]);
  });
});
