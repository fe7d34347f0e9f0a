import * as tf from "@tensorflow/tfjs-core";
import { hasKernel } from "@spectrai/core";
import { biasActivate, type FusedActivation } from "./fused-activation.ts";
import { fusedConv2d, fusedConv3d, type Pads } from "./fused-conv.ts";
import type { Dimension } from "./shapes.ts";

/** `same`: as many points as went in (divided by the stride, rounded up). Numbers: zeros on both sides, as PyTorch. */
export type Padding = "same" | "valid" | readonly number[];

export interface Convolution {
  readonly dimension: Dimension;
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly dilations: readonly number[];
  readonly groups: number;
  readonly activation: FusedActivation;
}

type Margins = readonly (readonly [number, number])[];

/** Zeros before and after each spatial dimension. The odd one of `same` goes to the end, as in PyTorch and TensorFlow. */
function margins(
  x: tf.Tensor,
  kernel: readonly number[],
  { dimension, strides, padding, dilations }: Convolution,
): Margins {
  return Array.from({ length: dimension }, (_, i) => {
    if (padding === "valid") return [0, 0] as const;
    if (padding !== "same") return [padding[i]!, padding[i]!] as const;
    const length = x.shape[i + 1]!;
    const stride = strides[i]!;
    const total = Math.max(
      (Math.ceil(length / stride) - 1) * stride + (kernel[i]! - 1) * dilations[i]! + 1 - length,
      0,
    );
    return [total >> 1, total - (total >> 1)] as const;
  });
}

const padSpatial = (x: tf.Tensor, by: Margins): tf.Tensor =>
  by.every(([a, b]) => a === 0 && b === 0)
    ? x
    : tf.pad(x, [[0, 0], ...by.map(([a, b]): [number, number] => [a, b]), [0, 0]]);

/**
 * Convolution (cross-correlation, as every deep-learning library means it) of `x` `[N, …spatial, in]` with `kernel`
 * `[…spatial, in / groups, out]`, plus bias `[out]`, through an activation.
 */
export function convolve(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D | undefined, how: Convolution): tf.Tensor {
  if (how.dilations.some((d) => d !== 1)) return dilated(x, kernel, bias, how);
  if (how.groups > 1 && !(how.groups === x.shape.at(-1) && how.dimension < 3)) return grouped(x, kernel, bias, how);
  const by = margins(x, kernel.shape, how);
  return how.dimension === 3 ? volume(x, kernel, bias, by, how) : plane(x, kernel, bias, by, how);
}

/** One and two dimensions, on the 2-D kernels. A spectrum is an image of height 1. */
function plane(
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor1D | undefined,
  by: Margins,
  how: Convolution,
): tf.Tensor {
  const line = how.dimension === 1;
  const image = (line ? tf.expandDims(x, 1) : x) as tf.Tensor4D;
  const filter = (line ? tf.expandDims(kernel, 0) : kernel) as tf.Tensor4D;
  const strides: [number, number] = line ? [1, how.strides[0]!] : [how.strides[0]!, how.strides[1]!];
  const [rows, columns] = line ? [[0, 0] as const, by[0]!] : [by[0]!, by[1]!];
  let pad: Pads = [[0, 0], [...rows], [...columns], [0, 0]];
  if ([...rows, ...columns].every((p) => p === 0)) pad = "valid";
  else if (samePads(rows, filter.shape[0], strides[0]) && samePads(columns, filter.shape[1], strides[1])) pad = "same";
  let y: tf.Tensor;
  if (how.groups === 1) y = fusedConv2d(image, filter, bias, strides, pad, how.activation);
  else {
    const channels = x.shape.at(-1)!;
    const perChannel = tf.reshape(filter, [filter.shape[0], filter.shape[1], channels, filter.shape[3] / channels]);
    y = biasActivate(
      tf.depthwiseConv2d(image, perChannel as tf.Tensor4D, strides, pad as "same"),
      bias,
      how.activation,
    );
  }
  return line ? tf.squeeze(y, [1]) : y;
}

/** Whether these zeros are what `same` adds, which every backend knows best. */
const samePads = ([before, after]: readonly [number, number], kernel: number, stride: number): boolean =>
  stride === 1 && before === (kernel - 1) >> 1 && before + after === kernel - 1;

function volume(
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor1D | undefined,
  by: Margins,
  how: Convolution,
): tf.Tensor {
  const strides = how.strides as [number, number, number];
  const same = by.every((p, i) => samePads(p, kernel.shape[i]!, strides[i]!));
  const [padded, filter] = [(same ? x : padSpatial(x, by)) as tf.Tensor5D, kernel as tf.Tensor5D];
  const pad = same ? "same" : "valid";
  if (hasKernel("FusedConv3D")) return fusedConv3d(padded, filter, bias, strides, pad, how.activation);
  return biasActivate(tf.conv3d(padded, filter, strides, pad), bias, how.activation);
}

/** Each group of channels by itself. */
function grouped(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D | undefined, how: Convolution): tf.Tensor {
  const alone: Convolution = { ...how, groups: 1, activation: { kind: "linear" } };
  const inputs = tf.split(x, how.groups, x.rank - 1);
  const kernels = tf.split(kernel, how.groups, kernel.rank - 1);
  const outputs = inputs.map((part, g) => convolve(part, kernels[g]!, undefined, alone));
  return biasActivate(tf.concat(outputs, x.rank - 1), bias, how.activation);
}

/**
 * Points that are a dilation apart never meet in a convolution: dealt out into a batch, each lot is convolved without
 * dilation (tfjs has no gradient for dilated kernels). Strides then pick every n-th point the same way.
 */
function dilated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor1D | undefined, how: Convolution): tf.Tensor {
  const by = margins(x, kernel.shape, how);
  const sizes = by.map(([a, b], i) => x.shape[i + 1]! + a + b);
  const blocks = [...how.dilations];
  const fill = sizes.map((size, i) => (blocks[i]! - (size % blocks[i]!)) % blocks[i]!);
  const dealt = tf.spaceToBatchND(
    x,
    blocks,
    by.map(([a, b], i) => [a, b + fill[i]!]),
  );
  const ones = how.strides.map(() => 1);
  const y = convolve(dealt, kernel, bias, { ...how, strides: ones, dilations: ones, padding: "valid" });
  // The margin that only filled up the last block gives points that reach past the padded input.
  const joined = tf.batchToSpaceND(
    y,
    blocks,
    fill.map((f) => [0, f]),
  );
  if (how.strides.every((s) => s === 1)) return joined;
  const steps = [...how.strides];
  const picked = tf.spaceToBatchND(
    joined,
    steps,
    steps.map((s, i) => [0, (s - (joined.shape[i + 1]! % s)) % s]),
  );
  return tf.slice(picked, 0, x.shape[0]!);
}
