import { SpectraiError } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { sizeOf, type FloatArray, type NdArray } from "./ndarray.ts";

export const axisUnits = ["cm-1", "nm", "um", "eV", "index"] as const;
export type AxisUnit = (typeof axisUnits)[number];

/** The spectral axis: one strictly monotonic value (ascending or descending) for every point of a spectrum. */
export interface Axis {
  readonly name: string;
  readonly unit: AxisUnit;
  readonly values: Float64Array;
}

/** A spectrum `[L]` or a cube `[H, W, L]`; the spectral axis is last and `axis.values.length === L`. */
export interface SpectralArray extends NdArray<FloatArray> {
  readonly axis: Axis;
  /**
   * Cubes: 1 for each pixel `[H · W]` that was measured and counts, 0 for one that has no data or lies outside the part of
   * the image that the sample stands for; absent = all count. Pixels that do not count hold finite values that mean nothing:
   * statistics, losses and metrics pass over them.
   */
  readonly valid?: Uint8Array;
}

const indexAxes = new Map<number, Axis>();

/** The axis 0, 1, … of data that came without one. Equal lengths share one object. */
export function indexAxis(length: number): Axis {
  let axis = indexAxes.get(length);
  if (!axis) {
    axis = Object.freeze({ name: "index", unit: "index", values: Float64Array.from({ length }, (_, i) => i) });
    indexAxes.set(length, axis);
  }
  return axis;
}

/** @throws SPECTRAI_DATA_AXIS when a value is not finite or the values are not strictly monotonic. */
export function makeAxis(
  values: Float64Array,
  unit: AxisUnit,
  name: string = unit === "index" ? "index" : "spectral",
): Axis {
  const up = values.length < 2 || values[1]! > values[0]!;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!))
      throw new SpectraiError("SPECTRAI_DATA_AXIS", `The axis is not a finite number at point ${i}: ${values[i]}.`);
    if (i > 0 && (up ? values[i]! <= values[i - 1]! : values[i]! >= values[i - 1]!))
      throw new SpectraiError(
        "SPECTRAI_DATA_AXIS",
        `The axis must rise or fall throughout, but turns at point ${i} (${values[i - 1]} then ${values[i]}).`,
      );
  }
  return { name, unit, values };
}

/** `length` evenly spaced values from `start` to `stop`, both included. */
export const linearAxis = (start: number, stop: number, length: number, unit: AxisUnit): Axis =>
  makeAxis(
    Float64Array.from({ length }, (_, i) => (length < 2 ? start : start + ((stop - start) * i) / (length - 1))),
    unit,
  );

export const spectralArray = (
  data: FloatArray,
  shape: readonly number[],
  axis: Axis = indexAxis(shape.at(-1)!),
  valid?: Uint8Array,
): SpectralArray => {
  if (sizeOf(shape) !== data.length || axis.values.length !== shape.at(-1))
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `${data.length} values on an axis of ${axis.values.length} points cannot have the shape [${shape.join(", ")}].`,
    );
  if (valid && valid.length * axis.values.length !== data.length)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `A mask of ${valid.length} pixels does not fit an array of the shape [${shape.join(", ")}].`,
    );
  const dtype = data instanceof Float64Array ? "float64" : "float32";
  return valid ? { data, shape, dtype, axis, valid } : { data, shape, dtype, axis };
};

const slabBytes = 65536;
let slab = new ArrayBuffer(0);
let slabUsed = 0;

/**
 * A float array of zeros of the same element type, for a result as precise as its input. Arrays of a spectrum's size share
 * larger buffers (`data.buffer` is not theirs alone): to allocate each by itself takes longer than most steps' arithmetic.
 */
export function floatLike(like: FloatArray, length: number): FloatArray {
  const Type = like instanceof Float64Array ? Float64Array : Float32Array;
  const bytes = length * Type.BYTES_PER_ELEMENT;
  if (bytes > slabBytes / 4) return new Type(length);
  if (slabUsed + bytes > slab.byteLength) {
    slab = new ArrayBuffer(slabBytes);
    slabUsed = 0;
  }
  const data = new Type(slab, slabUsed, length);
  slabUsed += Math.ceil(bytes / 8) * 8;
  return data;
}

export const axisToJson = (axis: Axis): JsonObject => ({
  name: axis.name,
  unit: axis.unit,
  values: Array.from(axis.values),
});

export const sameAxis = (a: Axis, b: Axis): boolean =>
  a === b || (a.unit === b.unit && a.values.length === b.values.length && a.values.every((v, i) => v === b.values[i]));
