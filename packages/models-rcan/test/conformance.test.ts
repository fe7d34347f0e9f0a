import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { testModel, testPlugin } from "@spectrai/testing";
import plugin, { rcan } from "../src/index.ts";

const finer = (scale: number, input: readonly number[]): ModelSpec => ({
  task: "super-resolution",
  data: "cube",
  input,
  output: { kind: "spectral", shape: input.map((n, i) => (i === 2 ? n : n * scale)) },
  scale,
});
const short = { width: 8, groups: 2, blocks: 2, reduction: 2 };

testPlugin(plugin);

testModel(rcan, {
  options: short,
  spec: finer(2, [0, 0, 5]),
  sizes: [
    [4, 5, 5],
    [1, 1, 5],
    [7, 2, 5],
  ],
  batch: 2,
});
testModel(rcan, { options: { ...short, inputSkip: false }, spec: finer(3, [4, 3, 3]), batch: 2 });
testModel(rcan, { options: { ...short, upsamplerNorm: "batch" }, spec: finer(4, [2, 3, 2]), batch: 2 });
testModel(rcan, { options: { ...short, groups: 1 }, spec: finer(8, [2, 1, 4]), batch: 1 });

const early = { ...short, upsampling: "first" };
testModel(rcan, {
  options: { ...early, upsamplerNorm: "batch" },
  spec: finer(2, [0, 0, 4]),
  sizes: [
    [3, 4, 4],
    [1, 2, 4],
  ],
  batch: 2,
});
testModel(rcan, { options: { ...early, inputSkip: false }, spec: finer(3, [3, 2, 4]), batch: 2 });
testModel(rcan, {
  options: { preset: "full", groups: 1, blocks: 1, reduction: 2 },
  spec: finer(4, [2, 2, 9]),
  batch: 2,
});
