import { activationNames, normNames, stemOptions } from "@spectrai/nn";
import { z } from "zod";
import type { DenseNetOptions } from "./densenet-network.ts";

/** Layers of each block and growth (Huang et al., CVPR 2017, table 1; 161 as published by its authors). */
const depths = {
  121: { blocks: [6, 12, 24, 16], growth: 32 },
  161: { blocks: [6, 12, 36, 24], growth: 48 },
  169: { blocks: [6, 12, 32, 32], growth: 32 },
  201: { blocks: [6, 12, 48, 32], growth: 32 },
} as const;
const small = { blocks: [3, 6, 6, 4], growth: 12 } as const;

export const densenetSchema = z.strictObject({
  dimension: z.literal([2, 3]).default(2).meta({
    description:
      "Cubes only: 2 takes the bands as channels of an image, 3 convolves along the bands too. Spectra are always 1-D.",
    group: "architecture",
  }),
  preset: z.enum(["full", "small"]).default("full").meta({
    description:
      "What depth, blocks and growth do not say: full is DenseNet-121, small has blocks of 3, 6, 6 and 4 layers and a growth of 12, and trains on a laptop.",
    group: "architecture",
  }),
  depth: z.literal([121, 161, 169, 201]).optional().meta({
    description:
      "Layers on the way through: a published layout of four blocks, with a growth of 32 (161: 48); absent = the preset's.",
    group: "architecture",
  }),
  blocks: z.array(z.int().min(1).max(128)).min(1).max(6).optional().meta({
    description: "Layers of each block, in place of depth; the points are halved between two blocks.",
    group: "architecture",
  }),
  growth: z.int().min(1).max(512).optional().meta({
    description: "Features that each layer adds; absent = the depth's or the preset's.",
    group: "architecture",
  }),
  width: z.int().min(1).max(2048).optional().meta({
    description: "Filters of the first convolution; absent = twice the growth.",
    group: "architecture",
  }),
  bottleneck: z.int().min(0).max(16).default(4).meta({
    description:
      "Filters of the 1-point convolution in front of each 3-point one, as a multiple of the growth; 0 leaves it out.",
    group: "architecture",
  }),
  compression: z.number().gt(0).max(1).default(0.5).meta({
    description: "Share of the features that is kept between two blocks.",
    group: "architecture",
  }),
  ...stemOptions,
  activation: z.enum(activationNames).default("relu").meta({
    description: "What follows each norm; prelu learns one slope for the whole network.",
    group: "architecture",
  }),
  norm: z.enum(normNames).default("batch").meta({
    description:
      "What stands in front of each activation: normalization over the batch, over the sample (layer), its channels (instance) or groups of them (at least four each), or nothing.",
    group: "architecture",
  }),
  dropout: z.number().min(0).max(0.95).default(0).meta({
    description: "Probability that a value that a layer adds is dropped while training.",
    group: "regularization",
  }),
});

export type DenseNetComponentOptions = z.output<typeof densenetSchema>;

/** Layers, growth and first filters, from what the user said, a depth or the preset, in this order. */
export function layoutOf({
  preset,
  depth,
  blocks,
  growth,
  width,
}: DenseNetComponentOptions): Pick<DenseNetOptions, "blocks" | "growth" | "width"> {
  const base = depth !== undefined ? depths[depth] : preset === "small" ? small : depths[121];
  const grown = growth ?? base.growth;
  return { blocks: blocks ?? base.blocks, growth: grown, width: width ?? 2 * grown };
}
