import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hyperspectralSceneSchema, simulateScene } from "../src/index.ts";
import { writeScene } from "../src/node/index.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spectrai-write-scene-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const options = hyperspectralSceneSchema.parse({ height: 37, width: 21, bands: 6, purity: 0.6, sharpness: 3, seed: 4 });

describe("a simulated scene in files", () => {
  it("has the numbers that it has in memory", async () => {
    const rows: number[] = [];
    const path = join(folder, "sets", "scene.img");
    const written = await writeScene(path, options, { image: 3, progress: (n) => rows.push(n) });
    expect(written).toEqual({ image: path, labels: join(folder, "sets", "scene_labels.img"), bytes: 37 * 21 * 6 * 4 });
    expect(rows).toEqual([16, 32, 37]);
    const { cube, labels } = simulateScene(options, 3);
    expect(readFileSync(path)).toEqual(Buffer.from(cube.data.buffer));
    expect(Array.from(readFileSync(written.labels))).toEqual(Array.from(labels.data, (v) => v + 1));
    const header = readFileSync(join(folder, "sets", "scene.hdr"), "utf8");
    expect(header).toMatch(/lines = 37/);
    expect(header).toMatch(/interleave = bip/);
    expect(readdirSync(join(folder, "sets")).sort()).toEqual([
      "scene.hdr",
      "scene.img",
      "scene_labels.hdr",
      "scene_labels.img",
    ]);
  });

  it("leaves nothing behind where it fails", async () => {
    mkdirSync(join(folder, "x_labels.hdr"));
    await expect(writeScene(join(folder, "x.dat"), options)).rejects.toMatchObject({
      code: "SPECTRAI_FILE_UNWRITABLE",
    });
    expect(readdirSync(folder)).toEqual(["x_labels.hdr"]);
    await expect(writeScene(join(folder, "x.png"), options)).rejects.toThrow("files end in .dat");
  });
});
