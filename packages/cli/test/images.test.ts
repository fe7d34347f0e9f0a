import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { npy } from "./support/files.ts";
import { spectrai, tinyConfig, tinyFolder, workFolder } from "./support/spectrai.ts";

type Json = Record<string, unknown>;

const [height, width, bands] = [24, 40, 6];
const evil = "<img src=x>";
/** Left of a slanted border is class 1, right of it class 2; the upper left corner has no label. */
const classAt = (y: number, x: number): number => (y < 2 && x < 2 ? 0 : x < 16 + y / 2 ? 1 : 2);
const valueAt = (y: number, x: number, band: number): number =>
  1 + (classAt(y, x) === 2 ? band : bands - band) / 4 + 0.1 * Math.sin(y * 3 + x * 5 + band);
const files = {
  "cube.npy": npy([height, width, bands], (i) => {
    const pixel = Math.floor(i / bands);
    return valueAt(Math.floor(pixel / width), pixel % width, i % bands);
  }),
  "mask.npy": npy([height, width], (i) => classAt(Math.floor(i / width), i % width)),
};

const config = (task: string, data: Json, more: Json = {}): Json => ({
  plugins: [...(tinyConfig["plugins"] as string[]), "@spectrai/models-unet", "@spectrai/models-rcan"],
  task,
  data: { name: "cubes", input: "cube.npy", axis: { unit: "nm", start: 450, stop: 700 }, patch: 8, ...data },
  split: { name: "strips", guard: 2, train: 0.5 },
  preprocess: [],
  train: { epochs: 1, minSteps: null, batchSize: 4 },
  backend: "cpu",
  ...more,
});
const segmentation = config(
  "segmentation",
  { target: "mask.npy", classNames: ["road", evil] },
  { model: { name: "unet", width: 2, depth: 1 }, baselines: ["nearest-neighbours"], metrics: ["accuracy", "miou"] },
);
const folderOf = (given: Json): string => workFolder({ ...files, "spectrai.config.json": JSON.stringify(given) });

