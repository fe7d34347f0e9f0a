import { defineComponent, type Model, type ModelSpec, type Rng, SpectraiError } from "@spectrai/core";
import { type Dimension, networkModel, parameterScope, withChannels } from "@spectrai/nn";
import { type ResNetComponentOptions, resnetSchema } from "./options.ts";
import { whyTooSmall, resnetNetwork } from "./resnet-network.ts";

/** ResNet for spectra (1-D, along the spectral axis) and cubes (2-D on bands as channels, or 3-D), for classes and numbers. */
export const resnet = defineComponent({
  kind: "model",
  name: "resnet",
  summary: "ResNet 18 to 152: residual blocks in four stages, then one average over all positions.",
  reference:
    "He, Zhang, Ren and Sun, Deep residual learning for image recognition, CVPR 2016; as in Horgan and Bergholt, spectrai, J. Spectral Imaging 11, a7, 2022.",
  supports: { tasks: ["classification", "regression"], data: ["spectrum", "cube"] },
  schema: resnetSchema,
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
  create: (options) => ({ build: (spec, init) => buildResNet(options, spec, init) }),
});

/** Spectra are lines, cubes images with bands as channels or volumes: see `withChannels` of nn. */
function buildResNet(options: ResNetComponentOptions, { data, input, output }: ModelSpec, init: Rng): Model {
  if (output.kind !== "class" && output.kind !== "numbers")
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `model: resnet gives classes or numbers for a whole sample and cannot give a ${output.kind === "mask" ? "mask" : "spectrum"}; use unet.`,
    );
  const dimension: Dimension = data === "spectrum" ? 1 : options.dimension;
  const why = whyTooSmall(dimension === 2 ? input.slice(0, 2) : input, options);
  if (why) throw new SpectraiError("SPECTRAI_TASK_UNSUITABLE", why);

  const scope = parameterScope(init);
  const network = resnetNetwork(scope, {
    ...options,
    dimension,
    channels: dimension === 2 ? input.at(-1)! : 1,
    outputs: output.kind === "class" ? output.classes : output.count,
    width: options.width ?? (options.preset === "full" ? 64 : dimension === 3 ? 8 : 16),
  });
  return networkModel(scope, (x, context) => network(withChannels(x, dimension), context), { head: ["fc"] });
}
