import "@tensorflow/tfjs-backend-cpu";
import type { Component, ModelSpec } from "@spectrai/core";
import { densenet } from "@spectrai/models-densenet";
import { efficientnet } from "@spectrai/models-efficientnet";
import { rcan } from "@spectrai/models-rcan";
import { resnet } from "@spectrai/models-resnet";
import { segnet } from "@spectrai/models-segnet";
import { expect, it } from "vitest";
import { checkExport } from "./support/onnx.ts";

interface Case {
  readonly component: Component<"model">;
  readonly options: object;
  readonly spec: ModelSpec;
  readonly shapes: readonly (readonly number[])[];
  readonly input: readonly (string | number)[];
}

const classes: ModelSpec["output"] = { kind: "class", classes: 3 };
const numbers: ModelSpec["output"] = { kind: "numbers", count: 2 };
const lengths = [
  [1, 64],
  [3, 47],
  [2, 90],
];
const images = [
  [1, 32, 32, 5],
  [3, 37, 41, 5],
];
const volumes = [
  [1, 13, 16, 18],
  [2, 17, 14, 15],
];

const spectra = (component: Component<"model">, options: object, output: ModelSpec["output"] = classes): Case => ({
  component,
  options,
  spec: { task: "classification", data: "spectrum", input: [64], output },
  shapes: lengths,
  input: ["batch", "points"],
});
const cubes = (component: Component<"model">, options: object, output: ModelSpec["output"] = classes): Case => ({
  component,
  options,
  spec: { task: "classification", data: "cube", input: [0, 0, 5], output },
  shapes: images,
  input: ["batch", "height", "width", 5],
});
const inDepth = (component: Component<"model">, options: object): Case => ({
  component,
  options: { ...options, dimension: 3 },
  spec: { task: "regression", data: "cube", input: [13, 16, 18], output: numbers },
  shapes: volumes,
  input: ["batch", "height", "width", "bands"],
});

const resnets = [
  spectra(resnet, { width: 4 }),
  spectra(resnet, { width: 3, depth: 34, stemStride: 1, stemPool: false, stemKernel: 3 }, numbers),
  // Long enough for a variance at the coarsest level; where it is nearly 0, an instance norm magnifies rounding errors.
  {
    ...spectra(resnet, { width: 2, depth: 50, activation: "prelu", norm: "instance" }),
    shapes: [
      [1, 700],
      [2, 801],
    ],
  },
  spectra(resnet, { width: 4, activation: "gelu", norm: "layer" }),
  cubes(resnet, { width: 4 }),
  inDepth(resnet, { width: 2, stemKernel: 3 }),
];
const dense = { blocks: [2, 1, 2], growth: 4, bottleneck: 2 };
const densenets = [
  spectra(densenet, dense),
  spectra(densenet, { ...dense, activation: "leaky-relu", norm: "group" }),
  cubes(densenet, { ...dense, activation: "silu" }),
  inDepth(densenet, { blocks: [1, 2], growth: 3 }),
];
const tiny = { widthFactor: 0.1, depthFactor: 0.1 };
const efficientnets = [cubes(efficientnet, tiny), cubes(efficientnet, { ...tiny, stemStride: 1 }, numbers)];

for (const { component, options, spec, shapes, input } of [...resnets, ...densenets, ...efficientnets])
  it(`${component.name} on ${spec.input.length === 1 ? "spectra" : "cubes"} with ${JSON.stringify(options)}`, async () => {
    const written = await checkExport(component, options, spec, shapes);
    expect(written.input.shape).toEqual(input);
    expect(written.output.shape).toEqual(["batch", spec.output.kind === "class" ? 3 : 2]);
    // From channels last to channels first once; spectra need none.
    expect(written.operations["Transpose"] ?? 0).toBe(spec.data === "spectrum" ? 0 : 1);
  });

for (const scale of [2, 3, 4, 8])
  for (const upsampling of ["first", "last"])
    it(`rcan by ${scale}, with the resolution raised ${upsampling}`, async () => {
      const options = {
        bands: "together",
        width: 4,
        groups: 2,
        blocks: 1,
        reduction: 2,
        upsampling,
        upsamplerNorm: scale === 3 ? "batch" : "none",
      };
      const output = { kind: "spectral", shape: [0, 0, 3] } as const;
      const written = await checkExport(
        rcan,
        options,
        { task: "super-resolution", data: "cube", input: [0, 0, 3], output, scale },
        [
          [1, 8, 8, 3],
          [2, 5, 7, 3],
        ],
      );
      expect(written.input.shape).toEqual(["batch", "height", "width", 3]);
      expect(written.output.shape).toEqual(["batch", "height_out", "width_out", 3]);
      expect(written.operations["Transpose"]).toBe(2);
    });

const mask = { kind: "mask", classes: 3 } as const;
for (const options of [
  { depth: 2, width: 4 },
  { filters: [4, 6, 8], norm: "group", dropout: 0 },
  { preset: "small", width: 4 },
])
  it(`segnet on cubes with ${JSON.stringify(options)}`, async () => {
    const written = await checkExport(
      segnet,
      options,
      { task: "segmentation", data: "cube", input: [0, 0, 5], output: mask },
      images,
    );
    expect(written.input.shape).toEqual(["batch", "height", "width", 5]);
    expect(written.output.shape).toEqual(["batch", "height", "width", 3]);
    expect(written.operations["Transpose"]).toBe(2);
  });

it("segnet in 3-D, with the bands that its classifier takes as channels", async () => {
  const written = await checkExport(
    segnet,
    { dimension: 3, filters: [3, 4] },
    { task: "segmentation", data: "cube", input: [0, 0, 7], output: mask },
    [
      [1, 8, 9, 7],
      [2, 11, 6, 7],
    ],
  );
  expect(written.input.shape).toEqual(["batch", "height", "width", 7]);
});
