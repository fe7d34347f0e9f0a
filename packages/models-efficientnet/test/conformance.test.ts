import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { testModel, testPlugin } from "@spectrai/testing";
import plugin, { efficientnet } from "../src/index.ts";

const cube = (input: readonly number[], output: ModelSpec["output"]): ModelSpec => ({
  task: output.kind === "class" ? "classification" : "regression",
  data: "cube",
  input,
  output,
});
// Filters are at least 8 and multiples of it, blocks at least one a stage: this is the smallest there is.
const tiny = { widthFactor: 0.1, depthFactor: 0.1 };

testPlugin(plugin);

testModel(efficientnet, {
  options: tiny,
  spec: cube([0, 0, 5], { kind: "class", classes: 3 }),
  sizes: [
    [16, 16, 5],
    [9, 7, 5],
    [1, 3, 5],
    [33, 20, 5],
  ],
});
testModel(efficientnet, {
  options: { ...tiny, stemStride: 1, dropConnect: 0, dropout: 0, normMomentum: 0.01 },
  spec: cube([8, 8, 2], { kind: "numbers", count: 2 }),
});
testModel(efficientnet, {
  options: { preset: "small" },
  spec: cube([16, 12, 4], { kind: "class", classes: 2 }),
  batch: 2,
});
