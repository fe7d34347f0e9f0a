import * as tf from "@tensorflow/tfjs-core";
import { type ArtifactStore, type Callback, memoryStore, openWorkbench, readConfig, trainRun } from "@spectrai/core";
import datasets from "@spectrai/datasets";
import lossPlugin from "@spectrai/losses";
import unet from "@spectrai/models-unet";
import { expect, it } from "vitest";
import plugin from "../src/index.ts";
import { describeWebGpu, webgpu } from "./support/webgpu.ts";

const config = {
  plugins: ["given"],
  task: "denoising",
  data: { name: "raman-pairs", samples: 24, points: 64 },
  split: { name: "random", train: 0.5, validation: 0.25, test: 0.25 },
  preprocess: [],
  augment: [],
  model: { name: "unet", width: 4, depth: 2 },
  loss: "l1",
  metrics: ["mse"],
  baselines: [],
  backend: "webgpu",
  train: { epochs: 3, batchSize: 6, learningRate: 0.01, checkpointSeconds: 0 },
};

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const files = { list: async () => [], stat: async () => undefined, open: () => Promise.reject(new Error("no file")) };

async function run(store: ArtifactStore, callback: Callback = {}, resume = false) {
  const bench = await openWorkbench({ plugins: [datasets, lossPlugin, unet, plugin], files, logger: silent, seed: 1 });
  const given = readConfig(config, []);
  try {
    const trained = await trainRun(bench, { given, store, runId: "r", resume, callbacks: [callback] });
    trained.model.dispose();
    return trained.result;
  } finally {
    await bench.services.dispose();
  }
}

describeWebGpu("training on webgpu", () => {
  it("lowers the loss, and leaves no tensor behind from step to step", async () => {
    const counts: number[] = [];
    const losses: number[] = [];
    const result = await run(memoryStore(), {
      stepEnd: ({ loss }) => {
        counts.push(tf.memory().numTensors);
        losses.push(loss);
      },
    });
    expect(new Set(counts.slice(1)).size).toBe(1);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(result.backend).toMatchObject({ name: "webgpu" });
  });

  it("says that the device was lost, keeps what was saved, and resumes to the same result", async () => {
    const whole = await run(memoryStore());
    const store = memoryStore("runs/r");
    const destroy: Callback = {
      stepEnd: ({ epoch, stepOfEpoch }) => {
        if (epoch === 1 && stepOfEpoch === 0) webgpu().device.destroy();
      },
    };
    const failure = await run(store, destroy).catch((e: unknown) => e);
    expect(failure).toMatchObject({
      code: "SPECTRAI_BACKEND_LOST",
      message: expect.stringMatching(
        /^The device of the backend webgpu was lost \(.*destroyed.*\); nothing was left half-written; --resume goes on after epoch 1 at the latest, from the checkpoint in runs\/r\.$/,
      ),
    });
    const resumed = await run(store, {}, true);
    expect(resumed.metrics).toEqual(whole.metrics);
  });

  it("says so as well before the first epoch was done", async () => {
    const failure = await run(memoryStore(), { stepEnd: () => webgpu().device.destroy() }).catch((e: unknown) => e);
    expect(failure).toMatchObject({
      code: "SPECTRAI_BACKEND_LOST",
      message: expect.stringMatching(/; no epoch was finished, so start it again\.$/),
    });
  });
});
