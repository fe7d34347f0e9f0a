import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { npy } from "../../packages/cli/test/support/files.ts";
import { spectrai, workFolder } from "../../packages/cli/test/support/spectrai.ts";
import { download, launch, openPage, patience, type Watched, withoutChromium } from "./support/chromium.ts";
import { type Part, sizesOf, sizeTable } from "./support/sizes.ts";
import { type BuiltSite, buildSite, serve, type Site } from "./support/site.ts";

if (withoutChromium) console.info(`The page that trains is not tested: ${withoutChromium}.`);

const rows = 60;
const points = 24;
const clean = (i: number): number => 50 + 30 * Math.exp(-(((i % points) - 8 - (i / points / rows) * 4) ** 2) / 6);
const files = {
  "noisy.npy": npy([rows, points], (i) => clean(i) + 4 * Math.sin(i * i)),
  "clean.npy": npy([rows, points], clean),
  "fewer.npy": npy([rows - 1, points], clean),
  "text.npy": "these are no numbers",
};

const parts: readonly Part[] = [
  { name: "The page", module: "browser-train/src/main.ts", assets: ".css", always: true, most: 29 },
  { name: "Its worker", module: "browser-train/src/worker.ts", always: true, most: 196 },
  { name: "Simulated spectra", module: "datasets/src/index.ts", most: 26 },
  { name: "WebAssembly", module: "backend-wasm/src/index.ts", assets: ".wasm", most: 285 },
  { name: "WebGPU", module: "backend-webgpu/src/start.ts", most: 165 },
];

