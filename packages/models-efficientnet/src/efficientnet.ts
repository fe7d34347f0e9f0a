import { defineComponent, type Model, type ModelSpec, type Rng, SpectraiError } from "@spectrai/core";
import { networkModel, parameterScope } from "@spectrai/nn";
import { z } from "zod";
import { efficientNetNetwork } from "./efficientnet-network.ts";
import { scalings, variants } from "./scaling.ts";

export const efficientNetSchema = z.strictObject({
  variant: z.enum(variants).default("b0").meta({
    description: "How much wider and deeper than b0, by the paper's rule: b0 has 4 million parameters, b7 64 million.",
    group: "architecture",
  }),
  preset: z.enum(["full", "small"]).default("full").meta({
    description:
      "How large: full is the published variant, small half as wide and half as deep, which trains on a laptop.",
    group: "architecture",
  }),
  widthFactor: z.number().min(0.1).max(8).optional().meta({
    description: "Filters for each of b0's, rounded to multiples of 8; absent = the variant's and preset's.",
    group: "architecture",
  }),
  depthFactor: z.number().min(0.1).max(8).optional().meta({
    description: "Blocks for each of b0's, rounded up; absent = the variant's and preset's.",
    group: "architecture",
  }),
  stemStride: z.literal([1, 2]).default(2).meta({
    description:
      "Step of the first convolution; 1 keeps twice as many points in all stages, for cubes of less than about 64 pixels.",
    group: "architecture",
    unit: "points",
  }),
  dropConnect: z.number().min(0).max(0.95).default(0.2).meta({
    description:
      "Probability that a sample goes around a block while training: 0 for the first, rising to nearly this for the last.",
    group: "regularization",
  }),
  dropout: z.number().min(0).max(0.95).optional().meta({
    description:
      "Probability that a feature is dropped in front of the last layer while training; absent = the variant's, 0.2 to 0.5.",
    group: "regularization",
  }),
  normMomentum: z.number().gt(0).max(1).default(0.1).meta({
    description:
      "Weight of the newest batch in the statistics that evaluation uses; the published 0.01 needs many hundred steps.",
    group: "regularization",
  }),
});
type EfficientNetComponentOptions = z.output<typeof efficientNetSchema>;

/** EfficientNet b0 to b7 for cubes of any number of bands (2-D, the bands being channels), for classes and numbers. */
export const efficientnet = defineComponent({
  kind: "model",
  name: "efficientnet",
  summary:
    "EfficientNet b0 to b7: channel-wise convolutions and channel attention, scaled in width and depth together.",
  reference:
    "Tan and Le, EfficientNet: Rethinking model scaling for convolutional neural networks, ICML 2019; as in Horgan and Bergholt, spectrai, J. Spectral Imaging 11, a7, 2022.",
  supports: { tasks: ["classification", "regression"], data: ["cube"] },
  schema: efficientNetSchema,
  create: (options) => ({ build: (spec, init) => buildEfficientNet(options, spec, init) }),
});

function buildEfficientNet(options: EfficientNetComponentOptions, spec: ModelSpec, init: Rng): Model {
  const { data, input, output } = spec;
  if (data !== "cube" || (output.kind !== "class" && output.kind !== "numbers"))
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      data === "cube"
        ? `model: efficientnet gives classes or numbers for a whole cube and cannot give a ${output.kind === "mask" ? "mask" : "cube"}; use unet.`
        : "model: efficientnet convolves over the rows and columns of cubes, and a spectrum has none; use resnet.",
    );
  const scaling = scalings[options.variant];
  const share = options.preset === "small" ? 0.5 : 1;
  const scope = parameterScope(init);
  const network = efficientNetNetwork(scope, {
    channels: input.at(-1)!,
    outputs: output.kind === "class" ? output.classes : output.count,
    width: options.widthFactor ?? share * scaling.width,
    depth: options.depthFactor ?? share * scaling.depth,
    stemStride: options.stemStride,
    dropout: options.dropout ?? scaling.dropout,
    dropConnect: options.dropConnect,
    momentum: options.normMomentum,
  });
  return networkModel(scope, network, { head: ["_fc"] });
}
