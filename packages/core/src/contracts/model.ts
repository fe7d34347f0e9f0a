import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Rng } from "../rng.ts";
import type { DataKind } from "./sample.ts";

/** What comes out of a model, without the batch dimension. */
export type OutputSpec =
  | { readonly kind: "spectral"; readonly shape: readonly number[] }
  | { readonly kind: "mask"; readonly classes: number }
  | { readonly kind: "class"; readonly classes: number }
  | { readonly kind: "numbers"; readonly count: number };

/** What a model is built for. Shapes are a sample's: `[L]` or `[H, W, L]`, 0 where height or width vary. */
export interface ModelSpec {
  readonly task: string;
  readonly data: DataKind;
  readonly input: readonly number[];
  readonly output: OutputSpec;
  /** Super-resolution: how many times finer the output grid is. */
  readonly scale?: number;
}

/** A named tensor of a model: a parameter, or a buffer such as a running mean. */
export interface Parameter {
  /** Dotted path, stable across versions: it is the name in the model file. */
  readonly name: string;
  readonly variable: Variable;
  /** False for buffers, which the optimizer does not touch. */
  readonly trainable: boolean;
  /** False for biases and norms, which weight decay leaves alone. */
  readonly decay: boolean;
}

/** Training and evaluation are explicit, never sticky state. */
export interface ForwardContext {
  readonly training: boolean;
  /** Names this step's random numbers (dropout). The same seed gives the same result. */
  readonly seed: number;
  /** Buffers that stay as they are, of layers that are not trained: a norm that has them normalizes by them in training too. */
  readonly frozen?: ReadonlySet<Variable>;
  /** Hands over a buffer's next value (running statistics), to be kept or copied before this returns; assigned after the step. */
  update(buffer: Variable, value: Tensor): void;
}

/**
 * A built network. `apply` maps `[N, …sample]` to `[N, L]`, `[N, H, W, L]` (spectral), `[N, H, W, K]` logits (mask),
 * `[N, K]` logits (class) or `[N, M]` (numbers). Channels that a network needs inside are its own business.
 */
export interface Model {
  readonly parameters: readonly Parameter[];
  apply(x: Tensor, context: ForwardContext): Tensor;
  /**
   * Outputs of `apply`'s shape that training holds to the target one by one: the members of an ensemble, or the stages of
   * deep supervision. The training loss is the mean of theirs. Absent = what `apply` gives alone.
   */
  outputs?(x: Tensor, context: ForwardContext): readonly Tensor[];
  /**
   * Prefixes of the names of those parameters whose shape follows from what is predicted (number of classes, of values):
   * the head, which is made anew when a trained network goes on with another target. `["fc"]` is `fc.weight`, `fc.bias`.
   */
  readonly head?: readonly string[];
  /** Input points that one output point can depend on, per spatial dimension; for tiling and for a split's leak. */
  readonly receptiveField?: readonly number[];
  /** Cubes: rows and columns of a tile must start at multiples of these for the same output as in the whole image (poolings); absent = 1. */
  readonly gridStep?: readonly number[];
  /**
   * What the trainer may do before the first step with the training part: a closed-form start, say. Rows of one group
   * (`groups`, one name a row) are of one origin, and say nothing about how well others are predicted. `kept` tells of the
   * parameters that are then set to a trained model's values; absent = none.
   */
  prepare?(training: {
    readonly input: Tensor;
    readonly target: Tensor;
    readonly groups: readonly string[];
    readonly kept?: (name: string) => boolean;
  }): void | Promise<void>;
  /** `prepare` solves for all parameters, so that the model is ready without an epoch. */
  readonly closedForm?: boolean;
  dispose(): void;
}

export interface Architecture {
  build(spec: ModelSpec, init: Rng): Model;
}
