import * as tf from "@tensorflow/tfjs-core";
import { adjoint, type Taps, windowTaps } from "./taps.ts";

export interface PoolAttributes {
  readonly filterSize: number | [number, number, number];
  readonly strides: number | [number, number, number];
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly includeBatchInIndex?: boolean;
}

type Triple = readonly [depth: number, height: number, width: number];

/** Windows over `[N, …spatial, C]`, planes being volumes of depth 1. */
export interface Windows {
  readonly dimension: 2 | 3;
  readonly batch: number;
  readonly channels: number;
  readonly from: Triple;
  readonly to: Triple;
  readonly size: Triple;
  readonly stride: Triple;
  /** Points added in front. */
  readonly before: Triple;
}

export function planeWindows(shape: readonly number[], attributes: PoolAttributes): Windows {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const c = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad,
    dimRoundingMode,
  );
  return {
    dimension: 2,
    batch: c.batchSize,
    channels: c.inChannels,
    from: [1, c.inHeight, c.inWidth],
    to: [1, c.outHeight, c.outWidth],
    size: [1, c.filterHeight, c.filterWidth],
    stride: [1, c.strideHeight, c.strideWidth],
    before: [0, c.padInfo.top, c.padInfo.left],
  };
}

export function volumeWindows(shape: readonly number[], attributes: PoolAttributes): Windows {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const c = tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad as "valid" | "same" | number,
    dimRoundingMode,
  );
  return {
    dimension: 3,
    batch: c.batchSize,
    channels: c.inChannels,
    from: [c.inDepth, c.inHeight, c.inWidth],
    to: [c.outDepth, c.outHeight, c.outWidth],
    size: [c.filterDepth, c.filterHeight, c.filterWidth],
    stride: [c.strideDepth, c.strideHeight, c.strideWidth],
    before: [c.padInfo.front, c.padInfo.top, c.padInfo.left],
  };
}

export const pooledSizes = ({ to, dimension }: Windows): number[] => to.slice(3 - dimension);

export const pooledShape = (windows: Windows): number[] => [windows.batch, ...pooledSizes(windows), windows.channels];

/** The means of windows as a linear map along each dimension. */
export const meanTaps = ({ dimension, from, to, size, stride, before }: Windows): Taps[] =>
  to.map((n, d) => windowTaps(from[d]!, n, size[d]!, stride[d]!, before[d]!)).slice(3 - dimension);

export const meanTapsBackwards = (windows: Windows): Taps[] =>
  meanTaps(windows).map((taps, i) => adjoint(taps, windows.from[3 - windows.dimension + i]!));
