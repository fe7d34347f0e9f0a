import { type Component, rng } from "@spectrai/core";
import type { ParityCase } from "./case.ts";
import { createWith } from "./create.ts";
import { evaluateNetwork } from "./network.ts";
import { type SmallModel, smallModels } from "./small-models.ts";

/** Samples in a batch: of several, so that norms over the batch have something to do. */
export const batchSize = 3;

/** A model in each of its small configurations: outputs in evaluation and in training, running statistics, and all gradients. */
export const modelCases = (component: Component<"model">): ParityCase[] =>
  smallModels(component).map((small) => modelCase(component, small));

function modelCase(component: Component<"model">, { of, options, spec, through = true }: SmallModel): ParityCase {
  const title = `${component.name}, ${of}`;
  return {
    kind: "model",
    title,
    async evaluate() {
      const model = (await createWith(component, options)).build(spec, rng("parity", title));
      return evaluateNetwork(
        title,
        {
          parameters: model.parameters,
          run: ([x], context) => model.apply(x!, context),
          through,
          dispose: () => model.dispose(),
        },
        [{ shape: [batchSize, ...spec.input], low: 0, high: 1 }],
      );
    },
  };
}
