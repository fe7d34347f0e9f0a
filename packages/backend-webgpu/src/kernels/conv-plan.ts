import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";

export interface Conv2DAttrs {
  readonly strides: number | [number, number];
  readonly dilations?: number | [number, number];
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}
export interface Conv3DAttrs {
  readonly strides: number | [number, number, number];
  readonly dilations?: number | [number, number, number];
  readonly pad: "valid" | "same";
  readonly dataFormat?: "NDHWC" | "NCDHW";
}

/** Along depth, height and width. */
export type Triple = readonly [number, number, number];

/** A convolution's sizes. A plane is a volume of depth 1. */
export interface Plan {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly from: Triple;
  readonly to: Triple;
  readonly kernel: Triple;
  readonly strides: Triple;
  readonly dilations: Triple;
  /** Zeros before the input. */
  readonly before: Triple;
  /** The output's shape. */
  readonly output: readonly number[];
}

function onlyChannelsLast(format: string | undefined): void {
  if (format?.startsWith("NC"))
    throw new SpectraiError(
      "SPECTRAI_BACKEND_OP",
      `The webgpu backend convolves channels-last tensors, and this one is ${format}; transpose it.`,
    );
}

export function planeOf(x: readonly number[], filter: readonly number[], attrs: Conv2DAttrs, depthwise = false): Plan {
  onlyChannelsLast(attrs.dataFormat);
  const c = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
  );
  return {
    batch: c.batchSize,
    inChannels: c.inChannels,
    outChannels: c.outChannels,
    from: [1, c.inHeight, c.inWidth],
    to: [1, c.outHeight, c.outWidth],
    kernel: [1, c.filterHeight, c.filterWidth],
    strides: [1, c.strideHeight, c.strideWidth],
    dilations: [1, c.dilationHeight, c.dilationWidth],
    before: [0, c.padInfo.top, c.padInfo.left],
    output: [c.batchSize, c.outHeight, c.outWidth, c.outChannels],
  };
}

export function volumeOf(x: readonly number[], filter: readonly number[], attrs: Conv3DAttrs): Plan {
  onlyChannelsLast(attrs.dataFormat);
  const c = tf.backend_util.computeConv3DInfo(
    x as [number, number, number, number, number],
    filter as [number, number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
  );
  return {
    batch: c.batchSize,
    inChannels: c.inChannels,
    outChannels: c.outChannels,
    from: [c.inDepth, c.inHeight, c.inWidth],
    to: [c.outDepth, c.outHeight, c.outWidth],
    kernel: [c.filterDepth, c.filterHeight, c.filterWidth],
    strides: [c.strideDepth, c.strideHeight, c.strideWidth],
    dilations: [c.dilationDepth, c.dilationHeight, c.dilationWidth],
    before: [c.padInfo.front, c.padInfo.top, c.padInfo.left],
    output: [c.batchSize, c.outDepth, c.outHeight, c.outWidth, c.outChannels],
  };
}

export const product = (sizes: readonly number[]): number => sizes.reduce((n, size) => n * size, 1);

/** Names numbers along depth, height and width as a shader's scalars. */
export const named = (name: string, [d, h, w]: Triple): Record<string, number> => ({
  [`${name}D`]: d,
  [`${name}H`]: h,
  [`${name}W`]: w,
});
export const namedTypes = <T extends "u32" | "i32">(type: T, ...names: readonly string[]): Record<string, T> =>
  Object.fromEntries(names.flatMap((name) => ["D", "H", "W"].map((axis) => [name + axis, type])));
