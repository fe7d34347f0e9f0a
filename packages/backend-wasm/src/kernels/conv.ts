import * as tf from "@tensorflow/tfjs-core";
import { address, allocate, type KernelCall, original, type Wasm, zeros } from "../heap.ts";
import {
  Activation,
  type Conv2DAttrs,
  type Conv3DAttrs,
  convolve,
  filterGradient,
  type Grid,
  grid2D,
  grid3D,
} from "./grid.ts";

const empty = (...shapes: readonly (readonly number[])[]): boolean => shapes.some((s) => s.includes(0));

function forward(
  backend: Wasm,
  g: Grid,
  shape: readonly number[],
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
): tf.TensorInfo {
  if (empty(x.shape, filter.shape, shape)) return zeros(backend, shape);
  const out = allocate(backend, shape);
  const [source, weights, target] = [x, filter, out].map((t) => address(backend, t)) as [number, number, number];
  convolve(backend, g, { source, weights, out: target });
  return out;
}

function inputGradient(
  backend: Wasm,
  g: Grid,
  shape: readonly number[],
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
): tf.TensorInfo {
  if (empty(dy.shape, filter.shape, shape)) return zeros(backend, shape);
  const out = allocate(backend, shape);
  const [source, weights, target] = [dy, filter, out].map((t) => address(backend, t)) as [number, number, number];
  convolve(backend, g, { source, weights, out: target }, { transposed: true });
  return out;
}

function weightGradient(
  backend: Wasm,
  g: Grid,
  shape: readonly number[],
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
): tf.TensorInfo {
  if (empty(dy.shape, x.shape, shape)) return zeros(backend, shape);
  const out = allocate(backend, shape);
  filterGradient(backend, g, { x: address(backend, x), dy: address(backend, dy), out: address(backend, out) });
  return out;
}

const shape2D = (g: Grid): number[] => [g.n, g.output[1], g.output[2], g.outChannels];
const shape3D = (g: Grid): number[] => [g.n, ...g.output, g.outChannels];

export function conv2D({
  inputs: { x, filter },
  backend,
  attrs,
}: KernelCall<"x" | "filter", Conv2DAttrs>): tf.TensorInfo {
  const g = grid2D(x.shape, filter.shape, attrs);
  return forward(backend, g, shape2D(g), x, filter);
}

export function conv2DBackpropInput({
  inputs: { dy, filter },
  backend,
  attrs,
}: KernelCall<"dy" | "filter", Conv2DAttrs & { readonly inputShape: number[] }>): tf.TensorInfo {
  return inputGradient(backend, grid2D(attrs.inputShape, filter.shape, attrs), attrs.inputShape, dy, filter);
}

export function conv2DBackpropFilter({
  inputs: { x, dy },
  backend,
  attrs,
}: KernelCall<"x" | "dy", Conv2DAttrs & { readonly filterShape: number[] }>): tf.TensorInfo {
  return weightGradient(backend, grid2D(x.shape, attrs.filterShape, attrs), attrs.filterShape, x, dy);
}

interface FusedAttrs extends Conv2DAttrs {
  readonly activation?: string;
}

/** Convolution with bias and ReLU in one pass; other activations go to tfjs. */
export function fusedConv2D(
  call: KernelCall<"x" | "filter" | "bias" | "preluActivationWeights", FusedAttrs>,
): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const { x, filter, bias } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo; bias?: tf.TensorInfo };
  const activation = Activation[(attrs.activation ?? "linear") as keyof typeof Activation];
  const g = grid2D(x.shape, filter.shape, attrs);
  const shape = shape2D(g);
  if (
    activation === undefined ||
    empty(x.shape, filter.shape, shape) ||
    (bias && tf.util.sizeFromShape(bias.shape) !== g.outChannels)
  )
    return original("FusedConv2D")(call);
  const out = allocate(backend, shape);
  convolve(
    backend,
    g,
    { source: address(backend, x), weights: address(backend, filter), out: address(backend, out) },
    { activation, bias: bias ? address(backend, bias) : 0 },
  );
  return out;
}

export function conv3D({
  inputs: { x, filter },
  backend,
  attrs,
}: KernelCall<"x" | "filter", Conv3DAttrs>): tf.TensorInfo {
  const g = grid3D(x.shape, filter.shape, attrs);
  return forward(backend, g, shape3D(g), x, filter);
}

export function conv3DBackpropInput({
  inputs: { dy, filter },
  backend,
  attrs,
}: KernelCall<"dy" | "filter", Conv3DAttrs & { readonly inputShape: number[] }>): tf.TensorInfo {
  return inputGradient(backend, grid3D(attrs.inputShape, filter.shape, attrs), attrs.inputShape, dy, filter);
}

export function conv3DBackpropFilter({
  inputs: { x, dy },
  backend,
  attrs,
}: KernelCall<"x" | "dy", Conv3DAttrs & { readonly filterShape: number[] }>): tf.TensorInfo {
  return weightGradient(backend, grid3D(x.shape, attrs.filterShape, attrs), attrs.filterShape, x, dy);
}
