import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import plugin, { cpuBackend } from "../src/index.ts";

it("probes, starts and computes", async () => {
  const backend = await cpuBackend.create({}, {});
  expect(await backend.probe()).toEqual({ available: true, device: "JavaScript, 1 thread" });
  await backend.init();
  expect(tf.getBackend()).toBe("cpu");
  expect(Array.from(tf.matMul([[1, 2]], [[3], [4]]).dataSync())).toEqual([11]);
  expect(backend.capabilities()).toEqual({ missingKernels: [], bf16: false, threads: 1 });
  expect(plugin.components).toEqual([cpuBackend]);
});
