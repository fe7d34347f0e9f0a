import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ErrorCode } from "@spectrai/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectFailure, filesIn } from "./support/failure.ts";
import { csv, mat5, npy, peak } from "./support/files.ts";
import { type Ran, spectrai, tiny, tinyConfig, tinyFolder, workFolder } from "./support/spectrai.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Trains with a config that must fail before anything is written. */
async function refused(
  changes: Readonly<Record<string, unknown>>,
  files: Files,
  expected: ErrorCode,
  args: readonly string[] = [],
): Promise<string> {
  const folder = tinyFolder(changes, files);
  const before = filesIn(folder);
  const sentence = expectFailure(await spectrai(folder, ["train", "--json", ...args]), expected);
  expect(filesIn(folder), "nothing is left behind").toEqual(before);
  return sentence;
}

const spectra = (input: string, more: object = {}): { data: object } => ({ data: { name: "spectra", input, ...more } });
const pairs = (input: string, target = "target.npy"): { data: object } => spectra(input, { target });
const target = { "target.npy": npy([24, 32], peak) };

describe("data", () => {
  it("that are not there", async () => {
    expect(await refused(pairs("missing.mat"), target, "SPECTRAI_FILE_NOT_FOUND")).toContain("missing.mat");
  });

  it("in a folder that is empty", async () => {
    const folder = tinyFolder(spectra("empty", { target: "target.npy" }), target);
    mkdirSync(join(folder, "empty"));
    expect(expectFailure(await spectrai(folder, ["train", "--json"]), "SPECTRAI_DATA_EMPTY")).toContain("empty");
  });

  it("in a .mat file that was cut short", async () => {
    const whole = mat5("spectra", [24, 32], peak);
    for (const length of [0, 60, 150, whole.length - 100]) {
      const files = { ...target, "cut.mat": whole.slice(0, length) };
      expect(await refused(pairs("cut.mat"), files, "SPECTRAI_FILE_DAMAGED"), `${length} bytes`).toContain("cut.mat");
    }
  });

  it("in a .mat file with damaged bytes", async () => {
    const damaged = mat5("spectra", [24, 32], peak);
    damaged.fill(0xff, 128 + 16, 128 + 56);
    expect(
      await refused(pairs("damaged.mat"), { ...target, "damaged.mat": damaged }, "SPECTRAI_FILE_DAMAGED"),
    ).toContain("damaged.mat");
  });

  it("with the wrong extension", async () => {
    const files = { ...target, "photo.mat": Buffer.from("\xff\xd8\xff\xe0 a picture of another kind", "latin1") };
    expect(await refused(pairs("photo.mat"), files, "SPECTRAI_FILE_DAMAGED")).toContain("photo.mat");
  });

  it("of a format nobody reads", async () => {
    const files = { ...target, "spectra.docx": "PK not a spectrum" };
    expect(await refused(pairs("spectra.docx"), files, "SPECTRAI_FILE_UNSUPPORTED")).toContain("spectra.docx");
  });

  it("with three dimensions where spectra are due", async () => {
    const files = { ...target, "cube.npy": npy([4, 6, 32], peak) };
    expect(await refused(pairs("cube.npy"), files, "SPECTRAI_DATA_SHAPE")).toMatch(/cube\.npy.*4.*6.*32/);
  });

  it("whose lengths differ", async () => {
    const files = { ...target, "many/a.csv": csv(2, 32), "many/b.csv": csv(2, 30) };
    expect(await refused(pairs("many", "many"), files, "SPECTRAI_DATA_LENGTH")).toMatch(/32 points.*b\.csv of 30/);
  });

  it("with more inputs than targets", async () => {
    const files = { ...target, "input.npy": npy([30, 32], peak) };
    expect(await refused(pairs("input.npy"), files, "SPECTRAI_DATA_LENGTH")).toMatch(/30.*24|24.*30/);
  });

  it.each([NaN, Infinity, -Infinity])("with a value that is %d", async (bad) => {
    const files = { ...target, "input.npy": npy([24, 32], (i) => (i === 40 ? bad : peak(i))) };
    const sentence = await refused(pairs("input.npy"), files, "SPECTRAI_DATA_VALUE");
    expect(sentence).toContain(`row 1, point 8: the value is ${bad}.`);
  });

  it("with a constant spectrum, which has no maximum to divide by", async () => {
    const files = { ...target, "input.npy": npy([24, 32], (i) => (i < 32 ? 0 : peak(i))) };
    expect(await refused(pairs("input.npy"), files, "SPECTRAI_DATA_VALUE")).toMatch(/max-normalize|maximum/);
  });

  it("with a label out of range", async () => {
    const rows = Array.from({ length: 24 }, (_, i) => `s${i},${["water", "lipid"][i % 2]}`);
    rows[20] = "s20,plastic";
    const files = { "spectra.npy": npy([24, 32], peak), "labels.csv": ["id,kind", ...rows].join("\n") };
    const data = { table: "labels.csv", labels: "kind", classNames: ["water", "lipid"] };
    expect(
      await refused({ task: "classification", ...spectra("spectra.npy", data) }, files, "SPECTRAI_DATA_LABEL"),
    ).toMatch(/plastic.*water.*lipid/s);
  });
});

