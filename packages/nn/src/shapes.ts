import type { Tensor } from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";

/** How many spatial dimensions a layer works on: spectra 1, images 2, volumes 3. */
export type Dimension = 1 | 2 | 3;

/** One number for every spatial dimension, or one for all. */
export type PerDimension = number | readonly number[];

/** @throws SPECTRAI_INTERNAL when a list has another length than there are dimensions. */
export function perDimension(value: PerDimension, dimension: Dimension, what: string): readonly number[] {
  if (typeof value === "number") return Array.from({ length: dimension }, () => value);
  if (value.length !== dimension)
    throw new SpectraiError(
      "SPECTRAI_INTERNAL",
      `${what} needs ${dimension} numbers, one a spatial dimension, and got ${value.length}.`,
    );
  return value;
}

/** @throws SPECTRAI_TENSOR_SHAPE unless `x` is `[N, …spatial, channels]` of the given dimension. */
export function checkChannelsLast(x: Tensor, dimension: Dimension, channels: number, what: string): void {
  if (x.rank !== dimension + 2 || x.shape[x.rank - 1] !== channels)
    throw new SpectraiError(
      "SPECTRAI_TENSOR_SHAPE",
      `${what} needs a tensor [N, ${["L", "H, W", "D, H, W"][dimension - 1]}, ${channels}] and got [${x.shape.join(", ")}].`,
    );
}

/** `[N, …spatial, C]` as `[N, positions, C]`: its leading size, positions and channels. */
export function flatSizes(shape: readonly number[]): {
  readonly batch: number;
  readonly positions: number;
  readonly channels: number;
} {
  const batch = shape[0]!;
  const channels = shape.at(-1)!;
  let positions = 1;
  for (let i = 1; i < shape.length - 1; i++) positions *= shape[i]!;
  return { batch, positions, channels };
}
