import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { testModel, testPlugin } from "@spectrai/testing";
import plugin, { densenet } from "../src/index.ts";

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
const tiny = { blocks: [2, 1, 2], growth: 4, bottleneck: 2 };

testPlugin(plugin);

// Any length from the least, 13, on.
testModel(densenet, { options: tiny, spec: spectra(40), sizes: [[13], [14], [31]] });
testModel(densenet, {
  options: { ...tiny, blocks: [2, 2], stemStride: 1, stemPool: false, stemKernel: 3, bottleneck: 0, compression: 0.9 },
  spec: spectra(11, { kind: "numbers", count: 2 }),
  sizes: [[2], [3]],
});
testModel(densenet, {
  options: { ...tiny, activation: "prelu", norm: "instance", width: 5 },
  spec: spectra(60),
  sizes: [[29]],
});
testModel(densenet, { options: { ...tiny, activation: "leaky-relu", norm: "group", dropout: 0.2 }, spec: spectra(33) });
testModel(densenet, { options: { ...tiny, activation: "gelu", norm: "layer" }, spec: spectra(33) });
testModel(densenet, { options: { ...tiny, activation: "silu", norm: "none" }, spec: spectra(33) });

testModel(densenet, {
  options: tiny,
  spec: cubes([0, 0, 5]),
  sizes: [
    [13, 17, 5],
    [16, 14, 5],
  ],
  batch: 2,
});
testModel(densenet, {
  options: { dimension: 3, blocks: [1, 2], growth: 3 },
  spec: cubes([7, 9, 11], { kind: "numbers", count: 1 }),
  sizes: [[5, 8, 6]],
  batch: 2,
});