describe("a name that is not known", () => {
  it.each([
    ["an option", { train: { epochs: 1, batchsize: 8 } }, "SPECTRAI_CONFIG_INVALID", 'Did you mean "batchSize"?'],
    ["an option of the whole", { metric: ["mse"] }, "SPECTRAI_CONFIG_INVALID", 'Did you mean "metrics"?'],
    [
      "an option of a component",
      { data: { name: "raman-pairs", sample: 4 } },
      "SPECTRAI_COMPONENT_OPTIONS",
      'Did you mean "samples"?',
    ],
    ["a model", { model: "spectral-denoisr" }, "SPECTRAI_COMPONENT_UNKNOWN", 'Did you mean "spectral-denoiser"?'],
    ["a task", { task: "denoise" }, "SPECTRAI_COMPONENT_UNKNOWN", 'Did you mean "denoising"?'],
    [
      "a plugin",
      { plugins: [...(tinyConfig["plugins"] as string[]), "@spectrai/loses"] },
      "SPECTRAI_PLUGIN_NOT_FOUND",
      "Did you mean @spectrai/losses?",
    ],
  ] as const)("%s", async (_, changes, code, advice) => {
    expect(await refused(changes, {}, code)).toContain(advice);
  });

  it("on the command line", async () => {
    const folder = tinyFolder();
    const usage = (args: string[]): Promise<Ran> => spectrai(folder, [...args, "--json"]);
    expect(expectFailure(await usage(["trian"]), "SPECTRAI_USAGE", 2)).toContain("train");
    expect(expectFailure(await usage(["train", "--epoch", "3"]), "SPECTRAI_USAGE", 2)).toContain("--epoch");
    expect(expectFailure(await usage(["train", "--set", "train.epoch=3"]), "SPECTRAI_CONFIG_INVALID")).toContain(
      'Did you mean "epochs"?',
    );
  });
});

describe("a plugin", () => {
  const plugin = (body: string): Files => ({
    "plugin.mjs": `import { definePlugin } from "@spectrai/core";\n${body}`,
  });
  const withPlugin = { plugins: [...(tinyConfig["plugins"] as string[]), "./plugin.mjs"] };

  it("for another version of core", async () => {
    const files = plugin(
      `export default definePlugin({ name: "future", version: "9.1.0", core: ">=9", components: [] });`,
    );
    expect(await refused(withPlugin, files, "SPECTRAI_PLUGIN_CORE_RANGE")).toMatch(/future 9\.1\.0.*>=9.*0\.\d+\.\d+/);
  });

  it("that is none", async () => {
    expect(await refused(withPlugin, plugin(`export default 3;`), "SPECTRAI_PLUGIN_INVALID")).toContain("plugin.mjs");
  });

  it("that throws", async () => {
    expect(await refused(withPlugin, plugin(`throw new Error("broken");`), "SPECTRAI_PLUGIN_INVALID")).toContain(
      "broken",
    );
  });
});

describe("a config", () => {
  it("that is not there, or cannot be parsed", async () => {
    const folder = workFolder({ "bad.yml": "plugins: [a\ntask: b", "bad.mjs": "export default {", "list.json": "[1]" });
    const train = async (config: string[], code: ErrorCode): Promise<string> =>
      expectFailure(await spectrai(folder, ["train", "--json", ...config]), code);
    expect(await train(["-c", "missing.yml"], "SPECTRAI_CONFIG_NOT_FOUND")).toContain("missing.yml");
    expect(await train(["-c", "bad.yml"], "SPECTRAI_CONFIG_UNREADABLE")).toMatch(/bad\.yml.*line 2/);
    expect(await train(["-c", "bad.mjs"], "SPECTRAI_CONFIG_UNREADABLE")).toContain("bad.mjs");
    expect(await train(["-c", "list.json"], "SPECTRAI_CONFIG_INVALID")).toContain("list.json");
  });
});

