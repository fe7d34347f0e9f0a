import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { testModel, testPlugin } from "@spectrai/testing";
import plugin, { segnet } from "../src/index.ts";

const cube = (input: readonly number[], classes = 3): ModelSpec => ({
  task: "segmentation",
  data: "cube",
  input,
  output: { kind: "mask", classes },
});

testPlugin(plugin);

// Any size, not only multiples of 2^depth.
testModel(segnet, {
  options: { depth: 2, width: 4 },
  spec: cube([0, 0, 5]),
  sizes: [
    [8, 9, 5],
    [4, 7, 5],
    [11, 6, 5],
  ],
  batch: 2,
});
testModel(segnet, {
  options: { width: 4, preset: "small", dropout: 0.2, narrowing: "last" },
  spec: cube([32, 35, 3], 2),
  batch: 2,
});
for (const norm of ["none", "instance", "layer", "group"])
  testModel(segnet, {
    options: { filters: [4, 6, 8], norm, dropout: 0 },
    spec: cube([9, 8, 4]),
    batch: 2,
  });
testModel(segnet, {
  options: { dimension: 3, filters: [3, 4] },
  spec: cube([0, 0, 6]),
  sizes: [
    [5, 4, 6],
    [4, 7, 6],
  ],
  batch: 2,
});
