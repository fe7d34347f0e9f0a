import { defineComponent, type Model, type ModelSpec, type Rng, SpectraiError } from "@spectrai/core";
import { type Dimension, networkModel, parameterScope, withChannels } from "@spectrai/nn";
import { densenetNetwork, whyTooSmall } from "./densenet-network.ts";
import { type DenseNetComponentOptions, densenetSchema, layoutOf } from "./options.ts";

/** DenseNet for spectra (1-D, along the spectral axis) and cubes (2-D on bands as channels, or 3-D), for classes and numbers. */
export const densenet = defineComponent({
  kind: "model",
  name: "densenet",
  summary:
    "DenseNet 121 to 201: blocks whose layers see all features made before them, then one average over all positions.",
  reference:
    "Huang, Liu, van der Maaten and Weinberger, Densely connected convolutional networks, CVPR 2017; as in Horgan and Bergholt, spectrai, J. Spectral Imaging 11, a7, 2022.",
  supports: { tasks: ["classification", "regression"], data: ["spectrum", "cube"] },
  schema: densenetSchema,
  // Cubes are trained as their task says.
  recipe: (_task, data) =>
    data === "cube"
      ? {}
      : {
          preprocess: ["snv"],
          train: {
            epochs: 20,
            minSteps: 200,
            keep: "last",
            batchSize: 32,
            optimizer: { name: "adamw", weightDecay: 0.01 },
            learningRate: 1e-3,
            schedule: { name: "cosine", warmUp: 0.1, startFactor: 0 },
          },
        },
  create: (options) => ({ build: (spec, init) => buildDenseNet(options, spec, init) }),
});

/** Spectra are lines, cubes images with bands as channels or volumes: see `withChannels` of nn. */
function buildDenseNet(options: DenseNetComponentOptions, { data, input, output }: ModelSpec, init: Rng): Model {
  if (output.kind !== "class" && output.kind !== "numbers")
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `model: densenet gives classes or numbers for a whole sample and cannot give a ${output.kind === "mask" ? "mask" : "spectrum"}; use unet.`,
    );
  const dimension: Dimension = data === "spectrum" ? 1 : options.dimension;
  const layout = layoutOf(options);
  const why = whyTooSmall(dimension === 2 ? input.slice(0, 2) : input, { ...options, ...layout });
  if (why) throw new SpectraiError("SPECTRAI_TASK_UNSUITABLE", why);

  const scope = parameterScope(init);
  const network = densenetNetwork(scope, {
    ...options,
    ...layout,
    dimension,
    channels: dimension === 2 ? input.at(-1)! : 1,
    outputs: output.kind === "class" ? output.classes : output.count,
  });
  return networkModel(scope, (x, context) => network(withChannels(x, dimension), context), { head: ["classifier"] });
}
