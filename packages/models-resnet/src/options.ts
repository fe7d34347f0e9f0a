import { activationNames, normNames, stemOptions } from "@spectrai/nn";
import { z } from "zod";
import { depths } from "./resnet-network.ts";

export const resnetSchema = z.strictObject({
  dimension: z.literal([2, 3]).default(2).meta({
    description:
      "Cubes only: 2 takes the bands as channels of an image, 3 convolves along the bands too. Spectra are always 1-D.",
    group: "architecture",
  }),
  depth: z.literal(depths).default(18).meta({
    description: "Layers on the way through; from 50 on, blocks are bottlenecks of 1, 3 and 1 points.",
    group: "architecture",
  }),
  preset: z.enum(["full", "small"]).default("full").meta({
    description:
      "How wide where width does not say: full is the paper's 64, small is 16 (8 in 3-D) and trains on a laptop.",
    group: "architecture",
  }),
  width: z.int().min(1).max(1024).optional().meta({
    description: "Filters of the first stage, doubled at each of the other three; absent = the preset's.",
    group: "architecture",
  }),
  ...stemOptions,
  activation: z.enum(activationNames).default("relu").meta({
    description: "What follows each norm and each block; prelu learns one slope for the whole network.",
    group: "architecture",
  }),
  norm: z.enum(normNames).default("batch").meta({
    description:
      "What follows each convolution: normalization over the batch, over the sample (layer), its channels (instance) or groups of four of them, or nothing.",
    group: "architecture",
  }),
  dropout: z.number().min(0).max(0.95).default(0).meta({
    description: "Probability that a feature is dropped in front of the last layer while training.",
    group: "regularization",
  }),
});

export type ResNetComponentOptions = z.output<typeof resnetSchema>;
