import type { Component, DataKind, ModelSpec, OutputSpec } from "@spectrai/core";

/** A model at a size that every backend computes in no time. */
export interface SmallModel {
  /** What of the model it is: "spectra", "volumes". */
  readonly of: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly spec: ModelSpec;
  /** Whether a gradient goes through to the input; absent = yes. */
  readonly through?: boolean;
}

const spectra = (
  task: string,
  points: number,
  options: SmallModel["options"] = {},
  output: OutputSpec = { kind: "spectral", shape: [points] },
): SmallModel => ({ of: `spectra for ${task}`, options, spec: { task, data: "spectrum", input: [points], output } });

const cubes = (
  task: string,
  input: readonly number[],
  options: SmallModel["options"] = {},
  output: OutputSpec = { kind: "spectral", shape: input },
): SmallModel => ({
  of: `${options["dimension"] === 3 ? "cubes as volumes" : "cubes"} for ${task}`,
  options,
  spec: { task, data: "cube", input, output },
});

const finer = (input: readonly [number, number, number], scale: number, options: SmallModel["options"]): SmallModel => {
  const [rows, columns, bands] = input;
  const model = cubes("super-resolution", input, options, {
    kind: "spectral",
    shape: [rows * scale, columns * scale, bands],
  });
  const of = options["upsampling"] === "first" ? `${model.of}, upsampled first` : model.of;
  return { ...model, of, spec: { ...model.spec, scale } };
};

const classes: OutputSpec = { kind: "class", classes: 3 };
const numbers: OutputSpec = { kind: "numbers", count: 2 };
const mask: OutputSpec = { kind: "mask", classes: 3 };
const fine = { stemStride: 1, stemPool: false, stemKernel: 3 };
const volumes = { dimension: 3, width: 4 };

/** The smallest sensible configurations of the first-party models, one for each number of dimensions they work in. */
const known: Readonly<Record<string, readonly SmallModel[]>> = {
  unet: [
    spectra("denoising", 21, { width: 4, depth: 2 }),
    cubes("segmentation", [7, 9, 5], { width: 4, depth: 2 }, mask),
    cubes("segmentation", [4, 5, 6], { ...volumes, depth: 1 }, mask),
  ],
  resunet: [
    spectra("calibration", 17, {
      width: 4,
      depth: 2,
      activation: "prelu",
      norm: "group",
      groups: 2,
      upsampling: "linear",
    }),
    cubes("denoising", [7, 6, 4], { width: 6, depth: 2, norm: "instance" }),
    finer([3, 4, 4], 2, { depth: 1 }),
    cubes("denoising", [4, 3, 6], { ...volumes, depth: 1 }),
  ],
  "deeper-resunet": [spectra("denoising", 21, { width: 3 })],
  // Without the coarse stem, which would leave norms over three values.
  resnet: [
    spectra("classification", 31, { ...fine, width: 4 }, classes),
    cubes("classification", [8, 9, 5], { ...fine, width: 4 }, classes),
    cubes("regression", [6, 5, 9], { ...fine, dimension: 3, width: 2 }, numbers),
  ],
  densenet: [
    spectra("classification", 31, { blocks: [2, 1, 2], growth: 4, bottleneck: 2 }, classes),
    cubes("classification", [13, 14, 5], { blocks: [2, 2], growth: 4, bottleneck: 2, activation: "gelu" }, classes),
    cubes("regression", [7, 9, 8], { dimension: 3, blocks: [1, 2], growth: 3 }, numbers),
  ],
  efficientnet: [cubes("classification", [9, 7, 5], { widthFactor: 0.1, depthFactor: 0.1 }, classes)],
  segnet: [
    cubes("segmentation", [8, 9, 5], { depth: 2, width: 4 }, mask),
    cubes("segmentation", [5, 4, 6], { dimension: 3, filters: [3, 4] }, mask),
  ],
  rcan: [
    finer([3, 4, 4], 2, { width: 8, groups: 1, blocks: 2, reduction: 2 }),
    finer([3, 2, 4], 2, { width: 8, groups: 1, blocks: 1, reduction: 2, upsampling: "first", upsamplerNorm: "batch" }),
  ],
  "inception-time": [spectra("classification", 33, { members: 2, depth: 3, filters: 3 }, classes)],
  // Its random convolutions are features, not layers.
  "rocket-stack": [{ ...spectra("regression", 25, { features: 100 }, numbers), through: false }],
  "linear-standardiser": [spectra("calibration", 20)],
  "spectral-denoiser": [
    spectra("denoising", 20, { members: 2, rank: 4, hidden: 6, channels: 3, kernel: 3, gain: "on" }),
  ],
  "spectral-spatial": [cubes("segmentation", [6, 7, 5], { components: 4, width: 6, blocks: 2, kernel: 3 }, mask)],
  "subspace-denoiser": [
    cubes("denoising", [7, 6, 6], { components: 2, rounds: 2, line: 5, window: 3, width: 6, blocks: 1, kernel: 3 }),
  ],
};

/** What a task asks of a model: of models that are not known, the first that they support is tried, with their defaults. */
const tasks: readonly (readonly [string, (input: readonly number[]) => OutputSpec])[] = [
  ["denoising", (shape) => ({ kind: "spectral", shape })],
  ["calibration", (shape) => ({ kind: "spectral", shape })],
  ["classification", () => classes],
  ["regression", () => numbers],
  ["segmentation", () => mask],
];
const inputs: Readonly<Record<DataKind, readonly number[]>> = { spectrum: [32], cube: [8, 8, 4] };

/** The configurations that a model is compared in. */
export function smallModels({ name, supports }: Component<"model">): readonly SmallModel[] {
  if (known[name]) return known[name];
  return (supports?.data ?? (["spectrum", "cube"] as const)).flatMap((data) => {
    const suited = tasks.find(
      ([task]) => (supports?.tasks?.includes(task) ?? true) && !(data === "spectrum" && task === "segmentation"),
    );
    if (!suited) return [];
    const [task, output] = suited;
    const input = inputs[data];
    return [{ of: `${data} for ${task}`, options: {}, spec: { task, data, input, output: output(input) } }];
  });
}
