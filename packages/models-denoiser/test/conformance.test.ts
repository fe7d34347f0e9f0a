import "@tensorflow/tfjs-backend-cpu";
import { testModel, testPlugin } from "@spectrai/testing";
import plugin, { spectralDenoiser } from "../src/index.ts";

const spec = (task: string, input: number, output: number) => ({
  task,
  data: "spectrum" as const,
  input: [input],
  output: { kind: "spectral" as const, shape: [output] },
});

testPlugin(plugin);

// Zero-initialised layers: what lies before them gets no gradient in the first step.
const correction = ["correct.0.weight", "correct.0.bias"];
const convolutions = [0, 1, 2].flatMap((i) => [`convolutions.${i}.weight`, `convolutions.${i}.bias`]);
const gain = ["gain.exponents", "gain.log"];

testModel(spectralDenoiser, {
  options: { rank: 4, hidden: 6, channels: 3, kernel: 3 },
  spec: spec("denoising", 20, 20),
  unreached: [...correction, ...convolutions, ...gain],
  rate: 1e-2,
});
testModel(spectralDenoiser, {
  options: { rank: 4, channels: 0, gain: "on" },
  spec: spec("denoising", 17, 17),
  unreached: correction,
  rate: 1e-2,
});
testModel(spectralDenoiser, {
  options: { rank: 40, kernel: 5, dilations: [1] },
  spec: spec("calibration", 24, 16),
  unreached: [...correction, "convolutions.0.weight", "convolutions.0.bias", ...gain],
  rate: 1e-2,
});
