import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { rng } from "@spectrai/core";
import { testTiles } from "@spectrai/testing";
import { describe, expect, test } from "vitest";
import { resunet, unet, unetSchema } from "../src/index.ts";

const masks: ModelSpec = {
  task: "segmentation",
  data: "cube",
  input: [0, 0, 3],
  output: { kind: "mask", classes: 2 },
};
const cubes: ModelSpec = { ...masks, task: "denoising", output: { kind: "spectral", shape: [0, 0, 3] } };
const finer: ModelSpec = { ...cubes, task: "super-resolution", scale: 2 };

// In the middle of the image, and at its end, where its size is no multiple of the poolings.
testTiles(unet, {
  options: { depth: 2, width: 4 },
  spec: masks,
  image: [131, 91],
  tile: { start: [16, 0], size: [100, 91] },
});
testTiles(unet, {
  options: { depth: 2, width: 4 },
  spec: masks,
  image: [131, 91],
  tile: { start: [28, 20], size: [103, 71] },
});
testTiles(unet, {
  options: { depth: 2, width: 4, upsampling: "nearest" },
  spec: masks,
  image: [131, 20],
  tile: { start: [12, 0], size: [100, 20] },
});
testTiles(resunet, {
  options: { depth: 1, width: 4, norm: "batch" },
  spec: cubes,
  image: [99, 21],
  tile: { start: [6, 0], size: [70, 21] },
});
testTiles(resunet, {
  options: { depth: 2, width: 4 },
  spec: finer,
  image: [93, 12],
  tile: { start: [10, 0], size: [80, 12] },
});
testTiles(unet, {
  options: { depth: 1, width: 2, dimension: 3 },
  spec: masks,
  image: [61, 8],
  tile: { start: [8, 0], size: [48, 8] },
});

describe("aligned corners", () => {
  test("state no receptive field: what is interpolated between depends on the image's size", async () => {
    const model = (await unet.create(unetSchema.parse({ upsampling: "aligned", width: 4 }), {})).build(
      masks,
      rng("aligned"),
    );
    expect(model.receptiveField).toBeUndefined();
    model.dispose();
  });
});
