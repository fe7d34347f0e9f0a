import type { Component } from "@spectrai/core";
import * as losses from "@spectrai/losses";
import type { ParityCase } from "./case.ts";
import { layerCases } from "./layers/index.ts";
import { layerCase } from "./layers/layer-case.ts";
import { lossCases } from "./layers/losses.ts";
import { modelCases } from "./model-case.ts";
import { operationCase } from "./operation-case.ts";
import { finiteCases } from "./operations/index.ts";
import { optimizerCases, trainingCases } from "./training-case.ts";

/**
 * All that backends are compared on: the operations of first-party packages, every layer of `@spectrai/nn` and every loss of
 * `@spectrai/losses`, and each of these models alone and in three steps of training.
 *
 * @param models - components of installed plugins; those that are not first-party are taken with their defaults
 */
export function parityCases(models: readonly Component<"model">[]): readonly ParityCase[] {
  const lossComponents = losses.default.components.filter((c): c is Component<"loss"> => c.kind === "loss");
  const byOptimizers = models.find(({ name }) => name === "unet");
  return [
    ...finiteCases().map(operationCase),
    ...layerCases().map(layerCase),
    ...lossComponents.flatMap(lossCases),
    ...models.flatMap(modelCases),
    ...models.flatMap(trainingCases),
    ...(byOptimizers ? optimizerCases(byOptimizers) : []),
  ];
}
