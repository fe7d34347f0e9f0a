import type { JsonObject } from "@spectrai/core";
import { materials } from "@spectrai/datasets";
import type { LargeCubeOptions } from "./options.ts";
import { sceneFiles } from "./scene.ts";

const batchSize = 16;
const epochs = 3;
/** The upper part is for training and validation, then a guard band; what lies below is never trained on. */
const trainShare = 0.6;
const guard = 32;

/** The first row that training has not seen. */
export const firstUnseen = ({ lines }: Pick<LargeCubeOptions, "lines">): number =>
  Math.round(trainShare * lines) + guard;

/** The training run: random patches of the upper part, scored on a strip of the lower one. */
export function trainingConfig(options: LargeCubeOptions): JsonObject {
  const { image, labels } = sceneFiles(options);
  return {
    plugins: ["io-formats", "models-unet", "preprocess", "losses", "baselines", "backend-onednn", "backend-wasm"].map(
      (name) => `@spectrai/${name}`,
    ),
    task: "segmentation",
    data: {
      name: "cubes",
      input: image,
      target: labels,
      classNames: materials.map((m) => m.name),
      patch: options.patch,
      patches: "random",
      perEpoch: batchSize * Math.ceil(options.steps / epochs),
    },
    split: { name: "strips", direction: "rows", train: trainShare, validation: 0.05, test: 0.05, guard },
    memory: options.memory,
    model: { name: "unet", filters: [...options.filters] },
    baselines: ["logistic-regression"],
    train: { epochs, batchSize, learningRate: 1e-3 },
  };
}
