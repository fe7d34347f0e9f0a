import type { SpectralArray } from "../axes.ts";
import type { JsonObject } from "../json.ts";
import type { Rng } from "../rng.ts";
import type { LabelArray } from "./sample.ts";
import type { Affects } from "./transform.ts";

/**
 * A random change of one sample. Randomness is split from application. Under `augment` it is for training only; those `on:
 * "input"` can also stand under `degrade`, where they make the inputs of all parts from clean targets.
 */
export interface SampleAugmentation {
  readonly scope: "sample";
  readonly affects: Affects;
  /** `both`: a spectrum or cube target is changed alike. `input`: noise, which the target must not get. */
  readonly on: "both" | "input";
  /** How many times coarser the grid of the result is: a down-sampling. Absent = the grid stays. */
  readonly scale?: number;
  /** Draws parameters for one sample, or null to leave it as it is. */
  sample(x: SpectralArray, rng: Rng): JsonObject | null;
  /** Deterministic given the parameters. Does not change its argument. */
  apply(x: SpectralArray, params: JsonObject): SpectralArray;
  /** Spatial augmentations only. */
  applyMask?(mask: LabelArray, params: JsonObject): LabelArray;
}

/** Rows of a batch on the host. `target` holds spectra, probabilities or numbers: whatever can be averaged. */
export interface BatchArrays {
  readonly size: number;
  readonly input: Float32Array;
  readonly target: Float32Array;
}

/** A random change that mixes the samples of a batch, training only. */
export interface BatchAugmentation {
  readonly scope: "batch";
  sample(size: number, rng: Rng): JsonObject | null;
  /** Changes the arrays in place. */
  apply(batch: BatchArrays, params: JsonObject): void;
}

export type Augmentation = SampleAugmentation | BatchAugmentation;