async function json(folder: string, ...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await spectrai(folder, [...args, "--json"]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Json;
}

/** Rows of the last table whose caption or head holds a text, as plain text. */
const tableRows = (page: string, head: string): string[][] => {
  const start = page.lastIndexOf("<table>", page.indexOf(head));
  const body = page.slice(start).match(/<tbody>(.*?)<\/tbody>/s)![1]!;
  return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map((row) =>
    [...row[1]!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map((c) => c[1]!.replace(/<[^>]*>/g, "")),
  );
};
const altsOf = (page: string): string[] =>
  [...page.matchAll(/<img src="data:image\/png;base64,[^"]+" alt="([^"]*)"/g)].map((m) => m[1]!);

describe("the report of a segmentation", () => {
  it("shows the image, its classes, where they are wrong, and the split over it", async () => {
    const result = await json(folderOf(segmentation), "train");
    const page = readFileSync((result["files"] as { report: string }).report, "utf8");
    expect(page).not.toContain(evil);
    const alts = altsOf(page);
    expect(alts[0]).toBe("The input as a colour picture");
    // Columns 22 to 39 are for test: the border crosses them from row 14 on.
    const road = Array.from({ length: height * 18 }, (_, i) => classAt(Math.floor(i / 18), 22 + (i % 18))).filter(
      (c) => c === 1,
    ).length;
    const share = ((100 * road) / (height * 18)).toFixed(1);
    expect(alts[1]).toBe(`True classes: &lt;img src=x&gt; ${(100 - Number(share)).toFixed(1)} %, road ${share} %`);
    expect(alts.slice(2, 4).map((a) => a.replace(/:.*/, ""))).toEqual([
      "Classes by unet",
      "Classes by nearest-neighbours",
    ]);
    expect(page).toContain("red 650 nm, green 550 nm, blue 450 nm");
    expect(alts.at(-1)).toBe(
      "Split of cube.npy, 24 × 40 pixels: 380 training, 60 validation, 432 test, 88 guard or unused.",
    );

    // The table of the classes says the same as the metrics, for network and baseline.
    const rows = tableRows(page, "Precision: the share of a class");
    expect(rows.map((r) => r.slice(0, 2))).toEqual([
      ["road", String(road)],
      ["&lt;img src=x&gt;", String(432 - road)],
    ]);
    const mean = (column: number): number => rows.reduce((s, r) => s + Number(r[column]!), 0) / rows.length;
    const { metrics, baselines } = result as unknown as {
      metrics: { miou: number; accuracy: number };
      baselines: Record<string, { metrics: { miou: number } }>;
    };
    expect(mean(4)).toBeCloseTo(metrics.miou, 2);
    expect(mean(7)).toBeCloseTo(baselines["nearest-neighbours"]!.metrics.miou, 2);
    const wrong = /unet: ([\d.]+) % wrong/.exec(page)![1]!;
    expect(Number(wrong) / 100).toBeCloseTo(1 - metrics.accuracy, 3);
  }, 90_000);
});

describe("the report of restored cubes", () => {
  it.each([
    [
      "denoising",
      { degrade: ["mixed-noise"], model: { name: "unet", width: 2, depth: 1 }, baselines: ["median"] },
      ["18,24", "18,24", "18,24", "18,24"],
    ],
    [
      "super-resolution",
      {
        degrade: [{ name: "downsample", scale: 2 }],
        model: { name: "rcan", width: 4, groups: 1, blocks: 1 },
        baselines: ["bicubic"],
      },
      ["9,12", "18,24", "18,24", "18,24"],
    ],
  ])(
    "of %s shows input, truth and outputs at one scale, errors by pixel and by band",
    async (task, more, sizes) => {
      const result = await json(folderOf(config(task, {}, more)), "train");
      const page = readFileSync((result["files"] as { report: string }).report, "utf8");
      const baseline = more.baselines[0]!;
      const network = more.model.name;
      const pictures = [
        ...page.matchAll(
          /<figcaption>([^<]*)<\/figcaption><img src="data:image\/png;base64,([^"]+)" alt="[^"]*" width="(\d+)"/g,
        ),
      ];
      expect(pictures.slice(0, 6).map((m) => m[1])).toEqual([
        "input",
        "truth",
        network,
        baseline,
        `error of ${network}`,
        `error of ${baseline}`,
      ]);
      const sizeOf = (png: string): string => {
        const bytes = Buffer.from(png, "base64");
        return `${bytes.readUInt32BE(16)},${bytes.readUInt32BE(20)}`;
      };
      expect(pictures.slice(0, 4).map((m) => sizeOf(m[2]!))).toEqual(sizes);
      expect(new Set(pictures.slice(0, 4).map((m) => m[3])).size).toBe(1);
      for (const text of [
        "best pixel: row",
        "median pixel: row",
        "worst pixel: row",
        "PSNR (dB) against Wavelength (nm)",
      ])
        expect(page).toContain(text);
    },
    90_000,
  );
});

describe("preview --split", () => {
  it("draws the split over the image in a terminal, with counts and the leak", async () => {
    const { code, stdout, stderr } = await spectrai(folderOf(segmentation), ["preview", "--split"]);
    expect(code, stderr).toBe(0);
    const lines = stdout.split("\n");
    const drawing = lines.slice(lines.indexOf("cube.npy, 24 × 40 pixels") + 1).slice(0, 12);
    expect(drawing[0]).toBe("#".repeat(20) + ".." + "o".repeat(18));
    expect(drawing.at(-1)).toBe("+".repeat(20) + ".." + "o".repeat(18));
    expect(stdout).toMatch(/pixels +380 +60 +432 +88/);
    // Training is rows 0 to 18 of columns 0 to 19, less 4 unlabelled pixels and 16 of the other class.
    expect(stdout).toMatch(/road +360 +60 /);
    expect(stdout).toContain("Leak: 0 % of the test pixels");
  });

  it("gives rectangles and counts as JSON, and writes a page and a picture", async () => {
    const folder = folderOf(segmentation);
    const { split } = await json(folder, "preview", "--split", "--html", "p.html", "--png", "p.png");
    expect((split as Json)["images"]).toMatchObject([
      {
        id: "cube.npy",
        height: 24,
        width: 40,
        rectangles: { test: [{ y0: 0, y1: 24, x0: 22, x1: 40 }] },
        pixels: { train: 380, validation: 60, test: 432, unused: 88 },
        classes: { road: { train: 360, validation: 60 }, [evil]: { train: 16, validation: 0 } },
      },
    ]);
    const page = readFileSync(join(folder, "p.html"), "utf8");
    expect(page).toContain("432 test (45.0 %)");
    expect(page).not.toContain(evil);
    expect(altsOf(page)[0]).toMatch(/^Split of cube\.npy/);
    expect(altsOf(page)).toContain("Classes: road 100 %");
    const png = readFileSync(join(folder, "p.png"));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([40, 24]);
  });

  it("draws pixels that were split one by one", async () => {
    const folder = folderOf({ ...segmentation, split: { name: "random-pixels", train: 0.5, validation: 0.25 } });
    const { split } = await json(folder, "preview", "--split");
    const [image] = (split as { images: { pixels: Record<string, number>; rectangles?: unknown }[] }).images;
    expect(image!.rectangles).toBeUndefined();
    expect(Object.values(image!.pixels).reduce((a, b) => a + b, 0)).toBe(height * width);
    expect((split as Json)["leak"]).toBe(1);
  });

  it("draws samples in their order where there are no images", async () => {
    const folder = tinyFolder();
    const { code, stdout, stderr } = await spectrai(folder, ["preview", "--split"]);
    expect(code, stderr).toBe(0);
    const row = stdout.split("\n")[stdout.split("\n").indexOf("Samples in the order of the data") + 1]!;
    expect(row).toMatch(/^[#+]{18}o{6}$/);
    await json(folder, "preview", "--split", "--html", "p.html");
    expect(readFileSync(join(folder, "p.html"), "utf8")).toContain("24 samples in the order of the data");
    const refused = await spectrai(folder, ["preview", "--split", "--png", "p.png"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/divides no image/);
  });
});
