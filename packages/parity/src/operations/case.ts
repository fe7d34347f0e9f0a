import type * as tf from "@tensorflow/tfjs-core";
import type { RandomInput } from "../random-tensor.ts";

/** A computation that must give the same on every backend. */
export interface BackendCase {
  readonly title: string;
  /** A shape stands for floats in [−2, 2). */
  readonly inputs: readonly (RandomInput | readonly number[])[];
  readonly run: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  /** Inputs whose gradients are compared too (of a random weighting of the outputs). */
  readonly gradients?: readonly number[];
}

/** A case whose float inputs all have gradients. */
export const smooth = (title: string, inputs: BackendCase["inputs"], run: BackendCase["run"]): BackendCase => ({
  title,
  inputs,
  run,
  gradients: inputs.map((_, i) => i),
});
export const forward = (title: string, inputs: BackendCase["inputs"], run: BackendCase["run"]): BackendCase => ({
  title,
  inputs,
  run,
});
export const positive = (...shape: number[]): RandomInput => ({ shape, low: 0.1, high: 2 });
export const unit = (...shape: number[]): RandomInput => ({ shape, low: -0.9, high: 0.9 });
export const flags = (...shape: number[]): RandomInput => ({ shape, dtype: "bool" });
export const integers = (high: number, ...shape: number[]): RandomInput => ({ shape, low: 0, high, dtype: "int32" });
