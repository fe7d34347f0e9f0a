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

// Zero-initialised layers: what lies before them gets no gradient in the first step; a gain that is off gets none at all.
const unreached = (members: number, convolutions: number, gain: boolean): string[] =>
  Array.from({ length: members }, (_, m) =>
    [
      "correct.0.weight",
      "correct.0.bias",
      ...Array.from({ length: convolutions }, (__, i) => [`convolutions.${i}.weight`, `convolutions.${i}.bias`]).flat(),
      ...(gain ? [] : ["gain.exponents", "gain.log"]),
    ].map((name) => `members.${m}.${name}`),
  ).flat();

testModel(spectralDenoiser, {
  options: { members: 1, rank: 4, hidden: 6, channels: 3, kernel: 3 },
  spec: spec("denoising", 20, 20),
  unreached: unreached(1, 3, false),
  rate: 1e-2,
});
testModel(spectralDenoiser, {
  options: { members: 3, rank: 4, channels: 0, gain: "on" },
  spec: spec("denoising", 17, 17),
  unreached: unreached(3, 0, true),
  rate: 1e-2,
});
testModel(spectralDenoiser, {
  options: { members: 2, components: 0, rank: 40, kernel: 5, dilations: [1] },
  spec: spec("calibration", 24, 16),
  unreached: unreached(2, 1, false),
  rate: 1e-2,
});
