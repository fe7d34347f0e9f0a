import * as tf from "@tensorflow/tfjs-core";
import { engine, Kernel } from "../engine.ts";
import { address, type KernelCall, replace, type Wasm, zeros } from "../heap.ts";
import { maxPool3D, type Pool3DAttrs } from "./max-pool-3d.ts";

interface Attrs {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}
/** Words of the argument block from the number of samples on: see assembly/pool.as. */
type Windows = readonly number[];

function windows2D(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: Attrs): Windows {
  const c = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return [
    c.batchSize,
    1,
    c.inHeight,
    c.inWidth,
    1,
    c.outHeight,
    c.outWidth,
    c.inChannels,
    1,
    c.effectiveFilterHeight,
    c.effectiveFilterWidth,
    1,
    c.strideHeight,
    c.strideWidth,
    0,
    c.padInfo.top,
    c.padInfo.left,
  ];
}

function windows3D(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: Pool3DAttrs): Windows {
  const c = tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return [
    c.batchSize,
    c.inDepth,
    c.inHeight,
    c.inWidth,
    c.outDepth,
    c.outHeight,
    c.outWidth,
    c.inChannels,
    c.effectiveFilterDepth,
    c.effectiveFilterHeight,
    c.effectiveFilterWidth,
    c.strideDepth,
    c.strideHeight,
    c.strideWidth,
    c.padInfo.front,
    c.padInfo.top,
    c.padInfo.left,
  ];
}

function gradient(
  backend: Wasm,
  input: tf.TensorInfo,
  dy: tf.TensorInfo,
  windows: Windows,
  mean: boolean,
): tf.TensorInfo {
  const dx = zeros(backend, input.shape);
  const taps = windows[8]! * windows[9]! * windows[10]!;
  engine().run(
    Kernel.poolGradient,
    [address(backend, input), address(backend, dy), address(backend, dx), ...windows, mean ? 1 : 0],
    8 * taps * tf.util.sizeFromShape(dy.shape),
  );
  return dx;
}

/**
 * Gradients of pooling. A maximum hands its gradient to the first largest value of the window, as on tfjs's cpu backend;
 * tfjs's wasm kernel hands it to the first position where none is positive. A mean divides by the whole window.
 */
export function registerPooling(): void {
  replace(tf.MaxPool3D, maxPool3D);
  replace(tf.MaxPoolGrad, ({ inputs: { dy, input }, backend, attrs }: KernelCall<"dy" | "input", Attrs>) =>
    gradient(backend, input, dy, windows2D(input.shape, attrs), false),
  );
  replace(tf.AvgPoolGrad, ({ inputs: { dy, input }, backend, attrs }: KernelCall<"dy" | "input", Attrs>) =>
    gradient(backend, input, dy, windows2D(input.shape, attrs), true),
  );
  replace(tf.MaxPool3DGrad, ({ inputs: { dy, input }, backend, attrs }: KernelCall<"dy" | "input", Pool3DAttrs>) =>
    gradient(backend, input, dy, windows3D(input.shape, attrs), false),
  );
  replace(tf.AvgPool3DGrad, ({ inputs: { dy, input }, backend, attrs }: KernelCall<"dy" | "input", Pool3DAttrs>) =>
    gradient(backend, input, dy, windows3D(input.shape, attrs), true),
  );
}
