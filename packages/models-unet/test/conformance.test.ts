import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { testModel, testPlugin } from "@spectrai/testing";
import plugin, { deeperResunet, resunet, unet } from "../src/index.ts";

const spectrum = (
  task: string,
  points: number,
  output: ModelSpec["output"] = { kind: "spectral", shape: [points] },
): ModelSpec => ({
  task,
  data: "spectrum",
  input: [points],
  output,
});
const cube = (task: string, input: readonly number[], output: ModelSpec["output"], scale?: number): ModelSpec => ({
  task,
  data: "cube",
  input,
  output,
  ...(scale === undefined ? {} : { scale }),
});

testPlugin(plugin);

// Any length, not only multiples of 8.
testModel(unet, { options: { width: 4 }, spec: spectrum("denoising", 40), sizes: [[37], [8], [63]] });
testModel(unet, {
  options: { width: 4, pooling: "single", norm: "none" },
  spec: spectrum("classification", 24, { kind: "class", classes: 3 }),
  sizes: [[31]],
});
testModel(unet, {
  options: { width: 3, depth: 2, activation: "gelu" },
  spec: spectrum("regression", 20, { kind: "numbers", count: 2 }),
});
testModel(resunet, {
  options: { width: 4, activation: "prelu", outputActivation: "none" },
  spec: spectrum("calibration", 33),
  sizes: [[16]],
});
testModel(resunet, {
  options: {
    filters: [6, 9, 5],
    activation: "leaky-relu",
    norm: "group",
    groups: 3,
    dropout: 0.2,
    upsampling: "linear",
  },
  spec: spectrum("denoising", 30),
  sizes: [[29], [4]],
});
testModel(resunet, {
  options: { width: 4, depth: 1, activation: "silu", norm: "layer" },
  spec: spectrum("denoising", 9),
});

testModel(unet, {
  options: { depth: 2 },
  spec: cube("segmentation", [0, 0, 5], { kind: "mask", classes: 3 }),
  sizes: [
    [8, 9, 5],
    [5, 7, 5],
  ],
  batch: 2,
});
testModel(unet, {
  options: { width: 4, depth: 2 },
  spec: cube("classification", [9, 8, 2], { kind: "class", classes: 3 }),
  batch: 2,
});
testModel(resunet, {
  spec: cube("denoising", [8, 11, 4], { kind: "spectral", shape: [8, 11, 4] }),
  sizes: [[9, 8, 4]],
  batch: 2,
});
testModel(resunet, {
  options: { width: 6, depth: 2, norm: "instance" },
  spec: cube("denoising", [8, 8, 4], { kind: "spectral", shape: [8, 8, 4] }),
  batch: 2,
});
// An image to one of other bands, without a bound on its values.
testModel(resunet, {
  options: { depth: 1, width: 8, outputActivation: "none" },
  spec: cube("calibration", [4, 6, 4], { kind: "spectral", shape: [4, 6, 7] }),
  batch: 2,
});
testModel(resunet, {
  options: { depth: 2 },
  spec: cube("super-resolution", [3, 4, 4], { kind: "spectral", shape: [12, 16, 4] }, 4),
  sizes: [[2, 5, 4]],
  batch: 2,
});
testModel(unet, {
  options: { depth: 1, width: 4 },
  spec: cube("super-resolution", [0, 0, 5], { kind: "spectral", shape: [0, 0, 5] }, 3),
  sizes: [[2, 3, 5]],
  batch: 2,
});

const volume = { dimension: 3, width: 4, depth: 1 };
testModel(unet, {
  options: volume,
  spec: cube("segmentation", [0, 0, 5], { kind: "mask", classes: 3 }),
  sizes: [
    [4, 3, 5],
    [2, 5, 5],
  ],
  batch: 1,
});
testModel(resunet, {
  options: volume,
  spec: cube("denoising", [4, 3, 6], { kind: "spectral", shape: [4, 3, 6] }),
  sizes: [[3, 2, 6]],
  batch: 1,
});
testModel(unet, {
  options: { ...volume, norm: "none" },
  spec: cube("classification", [4, 4, 4], { kind: "class", classes: 2 }),
  batch: 2,
});

testModel(deeperResunet, { options: { width: 3 }, spec: spectrum("denoising", 21) });
testModel(deeperResunet, {
  options: { width: 2, convolutions: 1, denseLayers: 1, batchNorm: true },
  spec: spectrum("denoising", 16),
});
