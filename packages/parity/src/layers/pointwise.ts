import {
  add,
  addScaled,
  channelAttention,
  channelWeights,
  concat,
  dropout,
  gelu,
  type Layer,
  leakyRelu,
  type ParameterScope,
  prelu,
  reflectPad,
  reflectPadding,
  relu,
  residual,
  scaleChannels,
  sequential,
  sigmoid,
  silu,
  stochasticDepth,
  withChannels,
  withoutChannels,
  zeroPad,
  zeroPadding,
} from "@spectrai/nn";
import type { LayerCase } from "./layer-case.ts";

const single = (
  layer: string,
  of: string,
  shape: readonly number[],
  make: (scope: ParameterScope) => Layer,
): LayerCase => ({
  layer,
  of,
  inputs: [shape],
  make: (scope) => {
    const made = make(scope);
    return ([x], context) => made(x!, context);
  },
});

const activations = (): LayerCase[] => [
  single("relu", "", [3, 7, 5], relu),
  single("leakyRelu", "", [3, 7, 5], () => leakyRelu(0.1)),
  single("sigmoid", "", [3, 7, 5], sigmoid),
  single("gelu", "", [3, 7, 5], gelu),
  single("silu", "", [3, 7, 5], silu),
  single("prelu", "one slope", [3, 7, 5], prelu),
  single("prelu", "a slope for each channel", [3, 7, 5], (scope) => prelu(scope, { channels: 5 })),
];

const random = (): LayerCase[] => [
  single("dropout", "", [4, 9, 5], (scope) => dropout(scope, { rate: 0.4 })),
  single("dropout", "of channels", [4, 9, 5], (scope) => dropout(scope, { rate: 0.4, channels: true })),
  single("stochasticDepth", "", [6, 5, 3], (scope) => stochasticDepth(scope, { rate: 0.4 })),
];

const margins = (): LayerCase[] => [
  single("zeroPad", "and cut", [2, 5, 6, 3], () => (x) => zeroPad(x, [[1, 2], [-1, 3]])), // prettier-ignore
  single("reflectPad", "", [2, 5, 6, 3], () => (x) => reflectPad(x, [[1, 2], [3, 0]])), // prettier-ignore
  single("zeroPadding", "3-D", [2, 3, 4, 3, 2], () => zeroPadding(1)),
  single("reflectPadding", "1-D", [2, 7, 3], () => reflectPadding(2)),
];

const joins = (): LayerCase[] => [
  { layer: "add", of: "", inputs: [[2, 5, 3], [2, 5, 3]], make: () => ([a, b]) => add(a!, b!) }, // prettier-ignore
  { layer: "concat", of: "", inputs: [[2, 5, 3], [2, 5, 4]], make: () => ([a, b]) => concat(a!, b!) }, // prettier-ignore
  { layer: "scaleChannels", of: "", inputs: [[2, 5, 4, 3], [2, 3]], make: () => ([x, s]) => scaleChannels(x!, s!) }, // prettier-ignore
  {
    layer: "addScaled",
    of: "",
    inputs: [
      [2, 5, 4, 3],
      [2, 5, 4, 3],
      [2, 3],
    ],
    make:
      () =>
      ([x, y, s]) =>
        addScaled(x!, y!, s!),
  },
  single("channelWeights", "", [2, 5, 4, 8], (scope) => channelWeights(scope, { channels: 8, reduction: 2 })),
  single("channelAttention", "", [2, 5, 4, 8], (scope) => channelAttention(scope, { channels: 8, reduction: 2 })),
  single("sequential", "", [2, 5, 3], () => sequential(sigmoid(), gelu())),
  single("residual", "", [2, 5, 3], () => residual(silu())),
  single("withChannels", "spectra", [2, 9], () => (x) => withChannels(x, 1)),
  single("withChannels", "volumes", [2, 3, 4, 5], () => (x) => withChannels(x, 3)),
  single("withoutChannels", "spectra", [2, 9, 1], () => (x) => withoutChannels(x, 1)),
  single("withoutChannels", "volumes", [2, 5, 3, 4, 1], () => (x) => withoutChannels(x, 3)),
];

/** Activations, random layers, margins, and what joins tensors. */
export const pointwiseLayers = (): LayerCase[] => [...activations(), ...random(), ...margins(), ...joins()];
