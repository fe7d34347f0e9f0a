import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { testModel, testPlugin } from "@spectrai/testing";
import plugin, { resnet } from "../src/index.ts";

const classes: ModelSpec["output"] = { kind: "class", classes: 3 };
const spectra = (points: number, output: ModelSpec["output"] = classes): ModelSpec => ({
  task: output.kind === "class" ? "classification" : "regression",
  data: "spectrum",
  input: [points],
  output,
});
const cubes = (input: readonly number[], output: ModelSpec["output"] = classes): ModelSpec => ({
  ...spectra(0, output),
  data: "cube",
  input,
});

testPlugin(plugin);

// Any length.
testModel(resnet, { options: { width: 4 }, spec: spectra(50), sizes: [[1], [2], [7], [33], [64]] });
testModel(resnet, {
  options: { width: 3, depth: 34, stemStride: 1, stemPool: false, stemKernel: 3 },
  spec: spectra(11, { kind: "numbers", count: 2 }),
  sizes: [[3]],
});
testModel(resnet, {
  options: { width: 3, activation: "prelu", norm: "instance" },
  spec: spectra(70),
  sizes: [[33]],
});
testModel(resnet, {
  options: { width: 6, activation: "leaky-relu", norm: "group", dropout: 0.2 },
  spec: spectra(40),
});
testModel(resnet, { options: { width: 2, depth: 50, activation: "gelu", norm: "layer" }, spec: spectra(40) });
testModel(resnet, { options: { width: 4, activation: "silu", norm: "none" }, spec: spectra(40), rate: 1e-4 });

testModel(resnet, {
  options: { width: 4 },
  spec: cubes([0, 0, 5]),
  sizes: [
    [8, 9, 5],
    [3, 16, 5],
  ],
  batch: 2,
});
testModel(resnet, {
  options: { width: 2, dimension: 3, stemKernel: 3 },
  spec: cubes([7, 5, 9], { kind: "numbers", count: 1 }),
  sizes: [[4, 6, 8]],
  batch: 2,
});
