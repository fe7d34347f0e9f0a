import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { csv, mat5, npy } from "../../packages/cli/test/support/files.ts";
import { spectrai, tinyFolder } from "../../packages/cli/test/support/spectrai.ts";
import { download, launch, openPage, type Watched, withoutChromium } from "./support/chromium.ts";
import { buildSite, serve, type Site } from "./support/site.ts";

if (withoutChromium) console.info(`The page that applies models is not tested: ${withoutChromium}.`);

const rows = 70;
const points = 32;
/** Counts like those of the training data, every row another. */
const value = (i: number): number => 60 + 40 * Math.sin(i / 5) + 7 * Math.cos(i * i);

const data = {
  "counts.npy": npy([rows, points], value),
  "counts.mat": mat5("counts", [rows, points], value),
  "other-axis.csv": csv(5, 40, value, (i) => 480 + 34 * i),
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
  readonly inputs: readonly string[];
  readonly format?: string;
  readonly backend?: string;
}

describe.skipIf(withoutChromium)("the page that applies a model", () => {
  let folder: string;
  let browser: Browser;
  let site: Site;
  let watched: Watched;
  let model: string;

  beforeAll(async () => {
    folder = tinyFolder({}, data);
    const [trained, built, launched] = await Promise.all([
      spectrai(folder, ["train", "--output", "runs", "--no-report", "--json"]),
      buildSite("browser-apply"),
      launch(),
    ]);
    expect(trained.code, trained.stderr).toBe(0);
    model = join(folder, "runs", (JSON.parse(trained.stdout) as { run: string }).run, "model.safetensors");
    expect(built.warnings).toEqual([]);
    browser = launched;
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

  /** Chooses files and settings as a user does, and presses the button. */
  async function apply({ inputs, format, backend = "wasm" }: Choice): Promise<void> {
    const { page } = watched;
    await page.getByLabel("Model file").setInputFiles(model);
    await expect.poll(() => page.locator("#model-facts").textContent()).toContain("spectral-denoiser");
    await page.getByLabel("Data files").setInputFiles(inputs.map((name) => join(folder, name)));
    if (format !== undefined) await page.getByLabel("Format").selectOption(format);
    await page.getByLabel("Compute on").selectOption(backend);
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("button", { name: "Apply" }).and(page.locator(":enabled")).waitFor();
  }

  const text = (id: string): Promise<string> => watched.page.locator(`#${id}`).innerText();

  /** What the command makes of the same files, computed by plain JavaScript. */
  async function byCommand(input: string, format: string): Promise<Uint8Array> {
    const output = `by-command-${input}`;
    const ran = await spectrai(folder, [
      "apply",
      model,
      input,
      "--output",
      output,
      "--format",
      format,
      "--backend",
      "cpu",
    ]);
    expect(ran.code, ran.stderr).toBe(0);
    return readFileSync(join(folder, output, `${input.replace(/\..*/, "")}.${format}`));
  }

  it.each([
    ["counts.npy", "npy", "wasm"],
    ["counts.mat", "csv", "wasm"],
    ["other-axis.csv", "npy", "wasm"],
    ["other-axis.csv", "csv", "webgpu"],
    ["counts.mat", "npy", "webgpu"],
  ])("makes of %s the .%s that the command makes, on %s", async (input, format, backend) => {
    await apply({ inputs: [input], format: `.${format}`, backend });
    expect(await text("error")).toBe("");
    expect(await text("chosen")).toContain(`Computing on ${backend} (`);
    const name = `${input.replace(/\..*/, "")}.${format}`;
    const here = numbersOf(name, await download(watched.page, `Download ${name}`));
    // Both compute in single precision, in other orders.
    expect(difference(here, numbersOf(name, await byCommand(input, format)))).toBeLessThan(1e-4);
  });
});