describe("an output folder", () => {
  it("that cannot be made or written", async () => {
    const folder = tinyFolder({}, { file: "in the way" });
    for (const output of ["file", "file/deeper", "/proc/spectrai-runs"])
      expect(
        expectFailure(await spectrai(folder, ["train", "--json", "-o", output]), "SPECTRAI_FILE_UNWRITABLE"),
      ).toContain(output);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("in the way");
  });

  /** A disk of its own, of this size. */
  const smallDisk = (folder: string, kilobytes: number): boolean => {
    mkdirSync(folder);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder], { stdio: "ignore" });
    } catch {
      return false;
    }
    onTestFinished(() => void execFileSync("umount", ["-l", folder]));
    return true;
  };

  it("on a disk that is full", async ({ skip }) => {
    const folder = tinyFolder();
    const disk = join(folder, "disk");
    if (!smallDisk(disk, 16)) skip("mounting a small disk is not allowed here");
    const sentence = expectFailure(await spectrai(folder, ["train", "--json", "-o", "disk"]), "SPECTRAI_DISK_FULL");
    expect(sentence).toContain(disk);
    for (const file of filesIn(disk)) {
      expect(file, "no half-written file").not.toContain(".tmp");
      if (file.endsWith(".json")) JSON.parse(readFileSync(join(disk, file), "utf8"));
      if (file.endsWith(".safetensors")) expect(statSync(join(disk, file)).size).toBeGreaterThan(1000);
    }
  });

  it("of results on a disk that is full", async ({ skip }) => {
    const folder = tinyFolder({ train: { epochs: 1, minSteps: null } }, { "new.npy": npy([900, 32], peak) });
    const disk = join(folder, "disk");
    if (!smallDisk(disk, 64)) skip("mounting a small disk is not allowed here");
    expect((await spectrai(folder, ["train", "-q", "-o", "runs"])).code).toBe(0);
    const [run] = readdirSync(join(folder, "runs"));
    const applied = await spectrai(folder, ["apply", `runs/${run}`, "new.npy", "-o", "disk", "--json"]);
    expectFailure(applied, "SPECTRAI_DISK_FULL");
    expect(filesIn(disk), "no half-written result").toEqual([]);
  });
});

describe("training that diverges", () => {
  it("stops and names the samples, and leaves logs that can be read and no model", async () => {
    const train = { epochs: 4, batchSize: 4, learningRate: 1e30, optimizer: "sgd", schedule: "constant" };
    const folder = tinyFolder({ train, callbacks: ["csv", { name: "jsonl", every: 1 }] });
    const sentence = expectFailure(await spectrai(folder, ["train", "--json"]), "SPECTRAI_TRAIN_DIVERGED");
    expect(sentence).toMatch(/(NaN|Infinity) in epoch 1, step \d+, on the samples pair-\d+, .*learningRate/);
    const left = filesIn(join(folder, "runs")).map((file) => file.split("/").at(-1)!);
    expect(left).toEqual(["config.resolved.json", "metrics.csv", "metrics.jsonl", "plugins.lock.json"]);
    const run = readdirSync(join(folder, "runs"))[0]!;
    const lines = readFileSync(join(folder, "runs", run, "metrics.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ event: "end", reason: "failed" });
  });
});

describe("a model file", () => {
  it("that is cut short, of another program, for another task or other data", async () => {
    const folder = tinyFolder({ train: { epochs: 1, minSteps: null } });
    expect((await spectrai(folder, ["train", "-q", "-o", "runs"])).code).toBe(0);
    const [run] = readdirSync(join(folder, "runs"));
    const model = readFileSync(join(folder, "runs", run!, "model.safetensors"));
    const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
    write("new.npy", npy([3, 32], peak));
    const before = filesIn(folder).length;
    const apply = async (name: string, input: string, code: ErrorCode): Promise<string> =>
      expectFailure(await spectrai(folder, ["apply", name, input, "--json"]), code);

    for (const length of [0, 5, 300, model.length - 8]) {
      write("cut.safetensors", model.subarray(0, length));
      expect(await apply("cut.safetensors", "new.npy", "SPECTRAI_MODEL_DAMAGED"), `${length}`).toContain("cut.safe");
    }
    expectFailure(await spectrai(folder, ["evaluate", "cut.safetensors", "--json"]), "SPECTRAI_MODEL_DAMAGED");
    expectFailure(await spectrai(folder, ["info", "cut.safetensors", "--json"]), "SPECTRAI_MODEL_DAMAGED");
    await apply("new.npy", "new.npy", "SPECTRAI_MODEL_DAMAGED");
    await apply("missing.safetensors", "new.npy", "SPECTRAI_FILE_NOT_FOUND");
    await apply(`runs/${run}`, "missing.npy", "SPECTRAI_FILE_NOT_FOUND");
    write("long.npy", npy([3, 40], peak));
    await apply(`runs/${run}`, "long.npy", "SPECTRAI_MODEL_MISMATCH");

    write("other.json", tiny({ task: "calibration" }));
    const other = await spectrai(folder, ["evaluate", `runs/${run}`, "-c", "other.json", "--json"]);
    expect(expectFailure(other, "SPECTRAI_MODEL_MISMATCH")).toMatch(/denoising.*calibration|calibration.*denoising/);
    expect(filesIn(folder).length, "no results").toBe(before + 3);
  });

  it("that does not belong to the run that is to go on", async () => {
    const folder = tinyFolder({ train: { epochs: 1, minSteps: null } });
    expect((await spectrai(folder, ["train", "-q"])).code).toBe(0);
    const [run] = readdirSync(join(folder, "runs"));
    const other = await spectrai(folder, ["train", "--resume", run!, "--set", "seed=2", "--json"]);
    expectFailure(other, "SPECTRAI_RESUME_MISMATCH");
    writeFileSync(join(folder, "runs", run!, "last.safetensors"), "short");
    expectFailure(await spectrai(folder, ["train", "--resume", run!, "--json"]), "SPECTRAI_MODEL_DAMAGED");
    expectFailure(await spectrai(folder, ["train", "--resume", "nowhere", "--json"]), "SPECTRAI_FILE_NOT_FOUND");
  });
});
