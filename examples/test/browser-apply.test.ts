import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NdArray } from "@spectrai/core";
import { pngReader } from "@spectrai/io-formats";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { csv, mat5, npy } from "../../packages/cli/test/support/files.ts";
import { spectrai, workFolder } from "../../packages/cli/test/support/spectrai.ts";
import { mat73Bytes } from "../../packages/io-formats/test/samples.ts";
import { download, launch, openPage, patience, type Watched, withoutChromium } from "./support/chromium.ts";
import { classes, configs, type ModelName, trainByCommand } from "./support/models.ts";
import { type Part, sizesOf, sizeTable } from "./support/sizes.ts";
import { type BuiltSite, buildSite, serve, type Site } from "./support/site.ts";

if (withoutChromium) console.info(`The page that applies models is not tested: ${withoutChromium}.`);

const rows = 70;
const points = 32;
/** Counts like those of the training data, every row another. */
const value = (i: number): number => 60 + 40 * Math.sin(i / 5) + 7 * Math.cos(i * i);

const matFile = mat5("counts", [rows, points], value);
const data = {
  "counts.npy": npy([rows, points], value),
  "counts.mat": matFile,
  "other-axis.csv": csv(5, 40, value, (i) => 480 + 34 * i),
  "classes.csv": classes,
  "scene.npy": npy([12, 16, 8], (i) => 0.3 + 0.2 * Math.sin(i)),
  ...Object.fromEntries(Object.entries(configs).map(([name, config]) => [`${name}.json`, JSON.stringify(config)])),
  // What goes wrong.
  "cut.mat": matFile.slice(0, 5000),
  "text.npy": "these are no numbers",
  "hole.npy": npy([3, points], (i) => (i === 40 ? NaN : 1)),
  "short.npy": npy([3, 20], value),
};

/** Numbers of a result: behind the header of a .npy file, or in the cells of a table. */
function numbersOf(name: string, bytes: Uint8Array): Float64Array {
  if (name.endsWith(".npy")) {
    const start = 10 + bytes[8]! + 256 * bytes[9]!;
    return Float64Array.from(new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer));
  }
  const cells = Buffer.from(bytes).toString().trim().split(/[\n,]/);
  return Float64Array.from(
    cells.filter((cell) => cell !== "" && Number.isFinite(Number(cell))),
    Number,
  );
}

async function pixelsOf(bytes: Uint8Array): Promise<NdArray> {
  const source = {
    name: "map.png",
    size: bytes.length,
    read: async (at: number, n: number) => bytes.slice(at, at + n),
  };
  const file = await (await pngReader.create({}, {})).open(source);
  return file.read(file.variables[0]!.name);
}

/** The largest difference, relative to the largest value. */
function difference(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  expect(a.length).toBeGreaterThan(0);
  let [most, top] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    top = Math.max(top, Math.abs(b[i]!));
  }
  expect(top).toBeGreaterThan(0);
  return most / top;
}

interface Choice {
  readonly model?: ModelName;
  readonly inputs: readonly string[];
  readonly format?: string;
  readonly backend?: string;
}

const parts: readonly Part[] = [
  { name: "The page", module: "browser-apply/src/main.ts", assets: ".css", always: true, most: 29 },
  { name: "Its worker", module: "browser-apply/src/worker.ts", always: true, most: 125 },
  { name: "A model", module: "models-denoiser/src/index.ts", always: true, most: 26 },
  { name: "Preprocessing", module: "preprocess/src/index.ts", always: true, most: 22 },
  { name: "WebAssembly", module: "backend-wasm/src/index.ts", assets: ".wasm", most: 285 },
  { name: "WebGPU", module: "backend-webgpu/src/start.ts", most: 165 },
  { name: ".npy: reading", module: "io-formats/src/npy/open.ts", most: 5 },
  { name: ".npy: writing", module: "io-formats/src/npy/write.ts", most: 3 },
  { name: ".csv: reading", module: "io-formats/src/csv/open.ts", most: 6 },
  { name: ".csv: writing", module: "io-formats/src/csv/write.ts", most: 2 },
  { name: ".mat: reading", module: "io-formats/src/mat/open.ts", most: 6 },
  { name: ".mat of version 7.3, HDF5", module: "h5wasm/dist/esm/hdf5_hl.js", most: 1130 },
];

