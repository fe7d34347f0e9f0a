import "@tensorflow/tfjs-backend-cpu";
import {
  type JsonObject,
  openWorkbench,
  parseSetting,
  readConfig,
  setPath,
  trainRun,
  type TrainedRun,
} from "@spectrai/core";
import { beforeAll, describe, expect, it } from "vitest";
import { memoryFiles, peaksConfig, peaksPlugin } from "../../core/test/support/peaks-plugin.ts";
import { memoryStore, silent } from "../../core/test/support/toy-plugin.ts";
import unets from "../src/index.ts";

// Classes are told apart by the places of three bands in noise: features learned on eight classes serve four others.
const base = {
  ...peaksConfig,
  preprocess: [],
  plugins: ["peaks", "@spectrai/models-unet"],
  data: { name: "peaks", noise: 0.3, points: 40 },
  split: { name: "random", train: 0.4, validation: 0.1, test: 0.5 },
};
const network = { name: "unet", width: 4, depth: 2, norm: "batch" };

async function run(
  set: readonly string[],
  store = memoryStore(),
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<TrainedRun> {
  const bench = await openWorkbench({
    plugins: [peaksPlugin, unets],
    files: memoryFiles(files),
    logger: silent,
    seed: 1,
  });
  const config = set
    .map(parseSetting)
    .reduce((c, { path, value }) => setPath(c, path, value), base as unknown as JsonObject);
  const given = readConfig(
    files.size > 0 ? Object.fromEntries(Object.entries(config).filter(([k]) => k !== "model")) : config,
  );
  const trained = await trainRun(bench, { given, store, runId: "r", resume: false });
  trained.model.dispose();
  await bench.services.dispose();
  return trained;
}

describe("a UNet that goes on with other classes", () => {
  const first = memoryStore();
  const files = new Map<string, Uint8Array>();
  beforeAll(async () => {
    const classes = JSON.stringify(["a", "b", "c", "d", "e", "f"]);
    const set = [`model=${JSON.stringify(network)}`, `data.classes=${classes}`, "data.samples=300", "train.epochs=20"];
    const { result } = await run(set, first);
    expect(result.metrics["accuracy"], "on the first classes").toBeGreaterThan(0.7);
    files.set("old.safetensors", first.files.get("model.safetensors")!);
  }, 240_000);

  // Measured for seeds 1 to 3: from scratch 0.23 to 0.42 (chance is 0.25), transferred 0.88 to 0.95.
  it.each([1, 2, 3])(
    "learns them in few steps from few samples, which from scratch it does not (seed %i)",
    async (seed) => {
      const set = ['data.classes=["w","x","y","z"]', "data.kind=second", "data.samples=120", "train.epochs=6"];
      const scratch = await run([`model=${JSON.stringify(network)}`, ...set, `seed=${seed}`]);
      const transferred = await run(["start.from=old.safetensors", ...set, `seed=${seed}`], memoryStore(), files);
      expect(transferred.result.start).toMatchObject({ head: "new", frozen: [] });
      expect(transferred.result.training.steps).toBe(scratch.result.training.steps);
      const [before, after] = [scratch, transferred].map((r) => r.result.metrics["accuracy"]!);
      expect(after! - before!).toBeGreaterThan(0.3);
    },
    60_000,
  );
});
