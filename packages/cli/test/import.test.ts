import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeModelFile, decodeSafetensors, toFloat32 } from "@spectrai/core";
import { expectAllClose, fixturesFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { csv, npy } from "./support/files.ts";
import { root, spectrai, workFolder } from "./support/spectrai.ts";

const made = JSON.parse(readFileSync(join(root, "packages/interop/test/support/torch-files.json"), "utf8")) as Record<
  string,
  string
>;
const pt = (name: string): Uint8Array => new Uint8Array(Buffer.from(made[name]!, "base64"));
const fixtures = fixturesFolder();
const json = (stdout: string): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>;

const original = `
Task_Options: { task: Denoising, classes: 0 }
Network_Hyperparameters: { network: UNet, dimension: 2D, activation: LeakyReLU, normalization: None }
Training_Hyperparameters: { epochs: 2, batch_size: 8, learning_rate: 0.001, spectrum_length: 32, optimizer: Adam, scheduler: OneCycle, criterion: L1 }
Preprocessing: { spectral_crop_start: 0, spectral_crop_end: 32, background_subtraction: None, data_normalization: Max Value }
Data_Augmentation: { spectral_shift: 0.1, spectral_flip: 0, mixup: 0 }
DataManager_Options: { data_format: Spectra, train_input_data: noisy.csv, train_target_data: clean.csv, shuffle: 'True', seed: 3 }
`;

describe("spectrai import of a checkpoint", () => {
  it("makes a model file that apply uses", async () => {
    const folder = workFolder({ "old.pt": pt("small-unet"), "original.yml": original, "new/monday.csv": csv(3, 32) });
    const args = "import old.pt -o model.safetensors -c original.yml --axis 600:910:cm-1 --backend cpu --json";
    const imported = await spectrai(folder, args.split(" "));
    expect(imported.code, imported.stderr).toBe(0);
    expect(json(imported.stdout)).toMatchObject({
      model: "model.safetensors",
      task: "denoising",
      ref: { name: "unet", filters: [4, 8], activation: "leaky-relu", norm: "none" },
      spec: { input: [32] },
    });
    const { card } = decodeModelFile(new Uint8Array(readFileSync(join(folder, "model.safetensors"))), "model");
    expect(card.preprocess.map((p) => p.ref["name"])).toEqual(["max-normalize", "fit-length"]);
    expect([card.inputAxis.unit, card.inputAxis.values.at(-1)]).toEqual(["cm-1", 910]);

    const applied = await spectrai(folder, ["apply", "model.safetensors", "new", "-o", "out", "--backend", "cpu"]);
    expect(applied.code, applied.stderr).toBe(0);
    expect(readdirSync(join(folder, "out"))).toContain("monday.npy");
  });

  it("asks for what the file does not say, and writes nothing", async () => {
    const folder = workFolder({ "old.pt": pt("small-unet") });
    const { code, stderr } = await spectrai(folder, ["import", "old.pt"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^spectrai: old\.pt does not say how many points .*--points 500.*\[SPECTRAI_USAGE\]\n$/);
    expect(readdirSync(folder)).toEqual(["node_modules", "old.pt"]);
  });

  it("replaces a file only where it is told to", async () => {
    const folder = workFolder({ "old.pt": pt("small-unet"), "old.safetensors": "mine" });
    const args = ["import", "old.pt", "--points", "32", "--backend", "cpu"];
    const refused = await spectrai(folder, args);
    expect(refused.stderr).toContain(
      "old.safetensors is already there; --force replaces it. [SPECTRAI_FILE_UNWRITABLE]",
    );
    expect(readFileSync(join(folder, "old.safetensors"), "utf8")).toBe("mine");
    const forced = await spectrai(folder, [...args, "--force"]);
    expect(forced.code, forced.stderr).toBe(0);
    expect(forced.stderr).toContain("Note: Left out 12 tensors of residual convolutions");
  });

  it.each([
    ["--output", "model.bin", "a model file ends in .safetensors"],
    ["--points", "many", "a whole number of 1 or more"],
    ["--axis", "500-1800", "start:stop:unit"],
  ])("refuses %s %s", async (flag, value, why) => {
    const { code, stderr } = await spectrai(workFolder({ "old.pt": pt("small-unet") }), [
      "import",
      "old.pt",
      flag,
      value,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });

  it("refuses a whole network, and runs nothing of a hostile file", async () => {
    const folder = workFolder({ "module.pt": pt("module") });
    const { code, stderr } = await spectrai(folder, ["import", "module.pt"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/asks for torch\.nn\.modules\.\w+\.\w+, a part of a network.*\[SPECTRAI_FILE_REFUSED\]\n$/);
    if (!fixtures) return;
    for (const name of ["hostile_eval", "hostile_os_system"]) {
      const ran = await spectrai(folder, ["import", join(fixtures, "pytorch", `${name}.pt`)]);
      expect(ran.stderr).toContain("[SPECTRAI_FILE_REFUSED]");
    }
    expect(existsSync(join(folder, "SPECTRAI_PICKLE_WAS_EXECUTED"))).toBe(false);
  });

  it.skipIf(!fixtures)("turns the trained network into a model that gives what it gave (1e-4)", async () => {
    const io = decodeSafetensors(
      new Uint8Array(readFileSync(join(fixtures!, "pytorch/segmentation_ResUNet_io.safetensors"))),
    ).tensors;
    const [, bands, height, width] = io["input"]!.shape as [number, number, number, number];
    const input = toFloat32(io["input"]!.data);
    const pixels = height * width;
    // The first sample, bands last, as a cube is stored in files.
    const cube = npy([height, width, bands], (i) => input[(i % bands) * pixels + Math.floor(i / bands)]!);
    const folder = workFolder({ "cube.npy": cube });
    const source = join(fixtures!, "pytorch/2026_segmentation_ResUNet.pt");
    const imported = await spectrai(folder, ["import", source, "-o", "model.safetensors"]);
    expect(imported.code, imported.stderr).toBe(0);
    const applied = await spectrai(folder, ["apply", "model.safetensors", "cube.npy", "--probabilities", "-o", "out"]);
    expect(applied.code, applied.stderr).toBe(0);

    const classes = io["output"]!.shape[1]!;
    const logits = toFloat32(io["output"]!.data);
    const expected = new Float64Array(pixels * classes);
    for (let p = 0; p < pixels; p++) {
      const row = Array.from({ length: classes }, (_, k) => Math.exp(logits[k * pixels + p]!));
      const sum = row.reduce((a, b) => a + b, 0);
      for (let k = 0; k < classes; k++) expected[p * classes + k] = row[k]! / sum;
    }
    const file = readFileSync(join(folder, "out/cube.probability.npy"));
    const got = new Float32Array(new Uint8Array(file.subarray(file.length - 4 * expected.length)).buffer);
    expectAllClose(got, expected, { rtol: 1e-4 });
  });
});

describe("spectrai import of a config", () => {
  it("writes a config that train accepts", async () => {
    const noise = (i: number): number => 2 + Math.sin(i * i);
    const folder = workFolder({ "original.yml": original, "noisy.csv": csv(40, 32, noise), "clean.csv": csv(40, 32) });
    const imported = await spectrai(folder, ["import", "original.yml"]);
    expect(imported.code, imported.stderr).toBe(0);
    expect(imported.stdout).toContain("Wrote spectrai.config.yml, with ");
    const text = readFileSync(join(folder, "spectrai.config.yml"), "utf8");
    expect(text).toContain("# dimension: 2D had no effect: networks for spectra are 1-D.");
    const settings = ["model.filters=[4, 8]", "backend=cpu", "baselines=[raw]"].flatMap((set) => ["--set", set]);
    const trained = await spectrai(folder, ["train", "--no-report", "--json", ...settings]);
    expect(trained.code, trained.stderr).toBe(0);
  });

  it("refuses what it does not understand, by key and value", async () => {
    const folder = workFolder({ "original.yml": original.replace("OneCycle", "OneCircle") });
    const { code, stderr } = await spectrai(folder, ["import", "original.yml"]);
    expect(code).toBe(1);
    expect(stderr).toContain('Training_Hyperparameters.scheduler is "OneCircle", and must be one of Constant, Step,');
    expect(readdirSync(folder)).toEqual(["node_modules", "original.yml"]);
  });
});
