import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hyperspectralSceneSchema, simulateScene } from "@spectrai/datasets";
import { fileSource, atomicSink } from "@spectrai/core/node";
import { type ByteSink, ndarray } from "@spectrai/core";
import { enviWriter, enviReader } from "@spectrai/io-formats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  agreement,
  type LargeCubeFigures,
  largeCubeTable,
  makeScene,
  parse,
  parseLargeCube,
  sceneFiles,
  sharesOf,
  withinLimits,
} from "../src/index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "large-cube-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("options", () => {
  it("are 6.24 GB of pixels one after the other, unless they say otherwise", () => {
    expect(sceneFiles(parseLargeCube([])).bytes).toBe(6_240_000_000);
    expect(parseLargeCube([])).toMatchObject({ interleave: "bip", filters: [32, 64, 64], tile: undefined });
    expect(parseLargeCube(["--filters", "8,16", "--tile", "256"])).toMatchObject({ filters: [8, 16], tile: 256 });
  });

  it("that cannot be are refused", () => {
    expect(() => parseLargeCube(["--lines", "0"])).toThrow('--lines is a whole number of at least 1, not "0".');
    expect(() => parseLargeCube(["--filters", "8,x"])).toThrow('--filters is a whole number of at least 1, not "x".');
    expect(() => parseLargeCube(["--interleave", "bib"])).toThrow('--interleave is bip, bil, bsq, not "bib".');
    expect(() => parse(["startup", "large-cube"])).toThrow("runs alone: its name comes first");
  });
});

describe("the scene", () => {
  // More rows than are moved at a time, and no multiple of them.
  const size = ["--lines", "19", "--samples", "7", "--bands", "5"];

  it.each(["bip", "bil", "bsq"])("is the simulated one, by %s", async (interleave) => {
    const options = parseLargeCube([...size, "--interleave", interleave, "--folder", folder]);
    expect(await makeScene(options)).toBe(true);
    expect(await makeScene(options)).toBe(false);
    const { image, bytes } = sceneFiles(options);
    expect(await readFile(image.replace(".dat", ".hdr"), "utf8")).toContain(`\ninterleave = ${interleave}\n`);
    expect((await readFile(image)).length).toBe(bytes);
    const source = await fileSource(image);
    const file = await (await enviReader.create({}, {})).open(source);
    const { cube } = simulateScene(hyperspectralSceneSchema.parse({ height: 19, width: 7, bands: 5 }));
    expect((await file.read("data")).data).toEqual(cube.data);
    await file.close();
    await source.close?.();
  });
});

describe("agreement", () => {
  const write = async (name: string, labels: readonly number[]): Promise<string> => {
    const path = join(folder, name);
    const sinks: { commit(): Promise<void> }[] = [];
    const open = async (at: string): Promise<ByteSink> => {
      const sink = await atomicSink(at);
      sinks.push(sink);
      return sink;
    };
    const content = {
      variables: { labels: ndarray(Int32Array.from(labels), [labels.length / 2, 2]) },
      classes: ["none", "a", "b"].map((n) => ({ name: n, color: [0, 0, 0] as const })),
    };
    const writer = await enviWriter.create({}, {});
    await writer.write(content, await open(path), (ending) => open(path.replace(".dat", ending)));
    for (const sink of sinks) await sink.commit();
    return path;
  };

  it("counts labelled pixels, and those of rows that training has not seen", async () => {
    // Rows 0 to 1 were seen: 2 of 3 are right there, and 1 of 3 below; 0 has no label.
    const truth = await write("truth.dat", [1, 2, 0, 1, 2, 2, 1, 0]);
    const found = await write("found.dat", [1, 1, 1, 1, 2, 1, 2, 1]);
    expect(await agreement(truth, found, 2)).toEqual({ all: 3 / 6, unseen: 1 / 3, pixels: 6 });
  });

  it("refuses images of different sizes", async () => {
    const truth = await write("tall.dat", [1, 2, 1, 2, 1, 2]);
    const found = await write("short.dat", [1, 2, 1, 2]);
    await expect(agreement(truth, found, 2)).rejects.toThrow("has the shape [2, 2], not 3 × 2.");
  });
});

describe("the table", () => {
  const timing = (rate: number, peakMegabytes = 100) => ({
    result: { bytes: 1e9, seconds: 1e3 / rate, rate },
    seconds: 2,
    peakMegabytes,
    inMemory: 0,
  });
  const figures: LargeCubeFigures = {
    options: parseLargeCube([]),
    bytes: 6.24e9,
    scene: { result: true, seconds: 1, peakMegabytes: 9000 },
    plain: { cold: timing(200, 9000), warm: timing(4000) },
    patches: { cold: timing(120), warm: timing(1000) },
    train: {
      result: {
        backend: { name: "onednn" },
        model: { parameters: 5 },
        metrics: {},
        training: { steps: 3 },
        seconds: { training: 1 },
        files: {},
      },
      seconds: 1,
      peakMegabytes: 1500,
    },
    apply: { result: { files: [] }, seconds: 10, peakMegabytes: 1400 },
    agreement: { result: { all: 0.9, unseen: 0.8, pixels: 7 }, seconds: 1, peakMegabytes: 100 },
  };

  it("has the share of plain reading in the same state of the file, and holds to both limits", () => {
    expect(sharesOf(figures)).toEqual({ cold: 0.6, warm: 0.25 });
    expect(withinLimits(figures)).toBe(true);
    expect(withinLimits({ ...figures, patches: { cold: timing(119), warm: timing(4000) } })).toBe(false);
    expect(withinLimits({ ...figures, patches: { cold: timing(120), warm: timing(4000, 1501) } })).toBe(false);
    expect(withinLimits({ ...figures, apply: { ...figures.apply, peakMegabytes: 1501 } })).toBe(false);
    const text = largeCubeTable(figures);
    expect(text).toMatch(/256 patches, cold +2\.0 s +100 MB +120 MB\/s, 60 % of plain/);
    expect(text).toMatch(/spectrai apply +10\.0 s +1400 MB +780000 pixels\/s/);
    expect(text).toMatch(/: met\.$/);
  });
});
