import "@tensorflow/tfjs-backend-cpu";
import { spectralSpatial, subspaceDenoiser } from "@spectrai/models-cube";
import { expect, it } from "vitest";
import { checkExport } from "./support/onnx.ts";

const images = [
  [1, 8, 9, 7],
  [2, 11, 6, 7],
];

it("spectral-spatial on cubes", async () => {
  const written = await checkExport(
    spectralSpatial,
    { components: 4, width: 6, blocks: 1 },
    { task: "segmentation", data: "cube", input: [0, 0, 7], output: { kind: "mask", classes: 3 } },
    images,
  );
  expect(written.input.shape).toEqual(["batch", "height", "width", 7]);
  expect(written.output.shape).toEqual(["batch", "height", "width", 3]);
});

it("subspace-denoiser is refused, whose means at borders are made for a size", async () => {
  const attempt = checkExport(
    subspaceDenoiser,
    { components: 3, rounds: 2, line: 5, window: 3, width: 6, blocks: 1 },
    { task: "denoising", data: "cube", input: [0, 0, 7], output: { kind: "spectral", shape: [0, 0, 7] } },
    images,
  );
  await expect(attempt).rejects.toMatchObject({
    code: "SPECTRAI_EXPORT_UNSUPPORTED",
    message: expect.stringContaining("cannot be written for batches of any size"),
  });
});
