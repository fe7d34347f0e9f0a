import type * as tf from "@tensorflow/tfjs-core";
import type { Component } from "@spectrai/core";
import { type ParityCase } from "../case.ts";
import { evaluateNetwork } from "../network.ts";
import { createWith } from "../create.ts";
import { randomTensor } from "../random-tensor.ts";

/** What each kind of target is compared with: outputs of the network, and targets. */
const targets = {
  spectra: { output: [3, 12], target: { shape: [3, 12] } },
  cubes: { output: [2, 12, 13, 4], target: { shape: [2, 12, 13, 4], low: 0, high: 1 } },
  masks: { output: [2, 5, 4, 3], target: { shape: [2, 5, 4], low: 0, high: 3, dtype: "int32" } },
} as const;

/** By a loss's name, which of them it takes; others are tried on spectra. */
const suited: Readonly<Record<string, readonly (keyof typeof targets)[]>> = {
  bce: ["masks"],
  "cross-entropy": ["masks"],
  dice: ["masks"],
  focal: ["masks"],
  "spectral-angle": ["spectra", "cubes"],
  ssim: ["cubes"],
  sum: [],
};

/** A loss, and its gradient with respect to the output. `sum` is made of others. */
export const lossCases = (component: Component<"loss">): ParityCase[] =>
  (suited[component.name] ?? ["spectra", "cubes"]).map((of) => {
    const title = `loss ${component.name}, ${of}`;
    const { output, target } = targets[of];
    return {
      kind: "layer",
      title,
      async evaluate() {
        const loss = await createWith(component, {});
        const wanted = randomTensor(`${title}/target`, target);
        try {
          const run = ([x]: readonly tf.Tensor[]): tf.Tensor => loss.compute(x!, wanted);
          return await evaluateNetwork(title, { parameters: [], run, dispose: () => {} }, [{ shape: output }]);
        } finally {
          wanted.dispose();
        }
      },
    };
  });
