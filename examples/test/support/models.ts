import { join } from "node:path";
import { expect } from "vitest";
import { spectrai, tinyConfig } from "../../../packages/cli/test/support/spectrai.ts";

type Config = Readonly<Record<string, unknown>>;

const plugins = [...(tinyConfig["plugins"] as string[]), "@spectrai/models-unet"];
const train = { epochs: 1, minSteps: null, batchSize: 4 };
const scene = { name: "hyperspectral-scene", height: 24, width: 32, bands: 8, correlation: 4, patch: 8 };
const image = { plugins, split: { name: "strips", train: 0.6, validation: 0.2, guard: 0 }, baselines: [], train };
const unet = { name: "unet", depth: 1, width: 4 };

/** Models that a second of training makes: what they compute is worth nothing, and the same everywhere. */
export const configs = {
  denoiser: tinyConfig,
  classifier: {
    ...tinyConfig,
    plugins,
    task: "classification",
    data: { name: "spectra", input: "classes.csv", labels: "kind" },
    split: { name: "stratified", test: 0.25, validation: 0.25 },
    model: { name: "unet", width: 2 },
    baselines: [],
    train,
  },
  "image-denoiser": {
    ...tinyConfig,
    ...image,
    data: { ...scene, target: "none" },
    degrade: [{ name: "gaussian-noise" }],
    model: unet,
  },
  segmenter: { ...tinyConfig, ...image, task: "segmentation", data: scene, model: unet },
} satisfies Record<string, Config>;
export type ModelName = keyof typeof configs;

/** Spectra of two kinds, with the axis in the heading. */
export const classes = [
  ["kind", ...Array.from({ length: 24 }, (_, i) => 600 + 10 * i)],
  ...Array.from({ length: 24 }, (_, k) => [
    k % 2 === 0 ? "early" : "late",
    ...Array.from(
      { length: 24 },
      (__, i) => Math.exp(-((i - (k % 2 === 0 ? 7 : 16)) ** 2) / 8) + 0.1 * Math.sin(k + i),
    ),
  ]),
]
  .map((line) => line.join(","))
  .join("\n");

/** Trains by the command, and gives the path of the model file. The folder holds a config of the name for it. */
export async function trainByCommand(folder: string, name: ModelName): Promise<string> {
  const runs = `runs-${name}`;
  const ran = await spectrai(folder, ["train", "--config", `${name}.json`, "--output", runs, "--no-report", "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  return join(folder, runs, (JSON.parse(ran.stdout) as { run: string }).run, "model.safetensors");
}
