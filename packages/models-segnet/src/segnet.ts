import { defineComponent, type Model, type ModelSpec, type Rng, SpectraiError } from "@spectrai/core";
import { networkModel, normNames, parameterScope, withChannels } from "@spectrai/nn";
import { z } from "zod";
import { receptiveField } from "./receptive-field.ts";
import { mostLevels, segnetNetwork, type SegNetOptions } from "./segnet-network.ts";

export const segnetSchema = z.strictObject({
  dimension: z.literal([2, 3]).default(2).meta({
    description: "What is convolved over: 2 takes the bands as channels of an image, 3 convolves along the bands too.",
    group: "architecture",
  }),
  depth: z.int().min(1).max(mostLevels).default(mostLevels).meta({
    description: "How many times the resolution is halved.",
    group: "architecture",
  }),
  preset: z.enum(["full", "small"]).default("full").meta({
    description:
      "How wide where width does not say: full is the paper's 64 (16 in 3-D), small is 16 (8 in 3-D) and trains on a laptop.",
    group: "architecture",
  }),
  width: z.int().min(1).max(2048).optional().meta({
    description: "Filters of the finest level, doubled at each of the next three; absent = the preset's.",
    group: "architecture",
  }),
  filters: z.array(z.int().min(1).max(8192)).min(1).max(mostLevels).optional().meta({
    description: "Filters of each level, finest first, in place of depth, preset and width.",
    group: "architecture",
  }),
  narrowing: z.enum(["first", "last"]).default("first").meta({
    description:
      "Which convolution of each stage on the way back goes over to fewer filters: the first, as in the original software, or the last, as in the paper.",
    group: "architecture",
  }),
  norm: z.enum(normNames).default("batch").meta({
    description:
      "What follows each convolution: normalization over the batch, over the sample (layer), its channels (instance) or groups of four of them, or nothing.",
    group: "architecture",
  }),
  dropout: z.number().min(0).max(0.95).default(0.5).meta({
    description: "Probability that a value is dropped while training, at the end of each stage of three convolutions.",
    group: "regularization",
  }),
});
type SegNetComponentOptions = z.output<typeof segnetSchema>;

/** SegNet for the pixels of cubes: 2-D on bands as channels, or 3-D. */
export const segnet = defineComponent({
  kind: "model",
  name: "segnet",
  summary: "SegNet: halve the resolution by max pooling, and come back by putting values where the maxima were.",
  reference:
    "Badrinarayanan, Kendall and Cipolla, SegNet, IEEE TPAMI 39, 2481, 2017; as in Horgan and Bergholt, spectrai, J. Spectral Imaging 11, a7, 2022.",
  supports: { tasks: ["segmentation"], data: ["cube"] },
  schema: segnetSchema,
  create: (options) => ({ build: (spec, init) => buildSegNet(options, spec, init) }),
});

/** Cubes are images with bands as channels, or volumes: see `withChannels` of nn. */
function buildSegNet(options: SegNetComponentOptions, { data, input, output }: ModelSpec, init: Rng): Model {
  if (data !== "cube" || output.kind !== "mask")
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      "model: segnet labels the pixels of cubes and does nothing else; use unet for other tasks, and resnet to tell the class of whole spectra or cubes.",
    );
  const { dimension, depth, preset, narrowing, norm, dropout } = options;
  const bands = input.at(-1)!;
  const presetWidth = preset === "full" ? (dimension === 3 ? 16 : 64) : dimension === 3 ? 8 : 16;
  const width = options.width ?? presetWidth;
  const network: SegNetOptions = {
    dimension,
    channels: dimension === 2 ? bands : 1,
    filters: options.filters ?? Array.from({ length: depth }, (_, level) => width * 2 ** Math.min(level, 3)),
    narrowing,
    norm,
    dropout,
    classes: output.classes,
    bands,
  };
  checkSize(dimension === 2 ? input.slice(0, 2) : input, network.filters.length);

  const scope = parameterScope(init);
  const layer = segnetNetwork(scope, network);
  const field = receptiveField(network);
  const step = 2 ** network.filters.length;
  return networkModel(scope, (x, context) => layer(withChannels(x, dimension), context), {
    head: [dimension === 2 ? "classifier" : "classifier.1"],
    ...(field === undefined ? {} : { receptiveField: [field, field] }),
    gridStep: [step, step],
  });
}

function checkSize(sizes: readonly number[], levels: number): void {
  const small = sizes.find((n) => n > 0 && n < 2 ** levels);
  if (small !== undefined)
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `model: segnet halves its input ${levels} times and needs at least ${2 ** levels} points in each dimension, but one has ${small}; set a smaller depth or use larger samples.`,
    );
}
