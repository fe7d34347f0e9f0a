import { defineComponent, type Model, type ModelSpec, type Rng, SpectraiError } from "@spectrai/core";
import { networkModel, parameterScope } from "@spectrai/nn";
import { z } from "zod";
import { ofEachBand } from "./each-band.ts";
import { rcanNetwork, type RcanOptions } from "./rcan-network.ts";

export const rcanSchema = z.strictObject({
  preset: z.enum(["small", "full"]).default("small").meta({
    description:
      "What the options below are where they are absent: small trains on a laptop, full is DeepeR's network, of 360 million parameters at 500 bands.",
    group: "architecture",
  }),
  bands: z.enum(["each", "together"]).optional().meta({
    description:
      "What an image of the network is: each band by itself, so that all bands teach the same weights and few scenes are enough, or all bands together as channels; absent = each in small, together in full.",
    group: "architecture",
  }),
  upsampling: z.enum(["first", "last"]).optional().meta({
    description:
      "Where the resolution is raised: first, so that everything works on the fine grid, or last, which costs a fourth of that for a factor of 2, a sixteenth for 4; absent = last in small, first in full.",
    group: "architecture",
  }),
  width: z.int().min(1).max(4096).optional().meta({
    description: "Channels inside; absent = 32 in small, half the bands in full.",
    group: "architecture",
  }),
  groups: z.int().min(1).max(64).optional().meta({
    description: "Groups of blocks, each within a residual connection; absent = 2 in small, 18 in full.",
    group: "architecture",
  }),
  blocks: z.int().min(1).max(64).optional().meta({
    description: "Blocks of two convolutions in each group; absent = 2 in small, 16 in full.",
    group: "architecture",
  }),
  reduction: z.int().min(1).max(256).default(16).meta({
    description: "Channels for each one of the squeezed layer that decides how much each channel counts.",
    group: "architecture",
  }),
  upsamplerNorm: z.enum(["none", "batch"]).default("none").meta({
    description: "What follows each pixel shuffle: nothing, or a batch norm as in the original software.",
    group: "architecture",
  }),
  inputSkip: z.boolean().default(true).meta({
    description:
      "Add the input on the fine grid to the output, so that the network makes only what is missing: as the up-sampler gives it, or interpolated linearly where that comes last.",
    group: "architecture",
  }),
});
type RcanComponentOptions = z.output<typeof rcanSchema>;

/** RCAN for cubes of any number of bands, which are its channels, by any whole factor. */
export const rcan = defineComponent({
  kind: "model",
  name: "rcan",
  summary: "RCAN: a deep network of residual blocks that weigh their channels, for cubes on a finer grid.",
  reference:
    "Zhang et al., Image super-resolution using very deep residual channel attention networks, ECCV 2018; Horgan et al., Anal. Chem. 93, 15850, 2021.",
  supports: { tasks: ["super-resolution"], data: ["cube"] },
  schema: rcanSchema,
  recipe: () => ({
    augment: ["horizontal-flip", "vertical-flip", "rotate-90"],
    loss: "l1",
    train: {
      keep: "last",
      epochs: 20,
      minSteps: 600,
      batchSize: 2,
      optimizer: { name: "adamw", weightDecay: 0.01 },
      learningRate: 2e-3,
      schedule: { name: "one-cycle", rise: 0.3 },
      clipNorm: 1,
    },
  }),
  create: (options) => ({ build: (spec, init) => buildRcan(options, spec, init) }),
});

function buildRcan(options: RcanComponentOptions, spec: ModelSpec, init: Rng): Model {
  const scale = checkedScale(spec);
  const scope = parameterScope(init);
  const bands = spec.input.at(-1)!;
  const each = (options.bands ?? (options.preset === "small" ? "each" : "together")) === "each";
  const network = rcanNetwork(scope, { ...sizes(options, bands, each ? 1 : bands), scale });
  return networkModel(scope, each ? ofEachBand(network) : network);
}

/** What the preset leaves to be said by the options, or by the number of bands. */
function sizes(options: RcanComponentOptions, bands: number, channels: number): Omit<RcanOptions, "scale"> {
  const { preset, reduction, upsamplerNorm, inputSkip } = options;
  const standard =
    preset === "small"
      ? ({ upsampling: "last", width: 32, groups: 2, blocks: 2 } as const)
      : ({ upsampling: "first", width: Math.max(1, Math.floor(bands / 2)), groups: 18, blocks: 16 } as const);
  return {
    channels,
    upsampling: options.upsampling ?? standard.upsampling,
    width: options.width ?? standard.width,
    groups: options.groups ?? standard.groups,
    blocks: options.blocks ?? standard.blocks,
    reduction,
    upsamplerNorm,
    inputSkip,
  };
}

/** @throws SPECTRAI_TASK_UNSUITABLE where the network cannot give what is asked for */
function checkedScale({ data, input, output, scale = 1 }: ModelSpec): number {
  const unsuitable = (why: string): SpectraiError =>
    new SpectraiError("SPECTRAI_TASK_UNSUITABLE", `model: rcan ${why}`);
  if (data !== "cube" || output.kind !== "spectral")
    throw unsuitable("raises the number of pixels of cubes and does nothing else; use unet for other tasks.");
  if (!Number.isInteger(scale) || scale < 2)
    throw unsuitable(
      `raises the number of pixels by whole factors from 2 on, and was asked for a factor of ${scale}; use resunet on one grid.`,
    );
  if (output.shape.at(-1) !== input.at(-1))
    throw unsuitable(
      `gives as many bands as it gets, but the input has ${input.at(-1)} and the target ${output.shape.at(-1)}.`,
    );
  for (const i of [0, 1]) {
    const [from, to] = [input[i]!, output.shape[i]!];
    if (from > 0 && to > 0 && to !== from * scale)
      throw unsuitable(`turns ${from} pixels into ${from * scale}, but the target has ${to}.`);
  }
  return scale;
}