let built: BuiltSite;
beforeAll(async () => {
  built = await buildSite("browser-train");
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

describe.skipIf(withoutChromium)("the page that trains", () => {
  let folder: string;
  let browser: Browser;
  let site: Site;
  let watched: Watched;

  beforeAll(async () => {
    folder = workFolder(files);
    browser = await launch();
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
  const words = (id: string): Promise<string | null> => watched.page.locator(`#${id}`).getAttribute("aria-label");
  const press = (name: string): Promise<void> => watched.page.getByRole("button", { name }).click();
  const done = (): Promise<void> => watched.page.locator("#train:enabled").waitFor();
  const fill = (label: string, value: number): Promise<void> => watched.page.getByLabel(label).fill(String(value));

  async function chooseSimulated(backend: string, epochs: number): Promise<void> {
    await fill("Pairs", 60);
    await fill("Points of a spectrum", 32);
    await fill("Epochs", epochs);
    await watched.page.getByLabel("Compute on").selectOption(backend);
  }

  async function chooseFiles(input: string, target: string): Promise<void> {
    const { page } = watched;
    await page.getByLabel("My own files").check();
    expect(await page.getByLabel("Pairs").isVisible()).toBe(false);
    await page.getByLabel("Noisy spectra").setInputFiles(join(folder, input));
    await page.getByLabel("The same with little noise").setInputFiles(join(folder, target));
    await fill("First point", 600);
    await fill("Last point", 830);
    await fill("Epochs", 2);
    await page.getByLabel("Compute on").selectOption("wasm");
  }

  /** The cells of the table, by method and metric. */
  async function scores(): Promise<Record<string, Record<string, number>>> {
    const [header, ...lines] = (await watched.page.locator("#table tr").allInnerTexts()).map((line) =>
      line.split("\t"),
    );
    return Object.fromEntries(
      lines.map(([name, ...cells]) => [
        name!,
        Object.fromEntries(cells.map((cell, i) => [header![i + 1]!, Number(cell)])),
      ]),
    );
  }

  it.each([
    ["wasm", 3],
    ["webgpu", 1],
  ])(
    "trains on %s beside the classical methods a model that the command takes",
    async (backend, epochs) => {
      await chooseSimulated(backend, epochs);
      await press("Train");
      await done();
      expect(await text("error")).toBe("");
      expect(await text("notes")).toContain(`Backend ${backend} (`);
      for (const line of ["Training", "Validation"])
        expect(await words("loss-plot")).toMatch(new RegExp(`${line}: ${epochs} points?, from `));
      expect(await words("example-plot")).toMatch(/Noisy: 32 points, .* Target: .* Network: /);

      const model = join(folder, `${backend}.safetensors`);
      writeFileSync(model, await download(watched.page, "Download model.safetensors"));
      const info = await spectrai(folder, ["info", model]);
      expect(info.code, info.stderr).toBe(0);
      expect(info.stdout).toContain("spectral-denoiser");
      // The command measures the same network and methods anew, on spectra that it simulates itself.
      const evaluated = await spectrai(folder, ["evaluate", model, "--set", "backend=wasm", "--json"]);
      expect(evaluated.code, evaluated.stderr).toBe(0);
      const result = JSON.parse(evaluated.stdout) as {
        metrics: Record<string, number>;
        baselines: Record<string, { metrics: Record<string, number> }>;
      };
      const here = await scores();
      const { "spectral-denoiser": network, ...baselines } = here;
      expect(Object.keys(baselines).sort()).toEqual(Object.keys(result.baselines).sort());
      expect(Object.keys(baselines)).toContain("savitzky-golay");
      // The page shows four digits.
      for (const metric of ["mse", "mae", "psnr", "sam"]) {
        expect(network![metric]! / result.metrics[metric]!).toBeCloseTo(1, 3);
        for (const [name, { metrics }] of Object.entries(result.baselines))
          expect(baselines[name]![metric]! / metrics[metric]!, name).toBeCloseTo(1, 3);
      }
      expect(await text("verdict")).toMatch(/^(The network beats the best baseline|The baseline wins|A draw)/);
    },
    patience,
  );

  it("loads nothing of WebGPU, of files or of HDF5 where it needs none of them", async () => {
    await chooseSimulated("wasm", 1);
    // Without a mouse.
    await watched.page.getByLabel("Pairs").press("Enter");
    await watched.page.locator("#result").waitFor();
    const modules = site.asked.flatMap((name) => built.chunks.get(name)?.modules ?? []);
    expect(modules.some((module) => module.includes("datasets/src/raman-pairs.ts"))).toBe(true);
    expect(modules.filter((module) => /backend-webgpu|io-formats|h5wasm/.test(module))).toEqual([]);
  });

  it("learns from two files, and its model is applied by the command", async () => {
    await chooseFiles("noisy.npy", "clean.npy");
    await press("Train");
    await done();
    expect(await text("error")).toBe("");
    expect(await words("example-plot")).toMatch(/^Value over cm⁻¹\. Noisy: 24 points, from .* Network: /);
    const model = join(folder, "own.safetensors");
    writeFileSync(model, await download(watched.page, "Download model.safetensors"));
    const applied = await spectrai(folder, ["apply", model, "noisy.npy", "-o", "out", "--backend", "wasm", "--json"]);
    expect(applied.code, applied.stderr).toBe(0);
    expect(JSON.parse(applied.stdout)).toMatchObject({ samples: rows });
  });

  it("says in a sentence what is wrong with files, and goes on", async () => {
    await chooseFiles("noisy.npy", "fewer.npy");
    await press("Train");
    await expect.poll(() => text("error")).toMatch(/noisy\.npy.*60.*59.*\.$/);
    await watched.page.getByLabel("Noisy spectra").setInputFiles(join(folder, "text.npy"));
    await press("Train");
    await expect.poll(() => text("error")).toMatch(/^text\.npy .*\.$/);
    await chooseFiles("noisy.npy", "clean.npy");
    await press("Train");
    await done();
    expect(await text("error")).toBe("");
    expect(await watched.page.locator("#result").isVisible()).toBe(true);
  });

  it("stops after an epoch, measures what there is, and can be dropped", async () => {
    await chooseSimulated("wasm", 5000);
    await press("Train");
    await expect.poll(() => text("status"), { timeout: 30_000 }).toMatch(/^Epoch \d+ of 5000 · loss \S+ · .* left$/);
    await press("Stop");
    await done();
    expect(await text("status")).toMatch(/^Trained \d{1,3} epochs in /);
    expect(Object.keys(await scores())).toContain("ridge");
    await press("Train");
    await expect.poll(() => text("status"), { timeout: 30_000 }).toMatch(/^Epoch/);
    await watched.page.evaluate(() => {
      const stop = document.querySelector<HTMLButtonElement>("#stop")!;
      stop.click();
      stop.click();
    });
    expect(await text("status")).toBe("Stopped; nothing was kept.");
    await chooseSimulated("wasm", 1);
    await press("Train");
    await expect.poll(() => text("status"), { timeout: 30_000 }).toMatch(/^Trained 1 epoch in /);
  });
});
