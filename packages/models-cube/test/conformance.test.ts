import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { testModel, testPlugin, testTiles } from "@spectrai/testing";
import plugin, { spectralSpatial, subspaceDenoiser } from "../src/index.ts";

const masks = (input: readonly number[]): ModelSpec => ({
  task: "segmentation",
  data: "cube",
  input,
  output: { kind: "mask", classes: 3 },
});
const cubes = (input: readonly number[]): ModelSpec => ({
  task: "denoising",
  data: "cube",
  input,
  output: { kind: "spectral", shape: input },
});

testPlugin(plugin);

const few = { components: 4, width: 6, blocks: 2, kernel: 3 };
testModel(spectralSpatial, {
  options: few,
  spec: masks([0, 0, 5]),
  sizes: [
    [6, 7, 5],
    [1, 1, 5],
  ],
  batch: 2,
});
testModel(spectralSpatial, { options: { components: 7, width: 4, blocks: 0 }, spec: masks([3, 4, 5]), batch: 2 });

const small = { components: 2, rounds: 2, line: 5, window: 3, width: 6, blocks: 1, kernel: 3 };
testModel(subspaceDenoiser, {
  options: small,
  spec: cubes([0, 0, 6]),
  sizes: [
    [7, 6, 6],
    [1, 2, 6],
  ],
  batch: 2,
});

testTiles(spectralSpatial, {
  options: few,
  spec: masks([0, 0, 5]),
  image: [40, 23],
  tile: { start: [7, 5], size: [25, 18] },
});
testTiles(subspaceDenoiser, {
  options: small,
  spec: cubes([0, 0, 6]),
  image: [40, 23],
  tile: { start: [7, 5], size: [25, 18] },
});
