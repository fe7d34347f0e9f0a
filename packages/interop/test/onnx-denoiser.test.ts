import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { spectralDenoiser } from "@spectrai/models-denoiser";
import { expect, it } from "vitest";
import { checkExport } from "./support/onnx.ts";

for (const [options, points, outPoints] of [
  [{}, 60, 60],
  [{ gain: "on", members: 2, rank: 5, hidden: 7, channels: 3, kernel: 5, dilations: [1, 3] }, 41, 41],
  [{ gain: "on", members: 3, rank: 4, hidden: 6, components: 0 }, 41, 30],
] as const)
  it(`spectral-denoiser with ${JSON.stringify(options)}, ${points} to ${outPoints} points`, async () => {
    const spec: ModelSpec = {
      task: "calibration",
      data: "spectrum",
      input: [points],
      output: { kind: "spectral", shape: [outPoints] },
    };
    const written = await checkExport(spectralDenoiser, options, spec, [
      [1, points],
      [3, points],
    ]);
    expect(written.input.shape).toEqual(["batch", points]);
    expect(written.output.shape).toEqual(["batch", outPoints]);
    // A dilated convolution is one node, not points dealt into a batch.
    expect(written.operations).not.toHaveProperty("Reshape");
    expect(written.fixed).toEqual([{ axis: "points", points, reason: "the network takes no other size" }]);
  });
