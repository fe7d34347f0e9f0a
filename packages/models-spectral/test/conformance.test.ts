import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { testModel, testPlugin } from "@spectrai/testing";
import plugin, { inceptionTime, linearStandardiser, rocketStack } from "../src/index.ts";

const spectra = (points: number, output: ModelSpec["output"]): ModelSpec => ({
  task: { class: "classification", numbers: "regression", spectral: "calibration", mask: "segmentation" }[output.kind],
  data: "spectrum",
  input: [points],
  output,
});
const classes = { kind: "class", classes: 3 } as const;
const numbers = { kind: "numbers", count: 2 } as const;

testPlugin(plugin);

testModel(rocketStack, { options: { features: 200 }, spec: spectra(40, classes) });
testModel(rocketStack, { options: { features: 200, views: ["second-derivative"] }, spec: spectra(40, numbers) });
// The shortest.
testModel(rocketStack, { options: { views: [] }, spec: spectra(9, classes) });
testModel(rocketStack, { options: { features: 0 }, spec: spectra(25, { kind: "numbers", count: 1 }) });

const small = { members: 2, depth: 3, filters: 3 };
testModel(inceptionTime, { options: small, spec: spectra(40, classes) });
testModel(inceptionTime, {
  options: { ...small, normalize: "spectrum" },
  spec: spectra(40, classes),
  sizes: [[1], [2], [33]],
});
testModel(inceptionTime, {
  options: { preset: "small", members: 1, depth: 4, filters: 2, kernels: [5, 3], normalize: "none" },
  spec: spectra(30, numbers),
});

testModel(linearStandardiser, { spec: spectra(20, { kind: "spectral", shape: [20] }) });
testModel(linearStandardiser, {
  options: { windows: [3], averages: [], whole: false },
  spec: spectra(20, { kind: "spectral", shape: [31] }),
});
