import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { npy } from "./support/files.ts";
import { spectrai, tinyConfig, workFolder } from "./support/spectrai.ts";

const [height, width, bands] = [24, 40, 6];
const value = (i: number): number => 1 + Math.sin(i * 0.7) / 2;
const mapInfo = "{UTM, 1.000, 1.000, 400000.000, 5800000.000, 30.000, 30.000, 33, North, WGS-84, units=Meters}";
const header = [
  "ENVI",
  `samples = ${width}`,
  `lines = ${height}`,
  `bands = ${bands}`,
  "data type = 4",
  "interleave = bip",
  "byte order = 0",
  `map info = ${mapInfo}`,
  "wavelength units = Nanometers",
  "wavelength = {450, 500, 550, 600, 650, 700}",
  "",
].join("\n");
const raw = new Uint8Array(Float32Array.from({ length: height * width * bands }, (_, i) => value(i)).buffer);

const config = (task: string, data: object, more: object): string =>
  JSON.stringify({
    plugins: [...(tinyConfig["plugins"] as string[]), "@spectrai/models-unet", "@spectrai/models-rcan"],
    task,
    data: { name: "cubes", input: "c.dat", patch: 8, ...data },
    split: { name: "strips", guard: 2, train: 0.5 },
    preprocess: [],
    baselines: [],
    train: { epochs: 1, minSteps: null, batchSize: 4 },
    backend: "cpu",
    ...more,
  });

/** The fields of `map info`: numbers as numbers, so that 30 and 30.000 are the same. */
const mapFields = (file: string): (string | number)[] =>
  /map info *= *\{([^}]*)\}/
    .exec(readFileSync(file, "utf8").replaceAll("\n", " "))![1]!
    .split(",")
    .map((field) => (Number.isFinite(Number(field)) ? Number(field) : field.trim()));

/** The numbers of a tag in the first directory of a little-endian classic TIFF, where they are doubles. */
function doublesOf(path: string, wanted: number): number[] {
  const bytes = readFileSync(path);
  expect(bytes.subarray(0, 4)).toEqual(Buffer.from([0x49, 0x49, 42, 0]));
  const directory = bytes.readUInt32LE(4);
  for (let i = 0; i < bytes.readUInt16LE(directory); i++) {
    const entry = directory + 2 + 12 * i;
    if (bytes.readUInt16LE(entry) !== wanted) continue;
    expect(bytes.readUInt16LE(entry + 2)).toBe(12);
    const at = bytes.readUInt32LE(entry + 8);
    return Array.from({ length: bytes.readUInt32LE(entry + 4) }, (_, k) => bytes.readDoubleLE(at + 8 * k));
  }
  return [];
}
const [pixelScale, tiePoint] = [33550, 33922];

describe("the place on the ground", () => {
  let folder: string;
  const apply = async (model: string, ...args: string[]): Promise<string> => {
    const run = `${model}/${readdirSync(join(folder, model))[0]}`;
    const output = `${model}-${args.join("-").replaceAll(/\W+/g, "")}`;
    const { code, stderr } = await spectrai(folder, ["apply", run, ...args, "-q", "-o", output]);
    expect(code, stderr).toBe(0);
    return join(folder, output);
  };
  beforeAll(async () => {
    folder = workFolder({ "c.dat": raw, "c.hdr": header, "mask.npy": npy([height, width], (i) => 1 + (i % 2)) });
    const models = {
      labels: config("segmentation", { target: "mask.npy" }, { model: { name: "unet", width: 2, depth: 1 } }),
      finer: config(
        "super-resolution",
        {},
        { degrade: [{ name: "downsample", scale: 2 }], model: { name: "rcan", width: 4, groups: 1, blocks: 1 } },
      ),
    };
    for (const [name, text] of Object.entries(models)) {
      writeFileSync(join(folder, `${name}.json`), text);
      const { code, stderr } = await spectrai(folder, ["train", "-q", "-c", `${name}.json`, "-o", name]);
      expect(code, stderr).toBe(0);
    }
  }, 120_000);

  it("is that of the input where the grid is the same, as ENVI and as GeoTIFF", async () => {
    const expected = mapFields(join(folder, "c.hdr"));
    expect(mapFields(join(await apply("labels", "c.dat", "--format", "dat", "--probabilities"), "c.hdr"))).toEqual(
      expected,
    );
    expect(mapFields(join(folder, "labels-cdatformatdatprobabilities", "c.probability.hdr"))).toEqual(expected);
    const tif = join(await apply("labels", "c.dat", "--format", "tif"), "c.tif");
    expect(doublesOf(tif, pixelScale)).toEqual([30, 30, 0]);
    expect(doublesOf(tif, tiePoint)).toEqual([0, 0, 0, 400_000, 5_800_000, 0]);
  });

  it("is found once for the two files of an ENVI image", async () => {
    const output = await apply("labels", "c.dat", "c.hdr", "--format", "npy");
    expect(readdirSync(output)).toEqual(["c.npy"]);
  });

  it("has smaller pixels and the same corner where the grid is finer", async () => {
    const fields = mapFields(join(await apply("finer", "c.dat", "--format", "dat"), "c.hdr"));
    const [name, x, y, east, north, across, down, zone, half] = fields;
    expect([name, x, y, east, north, across, down, zone, half]).toEqual([
      "UTM",
      1,
      1,
      400_000,
      5_800_000,
      15,
      15,
      33,
      "North",
    ]);
    const tif = join(await apply("finer", "c.dat", "--format", "tif"), "c.tif");
    expect(doublesOf(tif, pixelScale)).toEqual([15, 15, 0]);
    expect(doublesOf(tif, tiePoint)).toEqual([0, 0, 0, 400_000, 5_800_000, 0]);
    // From GeoTIFF to ENVI.
    const back = mapFields(join(await apply("finer", "finer-cdatformattif/c.tif", "--format", "dat"), "c.hdr"));
    expect(back.slice(0, 9)).toEqual(["UTM", 1, 1, 400_000, 5_800_000, 7.5, 7.5, 33, "North"]);
    const same = join(await apply("labels", "finer-cdatformattif/c.tif", "--format", "tif"), "c.tif");
    expect([...doublesOf(same, pixelScale), ...doublesOf(same, tiePoint)]).toEqual([
      ...doublesOf(tif, pixelScale),
      ...doublesOf(tif, tiePoint),
    ]);
  });
});