let built: BuiltSite;
beforeAll(async () => {
  built = await buildSite("browser-apply");
}, 60_000);
afterAll(() => rmSync(built.folder, { recursive: true, force: true }));

describe("the bundle", () => {
  it("is built without a complaint", () => expect(built.warnings).toEqual([]));

  it("is no larger than stated", () => {
    const sizes = sizesOf(built, parts);
    if (process.env["SIZES"]) console.info(sizeTable(sizes));
    for (const [i, { name, compressed }] of sizes.entries())
      expect(compressed / 1000, name).toBeLessThan(parts[i]!.most);
  });
});

describe.skipIf(withoutChromium)("the page that applies a model", () => {
  let folder: string;
  let browser: Browser;
  let site: Site;
  let watched: Watched;
  const models = {} as Record<ModelName, string>;

  beforeAll(async () => {
    folder = workFolder(data);
    const training = (async () => {
      for (const name of Object.keys(configs) as ModelName[]) models[name] = await trainByCommand(folder, name);
    })();
    [browser] = await Promise.all([launch(), training]);
    site = await serve(built.folder);
  }, 120_000);

  beforeEach(async () => {
    site.asked.length = 0;
    watched = await openPage(browser, site.url);
  });

  afterEach(async () => {
    expect(watched.errors).toEqual([]);
    await watched.page.close();
  });

  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  const text = (id: string): Promise<string> => watched.page.locator(`#${id}`).innerText();
  const press = (name: string): Promise<void> => watched.page.getByRole("button", { name }).click();
  /** The modules in the scripts that the page asked for. */
  const loaded = (): string[] => site.asked.flatMap((name) => built.chunks.get(name)?.modules ?? []);
  const done = (): Promise<void> => watched.page.locator("#apply:enabled").waitFor();

  /** Chooses files and settings as a user does. */
  async function choose({ model = "denoiser", inputs, format, backend = "wasm" }: Choice): Promise<void> {
    const { page } = watched;
    await page.getByLabel("Model file").setInputFiles(models[model]);
    await page.locator("#format option").first().waitFor({ state: "attached" });
    await page.getByLabel("Data files").setInputFiles(inputs.map((name) => join(folder, name)));
    if (format !== undefined) await page.getByLabel("Format").selectOption(`.${format}`);
    await page.getByLabel("Compute on").selectOption(backend);
  }

  async function apply(choice: Choice): Promise<void> {
    await choose(choice);
    await press("Apply");
    await done();
  }

  const nameOf = (input: string, format: string): string => `${input.replace(/\..*/, "")}.${format}`;
  const byCommand = (
    model: ModelName,
    input: string,
    format: string,
    output: string,
    more: readonly string[] = [],
  ): ReturnType<typeof spectrai> => {
    const to = ["-o", output, "--format", format, "--backend", "cpu", "--json"];
    return spectrai(folder, ["apply", models[model], input, ...to, ...more]);
  };

  /** The result that the page offers, and the one that the command writes, computed by plain JavaScript. */
  async function both(
    model: ModelName,
    input: string,
    format: string,
    name: string,
    more: readonly string[] = [],
  ): Promise<[Uint8Array, Uint8Array]> {
    const here = await download(watched.page, `Download ${name}`);
    const ran = await byCommand(model, input, format, "out", more);
    expect(ran.code, ran.stderr).toBe(0);
    return [here, readFileSync(join(folder, "out", name))];
  }

  it.each([
    ["denoiser", "counts.npy", "npy", "wasm"],
    ["denoiser", "counts.mat", "csv", "wasm"],
    ["denoiser", "other-axis.csv", "csv", "webgpu"],
    ["image-denoiser", "scene.npy", "npy", "wasm"],
    ["image-denoiser", "scene.npy", "npy", "webgpu"],
  ] as const)(
    "with the %s makes of %s the .%s that the command makes, on %s",
    async (model, input, format, backend) => {
      await apply({ model, inputs: [input], format, backend });
      expect(await text("error")).toBe("");
      expect(await text("chosen")).toContain(`Computing on ${backend} (`);
      const name = nameOf(input, format);
      const [here, there] = await both(model, input, format, name);
      // Both compute in single precision, in other orders.
      expect(difference(numbersOf(name, here), numbersOf(name, there))).toBeLessThan(1e-4);
    },
    patience,
  );

  it("says how spectra were brought to the model's axis", async () => {
    await apply({ inputs: ["other-axis.csv", "counts.npy"] });
    expect(await text("notes")).toMatch(/^other-axis\.csv: resampled .*\.$/);
    expect(await watched.page.getByRole("link").allInnerTexts()).toEqual([
      "Download other-axis.npy",
      "Download other-axis.axis.npy",
      "Download counts.npy",
      "Download counts.axis.npy",
    ]);
  });

  it("gives classes as a table, as the command does", async () => {
    await apply({ model: "classifier", inputs: ["classes.csv"] });
    const [here, there] = (await both("classifier", "classes.csv", "csv", "predictions.csv")).map((b) =>
      Buffer.from(b),
    );
    const rowsOf = (bytes: Buffer): string[][] =>
      bytes
        .toString()
        .trimEnd()
        .split("\n")
        .map((line) => line.split(","));
    expect(rowsOf(here!).map((cells) => cells.slice(0, 3))).toEqual(rowsOf(there!).map((cells) => cells.slice(0, 3)));
    expect(difference(numbersOf("csv", here!), numbersOf("csv", there!))).toBeLessThan(1e-4);
    expect(await watched.page.locator("#table tr").count()).toBe(25);
    expect(await watched.page.locator("#table tr").nth(1).innerText()).toMatch(/^classes.csv\t0\t(early|late)\t0\.\d+/);
    expect(await watched.page.locator("#plot").getAttribute("aria-label")).toMatch(
      /^Value over Axis\. Input: 24 points/,
    );
  });

  it("shows a map of classes as a picture", async () => {
    await apply({ model: "segmenter", inputs: ["scene.npy"] });
    const [here, there] = await both("segmenter", "scene.npy", "png", "scene.png");
    expect(await pixelsOf(here)).toEqual(await pixelsOf(there));
    const picture = watched.page.getByAltText("What is in scene.png");
    expect(await picture.evaluate((img: HTMLImageElement) => [img.naturalWidth, img.naturalHeight])).toEqual([16, 12]);
  });

  it("plots input and output, and other spectra at a key's press", async () => {
    await apply({ inputs: ["counts.npy"] });
    const { page } = watched;
    const plot = page.locator("#plot");
    await expect.poll(() => plot.getAttribute("aria-label")).toMatch(/Input: 32 points, .* Output: 32 points, /);
    expect(await plot.locator("canvas").evaluate((canvas: HTMLCanvasElement) => canvas.width)).toBeGreaterThan(200);
    const first = await plot.getAttribute("aria-label");
    expect(await page.getByLabel("Column").isVisible()).toBe(false);
    await page.getByLabel("Spectrum (of 70").focus();
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => plot.getAttribute("aria-label")).not.toBe(first);
    // A value of the second row, which no other has.
    const second = Array.from({ length: points }, (_, i) => value(points + i));
    const top = Number(Math.max(...second).toPrecision(4));
    expect(await plot.getAttribute("aria-label")).toContain(`to ${top} at`);
  });

  it("plots a pixel of an image, before and after", async () => {
    await apply({ model: "image-denoiser", inputs: ["scene.npy"] });
    const { page } = watched;
    await page.getByLabel("Row").fill("11");
    await page.getByLabel("Column").fill("15");
    await page.getByLabel("Column").press("Enter");
    const pixel = Array.from({ length: 8 }, (_, k) => 0.3 + 0.2 * Math.sin((11 * 16 + 15) * 8 + k));
    const top = Number(Math.max(...pixel).toPrecision(4));
    const words = (): Promise<string | null> => page.locator("#plot").getAttribute("aria-label");
    await expect.poll(words).toMatch(new RegExp(`Input: 8 points, .* to ${top} at .* Output: 8 points, `));
  });

  it("chooses by itself, says why, and loads only what it uses", async () => {
    await apply({ inputs: ["counts.npy"], backend: "auto" });
    expect(await text("chosen")).toMatch(
      /^Computing on wasm \(WebAssembly, 128-bit SIMD, 1 thread\): .*webgpu: only a software adapter/,
    );
    const modules = loaded();
    const has = (part: string): boolean => modules.some((module) => module.includes(part));
    for (const used of [
      "models-denoiser/",
      "preprocess/",
      "io-formats/src/npy/",
      "tfjs-backend-wasm/dist/",
      "core/src/run/apply.ts",
    ])
      expect(has(used), used).toBe(true);
    for (const unused of ["models-unet/", "io-formats/src/mat/open.ts", "io-formats/src/tiff/open.ts", "h5wasm/"])
      expect(has(unused), unused).toBe(false);
  });

  it("loads nothing of WebGPU where it computes on WebAssembly", async () => {
    await apply({ inputs: ["counts.npy"] });
    expect(loaded().filter((module) => /backend-webgpu/.test(module))).toEqual([]);
    expect(site.asked.filter((name) => name.endsWith(".wasm"))).toHaveLength(1);
  });

  it.each(["cut.mat", "text.npy", "hole.npy", "short.npy"])("says of %s what the command says", async (input) => {
    const [, ran] = await Promise.all([apply({ inputs: [input] }), byCommand("denoiser", input, "npy", "wrong")]);
    const { error } = JSON.parse(ran.stdout) as { error: { message: string } };
    // The command knows the model by its path.
    const sentence = error.message.replaceAll(models.denoiser, "model.safetensors");
    expect(await text("error")).toBe(sentence);
    expect(await watched.page.locator("#result").isVisible()).toBe(false);
  });

  it("reads a MATLAB 7.3 file by a library that it loads for it, and takes the axis from the user", async () => {
    writeFileSync(join(folder, "new.mat"), await mat73Bytes());
    const { page } = watched;
    await choose({ model: "image-denoiser", inputs: ["new.mat"], format: "npy" });
    await page.getByLabel("Variable").fill("cube");
    await page.getByLabel("First point").fill("400");
    await page.getByLabel("Last point").fill("2500");
    await page.getByLabel("Unit").selectOption("nm");
    await press("Apply");
    await done();
    expect(await text("error")).toBe("");
    expect(await text("notes")).toMatch(/^new\.mat: resampled from 6 /);
    expect(loaded().some((module) => module.includes("h5wasm/"))).toBe(true);
    const more = ["--variable", "cube", "--axis", "400:2500:nm"];
    const [here, there] = await both("image-denoiser", "new.mat", "npy", "new.npy", more);
    expect(difference(numbersOf("new.npy", here), numbersOf("new.npy", there))).toBeLessThan(1e-4);
  });

  it("goes on after a failure", async () => {
    await apply({ inputs: ["hole.npy"] });
    expect(await text("error")).not.toBe("");
    await apply({ inputs: ["counts.npy"] });
    expect(await text("error")).toBe("");
    expect(await text("status")).toMatch(/^Applied to 70 samples in /);
  });

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, -100), /^cut short\.safetensors .*\.$/],
    ["something else", () => "not a model", /^something else\.safetensors .*\.$/],
    [
      "of a plugin that is not here",
      (bytes: Buffer) => bytes.toString("latin1").replaceAll("@spectrai/models-denoiser", "@somebody/models-denoiser"),
      /^The model needs the plugin @somebody\/models-denoiser, which this page does not hold; .*\.$/,
    ],
  ])("says what is wrong with a model file that is %s", async (what, change, sentence) => {
    const path = join(folder, `${what}.safetensors`);
    writeFileSync(path, change(readFileSync(models.denoiser)), "latin1");
    await watched.page.getByLabel("Model file").setInputFiles(path);
    await expect.poll(() => text("error"), { timeout: 20_000 }).toMatch(sentence);
    expect(await watched.page.locator("#apply").isEnabled()).toBe(false);
  });

  it("tells how long it takes, can be cancelled, and goes on", async () => {
    writeFileSync(join(folder, "many.npy"), npy([40_000, points], value));
    await choose({ inputs: ["many.npy"] });
    await press("Apply");
    await expect.poll(() => text("status"), { timeout: 20_000, interval: 20 }).toMatch(/^many\.npy · [\d.]+ s left$/);
    await press("Cancel");
    expect(await text("status")).toBe("Cancelled; nothing was kept.");
    expect(await watched.page.locator("#result").isVisible()).toBe(false);
    await done();
    await apply({ inputs: ["counts.npy"] });
    expect(await text("status")).toMatch(/^Applied to 70 samples in /);
  });
});
