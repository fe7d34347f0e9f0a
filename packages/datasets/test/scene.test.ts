import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import {
  type ByteSink,
  createComponent,
  type Dataset,
  type FileContent,
  ndarray,
  openWorkbench,
  resolveRef,
  rng,
  services,
} from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import formats from "@spectrai/io-formats";
import { dataFolder } from "@spectrai/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import plugin, { findEntry } from "../src/index.ts";

const measured = dataFolder();

interface Means {
  readonly red: number;
  readonly infrared: number;
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spectrai-scene-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const workbench = (): ReturnType<typeof openWorkbench> =>
  openWorkbench({ plugins: [formats, plugin], files: nodeFileSystem(folder), logger, seed: 0 });

async function open(options: Record<string, unknown>): Promise<Dataset> {
  const bench = await workbench();
  const ref = { name: "scene", options: options as never };
  return createComponent(resolveRef(bench.registry, "dataset", ref, "data"), bench.services);
}

async function write(name: string, content: FileContent): Promise<void> {
  const chunks: Uint8Array[] = [];
  const sink: ByteSink = { write: (bytes) => Promise.resolve(void chunks.push(bytes.slice())) };
  const writer = await (await workbench()).services.get(services.formats).writer(extname(name));
  await writer.write(content, sink, () => Promise.resolve(sink));
  writeFileSync(join(folder, name), Buffer.concat(chunks));
}

describe("scene", () => {
  it("reads a published set by its name", async () => {
    const values = Float64Array.from({ length: 6 * 5 * 4 }, (_, i) => i);
    await write("Indian_pines_corrected.mat", { variables: { indian_pines_corrected: ndarray(values, [6, 5, 4]) } });
    const labels = Uint8Array.from({ length: 30 }, (_, i) => i % 17);
    await write("Indian_pines_gt.mat", { variables: { indian_pines_gt: ndarray(labels, [6, 5]) } });
    const data = await open({ scene: "indian-pines", folder: "." });
    expect(data.spec).toMatchObject({ data: "cube", shape: [6, 5, 4], target: { kind: "mask" } });
    if (data.spec.target.kind !== "mask") throw new Error("a mask");
    expect(data.spec.target.classes[9]).toBe("Soybean-notill");
    expect(data.source).toMatch(/^Indian Pines: M\. F\. Baumgardner.* Licence: not stated\.$/);
    const { input, target } = await data.read(0);
    expect(Array.from(input.data)).toEqual(Array.from(values));
    if (target.kind !== "mask") throw new Error("a mask");
    expect(Array.from(target.value.data.slice(0, 18))).toEqual([-1, ...Array.from({ length: 16 }, (_, i) => i), -1]);
    expect(data.images!.list).toHaveLength(1);
    // The options of the reader take the place of the set's own.
    const plain = await open({
      scene: "indian-pines",
      folder: ".",
      options: { axis: { unit: "nm", start: 400, stop: 430 } },
    });
    expect(Array.from(plain.spec.axis.values)).toEqual([400, 410, 420, 430]);
    await expect(open({ scene: "indian-pines", folder: ".", options: { pacth: 3 } })).rejects.toThrow(
      'data.options.pacth: there is no such option. Did you mean "patch"?',
    );
  });

  it("reads labels that are a picture in colours", async () => {
    const cube = Float32Array.from({ length: 2 * 4 * 3 }, (_, i) => i);
    await write("image_hsi_reflectance.tif", { variables: { data: ndarray(cube, [2, 4, 3]) } });
    const colors = [0xff0000, 0x00ff00, 0x0000ff, 0x00ffff, 0xff7f50, 0x990000, 0xff0000, 0x00ff00];
    const picture = Uint8Array.from(colors.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]));
    await write("image_labels.tif", { variables: { data: ndarray(picture, [2, 4, 3]) } });
    const data = await open({ scene: "aerorit", folder: "." });
    const { input, target } = await data.read(0);
    expect(Array.from(input.data)).toEqual(Array.from(cube));
    if (target.kind !== "mask") throw new Error("a mask");
    expect(Array.from(target.value.data)).toEqual([0, 1, 2, 3, 4, -1, 0, 1]);
  });

  it.skipIf(measured === undefined)("reads EnMAP tiles, which published lists part", async () => {
    const tiles = join(measured!, "hsi-enmap-potsdam-tiles");
    const data = await open({ scene: "enmap-potsdam-tiles", folder: tiles });
    expect(data.spec).toMatchObject({ shape: [32, 32, 218], target: { kind: "mask" } });
    const { name, ...lists } = findEntry("enmap-potsdam-tiles").splits[0]!.split;
    const options = Object.fromEntries(
      Object.entries(lists).map(([part, file]) => [part, join(tiles, file as string)]),
    );
    const bench = await workbench();
    const ref = resolveRef(bench.registry, "splitter", { name: name as string, options }, "split");
    const split = (await createComponent(ref, bench.services)).split(data.samples, rng(0, "split"));
    for (const [part, indices] of Object.entries(split) as [string, readonly number[]][]) {
      const [, ...rows] = readFileSync(join(tiles, `${part}_files.csv`), "utf8")
        .trim()
        .split(/\r?\n/);
      const listed = rows.map((row) => row.split(",")[0]!.replace("images/", "")).sort();
      expect(indices.map((i) => data.samples[i]!.id).sort(), part).toEqual(listed);
    }
    expect(split.train.length + split.validation.length + split.test.length).toBe(18);
  });

  it("says how to get what is not there", async () => {
    await expect(open({ scene: "ksc", folder: "sets/ksc" })).rejects.toMatchObject({
      code: "SPECTRAI_FILE_NOT_FOUND",
      message:
        'The data set "ksc" is not in sets/ksc (no KSC.mat and 1 more); run: spectrai data get ksc --to sets/ksc.',
    });
    await expect(open({ scene: "houston-2013", folder: "h" })).rejects.toThrow(
      'they have to be put there by hand, and "spectrai data info houston-2013" says how',
    );
    await expect(open({ scene: "cave" })).rejects.toThrow("scene");
  });

  it.skipIf(measured === undefined)("reads Samson, whose classes are the largest shares", async () => {
    const data = await open({ scene: "samson", folder: join(measured!, "hsi-samson") });
    expect(data.spec).toMatchObject({
      shape: [95, 95, 156],
      target: { kind: "mask", classes: ["Soil", "Tree", "Water"] },
    });
    const { input, target } = await data.read(0);
    if (target.kind !== "mask") throw new Error("a mask");
    const at = (nm: number): number => data.spec.axis.values.findIndex((v) => v >= nm);
    const brightness = [0, 1, 2].map((k) => {
      const pixels = Array.from(target.value.data.keys()).filter((i) => target.value.data[i] === k);
      const mean = (band: number): number =>
        pixels.reduce((s, i) => s + input.data[i * 156 + band]!, 0) / pixels.length;
      expect(pixels.length).toBeGreaterThan(2000);
      return { red: mean(at(670)), infrared: mean(at(860)) };
    }) as [soil: Means, tree: Means, water: Means];
    const [soil, tree, water] = brightness;
    expect(tree.infrared).toBeGreaterThan(5 * tree.red); // the red edge
    expect(soil.red).toBeGreaterThan(3 * tree.red);
    expect(soil.infrared).toBeLessThan(3 * soil.red);
    expect(water.infrared).toBeLessThan(0.25 * soil.infrared);
  });
});
