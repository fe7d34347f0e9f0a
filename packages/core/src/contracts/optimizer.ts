import type { Tensor } from "@tensorflow/tfjs-core";
import type { Parameter } from "./model.ts";

export interface OptimizerParameter extends Parameter {
  /** Factor on the learning rate, for per-group rates; may change from step to step, and is 0 while a parameter waits. */
  readonly rateScale: number;
}

/** The moments of one run. `step` changes the parameters' variables and frees what it replaces. */
export interface OptimizerState {
  /** `gradients[i]` belongs to parameter i. Does not dispose the gradients. */
  step(gradients: readonly Tensor[], rate: number): void;
  /** Name → tensor, for the checkpoint. The tensors stay the optimizer's. */
  tensors(): Record<string, Tensor>;
  readonly steps: number;
  restore(tensors: Readonly<Record<string, Tensor>>, steps: number): void;
  dispose(): void;
}

export interface Optimizer {
  start(parameters: readonly OptimizerParameter[]): OptimizerState;
}
