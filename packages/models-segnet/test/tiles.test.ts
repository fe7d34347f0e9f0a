import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { testTiles } from "@spectrai/testing";
import { segnet } from "../src/index.ts";

const masks: ModelSpec = {
  task: "segmentation",
  data: "cube",
  input: [0, 0, 2],
  output: { kind: "mask", classes: 3 },
};

testTiles(segnet, {
  options: { depth: 2, width: 4 },
  spec: masks,
  image: [111, 85],
  tile: { start: [16, 12], size: [72, 73] },
});
testTiles(segnet, {
  options: { depth: 3, width: 2, norm: "none" },
  spec: masks,
  image: [205, 17],
  tile: { start: [24, 0], size: [170, 17] },
});
