import type { Axis, SpectralArray } from "../axes.ts";
import type { JsonObject } from "../json.ts";
import type { NdArray } from "../ndarray.ts";

/** Class indices `[H, W]`; `ignored` marks pixels without a label. */
export interface LabelArray extends NdArray<Int32Array> {
  readonly ignored: number;
}

export type Target =
  | { readonly kind: "spectral"; readonly value: SpectralArray }
  | { readonly kind: "mask"; readonly value: LabelArray }
  | { readonly kind: "class"; readonly value: number }
  | { readonly kind: "numbers"; readonly value: Float64Array }
  | { readonly kind: "none" };

/** What a split may look at without reading the sample. */
export interface SampleInfo {
  readonly id: string;
  /** The acquisition, patient or image a sample came from: samples of one group stay on one side of a split. */
  readonly group: string;
  readonly class?: number;
  /** Where in an image the sample was cut from; absent for spectra and where it is not known. */
  readonly place?: Place;
}

/** Rows `[y0, y1)` and columns `[x0, x1)` of an image. */
export interface Rectangle {
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/** A rectangle of the image that has this id; super-resolution: on the grid of the target. */
export interface Place extends Rectangle {
  readonly image: string;
}

export interface Sample extends SampleInfo {
  readonly input: SpectralArray;
  readonly target: Target;
  readonly meta?: JsonObject;
}

/** `spectrum`: samples are `[L]`. `cube`: samples are `[H, W, L]`. */
export type DataKind = "spectrum" | "cube";

/** What is known about a data set's samples before one is read. */
export interface SampleSpec {
  readonly data: DataKind;
  /** `[L]` or `[H, W, L]`; 0 where samples differ in height or width. */
  readonly shape: readonly number[];
  readonly axis: Axis;
  readonly target: TargetSpec;
}

export type TargetSpec =
  | {
      readonly kind: "spectral";
      readonly shape: readonly number[];
      readonly axis: Axis;
      /** Super-resolution: how many times finer the target's grid is than the input's, where the shapes do not say it. */
      readonly scale?: number;
    }
  | { readonly kind: "mask"; readonly classes: readonly string[]; readonly ignored: number }
  | { readonly kind: "class"; readonly classes: readonly string[] }
  | { readonly kind: "numbers"; readonly names: readonly string[]; readonly units: readonly string[] }
  | { readonly kind: "none" };
