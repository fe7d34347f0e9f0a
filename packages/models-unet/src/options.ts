import { activationNames, type NormName, normNames } from "@spectrai/nn";
import { z } from "zod";
import { upsamplingNames } from "./style.ts";

/** The options that `unet` and `resunet` share, but for the norm, whose default differs. */
export const sharedOptions = {
  dimension: z.literal([2, 3]).default(2).meta({
    description:
      "Cubes only: 2 takes the bands as channels of an image, 3 convolves along the bands too. Spectra are always 1-D.",
    group: "architecture",
  }),
  depth: z.int().min(1).max(8).default(3).meta({
    description: "How many times the resolution is halved.",
    group: "architecture",
  }),
  width: z.int().min(1).max(4096).optional().meta({
    description:
      "Filters of the finest level, doubled at each coarser one; absent = 64 for spectra and images of up to 3 bands, the number of bands for other images, 16 in 3-D.",
    group: "architecture",
  }),
  filters: z.array(z.int().min(1).max(8192)).min(2).max(9).optional().meta({
    description: "Filters of each level, finest first, in place of depth and width.",
    group: "architecture",
  }),
  activation: z.enum(activationNames).default("relu").meta({
    description: "What follows each convolution; prelu learns one slope for the whole network.",
    group: "architecture",
  }),
  groups: z.int().min(1).max(1024).optional().meta({
    description:
      "Norm group only: number of groups, absent = a fourth of the channels; where it does not divide them, the largest divisor that both share.",
    group: "architecture",
  }),
  dropout: z.number().min(0).max(0.95).default(0).meta({
    description: "Probability that a channel is dropped at the end of each block while training.",
    group: "regularization",
  }),
  upsampling: z.enum(upsamplingNames).default("auto").meta({
    description:
      "How points are added on the way up: repeated (nearest) or interpolated linearly, each point from its neighbours alone (linear) or between first and last points that stay in place (aligned, as the original software does in images, so that the result depends on the image's size); auto = linear in images, nearest otherwise.",
    group: "architecture",
  }),
  outputActivation: z.enum(["same", "none"]).default("same").meta({
    description:
      "Spectra and cubes as output: end in the network's activation and norm, or in a convolution alone, whose values are not bounded.",
    group: "output",
  }),
  pooling: z.enum(["features", "single"]).default("features").meta({
    description:
      "Classes and numbers: average all features, or make them one channel first, as the original software does for spectra and in 3-D.",
    group: "output",
  }),
};

/** The norm option with a default. */
export const normOption = (standard: NormName) =>
  z.enum(normNames).default(standard).meta({
    description:
      "What follows each activation: nothing, or normalization over the batch, over the sample (layer), its channels (instance) or groups of them.",
    group: "architecture",
  });

const schemaForTypes = z.strictObject({ ...sharedOptions, norm: normOption("none") });
export type UNetComponentOptions = z.output<typeof schemaForTypes>;
