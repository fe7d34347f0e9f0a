import type * as tf from "@tensorflow/tfjs-core";
import { type ForwardContext, rng } from "@spectrai/core";
import { parameterScope, type ParameterScope } from "@spectrai/nn";
import type { ParityCase } from "../case.ts";
import { evaluateNetwork } from "../network.ts";
import type { RandomInput } from "../random-tensor.ts";

/** A layer with its inputs, which are floats in [−2, 2) where only a shape is given. */
export interface LayerCase {
  /** The name under which `@spectrai/nn` exports it. */
  readonly layer: string;
  /** What is special here. */
  readonly of: string;
  readonly inputs: readonly (RandomInput | readonly number[])[];
  /** Makes the layer with its parameters. */
  readonly make: (
    scope: ParameterScope,
  ) => (inputs: readonly tf.Tensor[], context: ForwardContext) => tf.Tensor | readonly tf.Tensor[];
}

export const layerCase = ({ layer, of, inputs, make }: LayerCase): ParityCase => {
  const title = of === "" ? layer : `${layer}, ${of}`;
  return {
    kind: "layer",
    title,
    evaluate() {
      const scope = parameterScope(rng("parity", title));
      const run = make(scope);
      return evaluateNetwork(
        title,
        { parameters: scope.parameters, run, dispose: () => scope.dispose() },
        inputs.map((input) => ("shape" in input ? input : { shape: input })),
      );
    },
  };
};
