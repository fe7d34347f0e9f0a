import { type JsonObject, openWorkbench, parseSetting, readConfig, trainRun, type TrainedRun } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { memoryFiles, peaksConfig, peaksPlugin } from "../../core/test/support/peaks-plugin.ts";
import { memoryStore, silent, toyConfig, toyPlugin } from "../../core/test/support/toy-plugin.ts";
import spectral from "../src/index.ts";

async function run(config: object, set: readonly string[] = []): Promise<TrainedRun> {
  const bench = await openWorkbench({
    plugins: [config === lines ? toyPlugin : peaksPlugin, spectral],
    files: memoryFiles(new Map()),
    logger: silent,
    seed: 1,
  });
  const given = readConfig(config as JsonObject, set.map(parseSetting));
  const trained = await trainRun(bench, { given, store: memoryStore(), runId: "r", resume: false });
  trained.model.dispose();
  await bench.services.dispose();
  return trained;
}

const { train: _train, ...peaks } = peaksConfig;
/** Bands whose places tell the class, in noise as high as they are; chance is a third. */
const classification = {
  ...peaks,
  plugins: ["peaks", "@spectrai/models-spectral"],
  preprocess: [],
  data: { name: "peaks", samples: 120, points: 60, noise: 0.7 },
  model: { name: "rocket-stack", features: 400 },
};
const { train: __, ...toy } = toyConfig;
/** y = 2 x + 1. */
const lines = {
  ...toy,
  task: "calibration",
  plugins: ["toy", "@spectrai/models-spectral"],
  model: "linear-standardiser",
};

describe("a run", () => {
  it("classifies by the closed form alone, without an epoch", async () => {
    const { result, history, config } = await run(classification);
    expect(config.train.epochs).toBe(0);
    expect(history).toEqual([]);
    expect(result.training).toMatchObject({ epochs: 0, steps: 0 });
    expect(result.metrics["accuracy"]).toBeGreaterThan(0.75);
  });

  it("goes on from the closed form by gradients without losing it", async () => {
    const [without, withEpochs] = [await run(classification), await run(classification, ["train.epochs=2"])];
    expect(withEpochs.result.training).toMatchObject({ epochs: 2 });
    expect(withEpochs.history.length).toBe(2);
    expect(withEpochs.result.metrics["accuracy"]!).toBeGreaterThan(without.result.metrics["accuracy"]! - 0.1);
    expect(withEpochs.card).not.toEqual(without.card);
  });

  it("finds the map between two instruments", async () => {
    const { result } = await run(lines);
    expect(result.training).toMatchObject({ epochs: 0 });
    // The noise of the targets is 0.01.
    expect(result.metrics["mse"]).toBeLessThan(2e-4);
  });

  it("refuses to leave a network without a closed form as it starts", async () => {
    const set = ['model={"name":"inception-time","members":1,"depth":1,"filters":2}', "train.epochs=0"];
    await expect(run(classification, [...set, "train.minSteps=null"])).rejects.toThrow(
      /train\.epochs: 0 would leave the model inception-time as it starts, for it has no closed-form solution/,
    );
  });
});
