import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { deeperResunet, resunet, unet } from "@spectrai/models-unet";
import { describe, expect, it } from "vitest";
import { initializersOf } from "./support/onnx-file.ts";
import { checkExport, randomModel } from "./support/onnx.ts";

const spectrum = (task: string, points: number, output?: ModelSpec["output"]): ModelSpec => ({
  task,
  data: "spectrum",
  input: [points],
  output: output ?? { kind: "spectral", shape: [points] },
});
const cube = (task: string, input: readonly number[], output?: ModelSpec["output"], scale = 1): ModelSpec => ({
  task,
  data: "cube",
  input,
  output: output ?? { kind: "spectral", shape: [input[0]! * scale, input[1]! * scale, input[2]!] },
  ...(scale === 1 ? {} : { scale }),
});

// Even, odd and odd further down; as many as the network was built for, fewer and more.
const lengths = [
  [1, 40],
  [3, 37],
  [2, 63],
  [1, 98],
];
const images = [
  [1, 16, 16, 4],
  [3, 17, 23, 4],
  [2, 30, 9, 4],
];

const sorted = (dims: readonly number[]): number[] => dims.toSorted((a, b) => a - b);

describe("networks on spectra in ONNX", () => {
  it("unet denoises spectra of any length, without a transposition", async () => {
    // The least there may be, too: one point at the coarsest level.
    const written = await checkExport(unet, { width: 4 }, spectrum("denoising", 40), [...lengths, [1, 8], [2, 9]]);
    expect(written.fixed).toEqual([]);
    expect(written.input).toMatchObject({ name: "spectra", shape: ["batch", "points"] });
    expect(written.output).toMatchObject({ name: "prediction", shape: ["batch", "points"] });
    expect(written.operations).not.toHaveProperty("Transpose");
    const weights = initializersOf(written.bytes);
    for (const { name, variable } of (await randomModel(unet, { width: 4 }, spectrum("denoising", 40))).parameters)
      expect(sorted(weights[name]!), name).toEqual(sorted(variable.shape));
    // One convolution for each of the network's, and what is left of tfjs's detours through images are the channel's axis.
    expect(written.operations).toMatchObject({
      Conv: 15,
      BatchNormalization: 15,
      MaxPool: 3,
      Resize: 3,
      Squeeze: 1,
      Unsqueeze: 1,
    });
  });

  for (const [component, options, output] of [
    [unet, { width: 4, pooling: "single", norm: "none" }, { kind: "class", classes: 3 }],
    [unet, { width: 3, depth: 2, activation: "gelu" }, { kind: "numbers", count: 2 }],
    [resunet, { width: 4, activation: "prelu", outputActivation: "none" }, undefined],
    [resunet, { width: 4, depth: 1, activation: "silu", norm: "layer" }, undefined],
    [
      resunet,
      { filters: [6, 9, 5], activation: "leaky-relu", norm: "group", groups: 3, dropout: 0.2, upsampling: "linear" },
      undefined,
    ],
    [unet, { width: 4, norm: "instance" }, { kind: "class", classes: 4 }],
  ] as const)
    it(`${component.name} with ${JSON.stringify(options)}`, async () => {
      const written = await checkExport(component, options, spectrum("denoising", 40, output), lengths);
      expect(written.fixed).toEqual([]);
      expect(written.operations).not.toHaveProperty("Transpose");
    });

  it.each([{ width: 4 }, { width: 3, batchNorm: true, denseLayers: 1, convolutions: 1 }])(
    "deeper-resunet with %o is tied to its length",
    async (options) => {
      const written = await checkExport(deeperResunet, options, spectrum("denoising", 37), [
        [1, 37],
        [4, 37],
      ]);
      expect(written.input.shape).toEqual(["batch", 37]);
      expect(written.fixed).toMatchObject([{ axis: "points", points: 37 }]);
      expect(written.fixed[0]!.reason).toContain("37");
    },
  );
});

describe("networks on cubes in ONNX", () => {
  it("segments images of any size", async () => {
    const spec = cube("segmentation", [0, 0, 4], { kind: "mask", classes: 3 });
    const written = await checkExport(unet, { width: 4, depth: 2 }, spec, [...images, [1, 4, 4, 4], [1, 5, 7, 4]]);
    expect(written.input).toMatchObject({ name: "cube", shape: ["batch", "height", "width", 4] });
    expect(written.output).toMatchObject({ name: "logits", shape: ["batch", "height", "width", 3] });
    // Into channels first and back.
    expect(written.operations["Transpose"]).toBe(2);
  });

  for (const [component, options, spec] of [
    [unet, { depth: 2 }, cube("denoising", [0, 0, 4])],
    [resunet, { depth: 2, width: 5, norm: "group" }, cube("denoising", [0, 0, 4])],
    [
      unet,
      { depth: 2, width: 4, upsampling: "nearest", activation: "prelu" },
      cube("super-resolution", [0, 0, 4], undefined, 2),
    ],
    [resunet, { depth: 1, width: 4 }, cube("super-resolution", [0, 0, 4], undefined, 6)],
    [unet, { depth: 2, width: 4 }, cube("classification", [0, 0, 4], { kind: "class", classes: 3 })],
    [unet, { depth: 2, width: 4, norm: "layer" }, cube("regression", [0, 0, 4], { kind: "numbers", count: 2 })],
  ] as const)
    it(`${component.name} in 2-D with ${JSON.stringify(options)} for ${spec.task}`, async () => {
      const written = await checkExport(component, options, spec, images);
      expect(written.input.shape).toEqual(["batch", "height", "width", 4]);
      expect(written.fixed).toMatchObject([{ axis: "bands", points: 4 }]);
    });

  for (const [component, options, spec] of [
    [unet, { dimension: 3, depth: 2, width: 3 }, cube("denoising", [8, 8, 9])],
    [resunet, { dimension: 3, depth: 1, width: 3, upsampling: "linear" }, cube("denoising", [8, 8, 9])],
    [unet, { dimension: 3, depth: 1, width: 3 }, cube("regression", [8, 8, 9], { kind: "numbers", count: 2 })],
  ] as const)
    it(`${component.name} in 3-D with ${JSON.stringify(options)} for ${spec.task}, of any number of bands`, async () => {
      const written = await checkExport(component, options, spec, [
        [1, 8, 8, 9],
        [3, 9, 7, 12],
        [2, 11, 10, 5],
      ]);
      expect(written.input.shape).toEqual(["batch", "height", "width", "bands"]);
      expect(written.fixed).toEqual([]);
    });

  it("segments in 3-D, with the bands that its last layer was made for", async () => {
    const spec = cube("segmentation", [8, 8, 9], { kind: "mask", classes: 3 });
    const written = await checkExport(unet, { dimension: 3, depth: 1, width: 3 }, spec, [
      [1, 8, 8, 9],
      [3, 9, 7, 9],
    ]);
    expect(written.fixed).toMatchObject([{ axis: "bands", points: 9 }]);
  });
});
