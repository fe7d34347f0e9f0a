import type { Tensor } from "@tensorflow/tfjs-core";
import type { Axis, SpectralArray } from "../axes.ts";
import type { JsonObject } from "../json.ts";
import type { LabelArray } from "./sample.ts";

/**
 * `spectral`: moves or resamples points along the spectral axis. `value`: changes values in place. Both also apply to
 * a spectrum or cube that is the target. `spatial`: moves pixels, and so also moves masks. Classes are left alone.
 */
export type Affects = "spectral" | "spatial" | "value";

/**
 * A deterministic step of preprocessing, applied to one sample's `[L]` or `[H, W, L]` array. It never changes its
 * argument; a result has its argument's element type; arithmetic is in float64.
 */
export interface Transform {
  readonly affects: Affects;
  /** Learns what is needed from the training part (a mean spectrum, say), as JSON kept in the model file. */
  fit?(train: Iterable<SpectralArray>): JsonObject;
  /** The axis of the result; absent = unchanged. */
  axis?(axis: Axis): Axis;
  /** `state` is what `fit` returned. Work for one axis (windows, factorizations) is done once and kept. */
  apply(x: SpectralArray, state?: JsonObject): SpectralArray;
  /**
   * The same on a batch of tensors `[N, L]` or `[N, H, W, L]`, in float32 and with the operations of tfjs, for a network's file
   * that is to hold its preprocessing (ONNX). Nothing is checked of the values. Absent where a step goes by cases or passes.
   */
  tensor?(x: Tensor, axis: Axis, state?: JsonObject): Tensor;
  /** The same as `inverse` on batches of tensors; `axis` is that of `original`. Whoever has `tensor` and `inverse` has it. */
  inverseTensor?(output: Tensor, original: Tensor, axis: Axis, state?: JsonObject): Tensor;
  /** Spatial transforms only: the same movement of a mask. */
  applyMask?(mask: LabelArray): LabelArray;
  /** Maps a network's output back to the scale of `original`, the array that `apply` was given for this sample. */
  inverse?(output: SpectralArray, original: SpectralArray, state?: JsonObject): SpectralArray;
}
