import * as tf from "@tensorflow/tfjs-core";
import type { Model } from "@spectrai/core";
import type { Layer } from "./layer.ts";
import type { ParameterScope } from "./parameter-scope.ts";

/**
 * What `Architecture.build` returns: the network's forward function with the parameters made under a root scope.
 *
 * @param forward - from the contract's tensors (`[N, L]`, `[N, H, W, L]`) to the contract's
 */
export function networkModel(
  scope: ParameterScope,
  forward: Layer,
  extras: Pick<Model, "closedForm" | "gridStep" | "head" | "outputs" | "receptiveField" | "prepare"> = {},
): Model {
  return {
    ...extras,
    parameters: scope.parameters,
    apply: (x, context) => tf.tidy(() => forward(x, context)),
    dispose: () => scope.dispose(),
  };
}
