import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { spectrai, tinyConfig, workFolder } from "./support/spectrai.ts";

type Json = Record<string, unknown>;

const points = 24;
const bump = (at: number, i: number): number => Math.exp(-((i - at) ** 2) / 8);

/** Spectra with a band whose place tells the class, and whose height tells a concentration; two of each sample. */
const sample = (k: number): { meat: string; height: number; spectrum: number[] } => {
  const meat = k % 2 === 0 ? "pork" : "chicken";
  const height = 1 + ((k * 7) % 10) / 10;
  const spectrum = Array.from(
    { length: points },
    (_, i) => height * bump(meat === "pork" ? 7 : 16, i) + bump(20, i) + 0.01 * Math.sin(k * 31 + i * i),
  );
  return { meat, height, spectrum };
};
const heading = Array.from({ length: points }, (_, i) => 600 + 10 * i);
const rows = Array.from({ length: 32 }, (_, i) => ({ ...sample(Math.floor(i / 2)), of: Math.floor(i / 2) }));
const csv = (lines: readonly (readonly (string | number)[])[]): string => lines.map((l) => l.join(",")).join("\n");
const files = {
  "meats.csv": csv([
    ["meat", "sample", "height", ...heading],
    ...rows.map((r) => [r.meat, r.of, r.height, ...r.spectrum]),
  ]),
  "new/a.csv": csv([heading, ...rows.slice(0, 3).map((r) => r.spectrum)]),
  "byfile/pork.csv": csv([heading, ...rows.filter((r) => r.meat === "pork").map((r) => r.spectrum)]),
  "byfile/chicken.csv": csv([heading, ...rows.filter((r) => r.meat === "chicken").map((r) => r.spectrum)]),
};

const config = (task: string, data: Json): Json => ({
  plugins: [...(tinyConfig["plugins"] as string[]), "@spectrai/models-unet"],
  task,
  data: { name: "spectra", axis: { unit: "cm-1" }, ...data },
  model: { name: "unet", width: 2 },
  preprocess: [],
  baselines: task === "classification" ? ["lda"] : ["pls"],
  metrics: task === "classification" ? ["accuracy", "log-loss"] : ["rmse", "r2"],
  train: { epochs: 2, minSteps: null, batchSize: 16 },
  backend: "cpu",
});

const folderOf = (given: Json): string => workFolder({ ...files, "spectrai.config.json": JSON.stringify(given) });

async function json(folder: string, ...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await spectrai(folder, [...args, "--json"]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Json;
}

describe("classes", () => {
  it.each([
    ["a table", { input: "meats.csv", labels: "meat", groupColumn: "sample" }, "group"],
    ["a file each", { input: "byfile", classes: "file" }, "stratified"],
  ])(
    "from %s are learned, and written for new files",
    async (_, data, split) => {
      const folder = folderOf(config("classification", data));
      const result = await json(folder, "train");
      expect(result["split"]).toMatchObject({ name: split });
      expect(result["calibration"]).toMatchObject({ temperature: expect.any(Number) });
      const { report } = result["files"] as { report: string };
      const page = readFileSync(report, "utf8");
      for (const text of ["Class by class", "true class", "ROC curves", "Reliability", "lda: recall"])
        expect(page).toContain(text);
      const applied = await json(folder, "apply", (result["files"] as { folder: string }).folder, "new", "-o", "out");
      expect(applied).toMatchObject({ samples: 3 });
      const table = readFileSync(join(folder, "out", "predictions.csv"), "utf8")
        .trimEnd()
        .split("\n");
      expect(table[0]).toBe("file,row,class,P(chicken),P(pork)");
      expect(table).toHaveLength(4);
      for (const [i, line] of table.slice(1).entries()) {
        const [file, row, named, chicken, pork] = line.split(",");
        expect([file, row]).toEqual(["a.csv", String(i)]);
        expect(named).toBe(Number(chicken) > Number(pork) ? "chicken" : "pork");
        expect(Number(chicken) + Number(pork)).toBeCloseTo(1, 4);
      }
    },
    60_000,
  );
});

describe("numbers", () => {
  it("are learned, reported and written in their units", async () => {
    const folder = folderOf(config("regression", { input: "meats.csv", values: ["height"], valueUnits: ["mm"] }));
    const result = await json(folder, "train");
    const { report } = result["files"] as { report: string };
    expect(readFileSync(report, "utf8")).toContain("Predicted height (mm)");
    await json(folder, "apply", (result["files"] as { folder: string }).folder, "new", "-o", "out");
    const table = readFileSync(join(folder, "out", "predictions.csv"), "utf8").split("\n");
    expect(table[0]).toBe("file,row,height (mm)");
    expect(Number(table[1]!.split(",")[2])).toBeGreaterThan(0.5);
  }, 60_000);
});

describe("evaluate --kfold", () => {
  const data = { input: "meats.csv", labels: "meat", groupColumn: "sample" };

  it("measures network and baselines in every fold, and keeps the folds", async () => {
    const folder = folderOf(config("classification", data));
    const args = ["evaluate", "--kfold", "3", "--repeat", "2", "--output", "folds"];
    const first = await json(folder, ...args);
    expect(first).toMatchObject({
      split: { folds: 3, repeats: 2, by: "group", leak: 0 },
      seeds: [1, 2],
      methods: { lda: { accuracy: { mean: expect.any(Number), sd: expect.any(Number) } } },
      comparison: { metric: "accuracy", baseline: "lda" },
    });
    expect((first["folds"] as Json[]).map((f) => [f["repeat"], f["fold"]])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    expect(existsSync(first["file"] as string)).toBe(true);
    // Kept folds give the same result, and are not trained again.
    const again = await spectrai(folder, [...args]);
    expect(again.stderr).not.toMatch(/Fold 1 of/);
    expect(again.stdout).toMatch(/lda .* of 6/);
    expect(await json(folder, ...args)).toEqual(first);

    const baselines = await json(folder, ...args, "--no-network", "--by", "shuffle");
    expect(baselines).toMatchObject({ model: null, split: { by: "shuffle" }, comparison: null });
    expect(Object.keys(baselines["methods"] as Json)).toEqual(["lda"]);
  }, 90_000);

  it.each([
    [["--kfold", "1"], /--kfold 1: give a whole number from 2 up/],
    [["--kfold", "3", "--repeat", "x"], /--repeat x: give a whole number from 1 up/],
    [["--repeat", "3"], /--repeat belongs to a cross-validation; give --kfold, too/],
    [["--no-network"], /--no-network belongs to a cross-validation/],
    [["--kfold", "3", "--no-network", "--no-baselines"], /leave nothing to measure/],
    [["some.safetensors", "--kfold", "3"], /no model is named; leave out some\.safetensors/],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await spectrai(folderOf(config("classification", data)), ["evaluate", ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
