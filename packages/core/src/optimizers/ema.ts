import * as tf from "@tensorflow/tfjs-core";
import type { Parameter } from "../contracts/model.ts";
import { SpectraiError } from "../errors.ts";
import { hasKernel } from "../fused-kernels.ts";
import { assignSaved } from "./elementwise.ts";
import { runInPlace } from "./in-place.ts";

export interface AverageOptions {
  /** Share of the average that is kept in a step, 0 ≤ decay < 1. */
  readonly decay: number;
  /** Keep less in the first steps: `min(decay, (1 + t) / (10 + t))` for update t from 0. */
  readonly warmUp?: boolean;
}

/** A running average of the weights, which often generalizes better than the weights of the last step. */
export interface WeightAverage {
  /** Takes in the present weights; to be called after each optimizer step. */
  update(): void;
  readonly steps: number;
  /** Name → tensor, for the checkpoint. The tensors stay the average's. */
  tensors(): Record<string, tf.Tensor>;
  restore(tensors: Readonly<Record<string, tf.Tensor>>, steps: number): void;
  /** Puts the averages into the model's variables, for evaluation or for saving. */
  swapIn(): void;
  /** Puts the weights that training goes on with back. */
  swapOut(): void;
  dispose(): void;
}

/**
 * Exponential moving average of every tensor given, running statistics included (so that they fit the averaged
 * weights): `a ← a + (1 − d)·(w − a)`, started from the present weights.
 */
export function averageWeights(
  parameters: readonly Parameter[],
  { decay, warmUp = false }: AverageOptions,
): WeightAverage {
  const averages = parameters.map(({ variable }) => tf.tidy(() => tf.variable(tf.clone(variable), false)));
  let live: readonly tf.Tensor[] | undefined;
  let steps = 0;
  const mustBe = (swapped: boolean, action: string): void => {
    if ((live !== undefined) !== swapped)
      throw new SpectraiError(
        "SPECTRAI_INTERNAL",
        `${action} of the averaged weights while they are ${swapped ? "not " : ""}swapped in.`,
      );
  };
  const swapOut = (): void => {
    parameters.forEach(({ variable }, i) => variable.assign(live![i]!));
    for (const tensor of live!) tensor.dispose();
    live = undefined;
  };
  return {
    update() {
      mustBe(false, "Update");
      const d = warmUp ? Math.min(decay, (1 + steps) / (10 + steps)) : decay;
      if (hasKernel("BlendInPlace"))
        runInPlace("BlendInPlace", [...averages, ...parameters.map((p) => p.variable)], averages, { weight: 1 - d });
      else
        tf.tidy(() => {
          const weight = tf.scalar(1 - d);
          parameters.forEach(({ variable }, i) => {
            const average = averages[i]!;
            tf.tidy(() => average.assign(tf.add(average, tf.mul(tf.sub(variable, average), weight))));
          });
        });
      steps++;
    },
    get steps() {
      return steps;
    },
    tensors: () => Object.fromEntries(parameters.map(({ name }, i) => [`${name}/average`, averages[i]!])),
    restore(tensors, done) {
      parameters.forEach(({ name }, i) => assignSaved(averages[i]!, tensors, `${name}/average`));
      steps = done;
    },
    swapIn() {
      mustBe(false, "Swapping in");
      // Kept, so that swapping inside a tidy does not free them.
      live = parameters.map(({ variable }) => tf.keep(tf.clone(variable)));
      parameters.forEach(({ variable }, i) => variable.assign(averages[i]!));
    },
    swapOut() {
      mustBe(true, "Swapping out");
      swapOut();
    },
    dispose() {
      if (live) swapOut();
      for (const average of averages) average.dispose();
    },
  };
}
