import type * as tf from "@tensorflow/tfjs-core";
import type { WebGpu } from "../backend.ts";
import { output } from "../program.ts";
import { gathered, spreadPlaces, turnedFilter } from "./conv-gather.ts";
import {
  type Conv2DAttrs,
  type Conv3DAttrs,
  named,
  type Plan,
  planeOf,
  product,
  type Triple,
  volumeOf,
} from "./conv-plan.ts";
import { multiply } from "./gemm.ts";
import { type Ending, endingOf, finished, plainEnding } from "./gemm-ending.ts";
import { matrix } from "./gemm-factor.ts";
import { type Call, replace } from "./kernel.ts";

const wide = (channels: number): boolean => channels % 4 === 0;
const negative = ([d, h, w]: Triple): Triple => [-d, -h, -w];

/** What {@link gathered} reads `x` by, for each place of the output. */
const byOutput = ({ batch, inChannels, to, kernel, from, strides, before, dilations }: Plan) => ({
  batch,
  channels: inChannels,
  ...named("places", to),
  ...named("taps", kernel),
  ...named("size", from),
  ...named("step", strides),
  ...named("offset", negative(before)),
  ...named("tapStep", dilations),
});

/** Places of the output × taps, by taps × output channels: the filter as it lies. */
function forward(backend: WebGpu, plan: Plan, x: tf.TensorInfo, filter: tf.TensorInfo, ending: Ending): tf.TensorInfo {
  const { batch, inChannels, outChannels, to, kernel } = plan;
  return finished(backend, ending, outChannels, (own) => {
    const result = output(backend, plan.output);
    if (product(plan.output) === 0) return result;
    multiply(backend, {
      left: gathered("inner", wide(inChannels)),
      right: matrix("right", "outer", wide(outChannels)),
      leftTensor: x,
      rightTensor: filter,
      result,
      rows: batch * product(to),
      columns: outChannels,
      inner: product(kernel) * inChannels,
      ending: own,
      values: byOutput(plan),
    });
    return result;
  });
}

/** Taps × places of the output, by places of the output × output channels: `dy` as it lies. */
function filterGradient(
  backend: WebGpu,
  plan: Plan,
  shape: readonly number[],
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
): tf.TensorInfo {
  const { batch, inChannels, outChannels, to, kernel } = plan;
  const result = output(backend, shape);
  if (product(shape) === 0) return result;
  multiply(backend, {
    left: gathered("outer", wide(inChannels)),
    right: matrix("right", "outer", wide(outChannels)),
    leftTensor: x,
    rightTensor: dy,
    result,
    rows: product(kernel) * inChannels,
    columns: outChannels,
    inner: batch * product(to),
    values: byOutput(plan),
  });
  return result;
}

/**
 * Along one dimension, those places of the input whose distance is the stride: the same taps of the kernel reach them. The
 * output's place that a tap of theirs comes from is `place + offset − tap · tapStep`, counted among these places and taps.
 */
interface Lot {
  readonly from: number;
  readonly places: number;
  readonly first: number;
  readonly every: number;
  readonly taps: number;
  readonly offset: number;
  readonly tapStep: number;
}

function lots(size: number, kernel: number, stride: number, dilation: number, before: number): Lot[] {
  const common = divisor(stride, dilation);
  const every = stride / common;
  return Array.from({ length: Math.min(stride, size) }, (_, from) => {
    const hits = (tap: number): boolean => (from + before - tap * dilation) % stride === 0;
    let first = 0;
    while (first < every && !hits(first)) first++;
    const taps = first < every ? Math.max(0, Math.ceil((kernel - first) / every)) : 0;
    const offset = taps === 0 ? 0 : (from + before - first * dilation) / stride;
    return { from, places: Math.ceil((size - from) / stride), first, every, taps, offset, tapStep: dilation / common };
  });
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/**
 * Places of the input × taps, by taps × input channels. With a stride, each lot of places is a product of its own, over the taps
 * that reach it: no multiplication by the zeros between.
 */
function inputGradient(
  backend: WebGpu,
  plan: Plan,
  shape: readonly number[],
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
): tf.TensorInfo {
  const { batch, inChannels, outChannels, from, to, kernel, strides, dilations, before } = plan;
  const result = output(backend, shape);
  if (product(shape) === 0) return result;
  const along = (i: 0 | 1 | 2): Lot[] => lots(from[i], kernel[i], strides[i], dilations[i], before[i]);
  const strided = strides.some((s) => s > 1);
  for (const d of along(0))
    for (const h of along(1))
      for (const w of along(2)) {
        const triple = (of: (lot: Lot) => number): Triple => [of(d), of(h), of(w)];
        const places = triple((lot) => lot.places);
        const reached = triple((lot) => lot.taps);
        const taps: Triple = product(reached) === 0 ? [0, 0, 0] : reached;
        multiply(backend, {
          left: gathered("inner", wide(outChannels)),
          right: turnedFilter(wide(outChannels)),
          leftTensor: dy,
          rightTensor: filter,
          result,
          rows: batch * product(places),
          columns: inChannels,
          inner: product(taps) * outChannels,
          ...(strided && { place: spreadPlaces }),
          values: {
            batch,
            channels: outChannels,
            ...named("places", places),
            ...named("taps", taps),
            ...named("size", to),
            ...named("step", [1, 1, 1]),
            ...named(
              "offset",
              triple((lot) => lot.offset),
            ),
            ...named(
              "tapStep",
              triple((lot) => -lot.tapStep),
            ),
            ...named(
              "first",
              triple((lot) => lot.first),
            ),
            ...named(
              "every",
              triple((lot) => lot.every),
            ),
            ...named("filter", kernel),
            ...named(
              "from",
              triple((lot) => lot.from),
            ),
            ...named("apart", strides),
            ...named("whole", from),
          },
        });
      }
  return result;
}

type Tensors = Readonly<Record<"x" | "dy" | "filter", tf.TensorInfo>>;
type Shapes = { readonly inputShape: readonly number[]; readonly filterShape: readonly number[] };
type PlanOf = (x: readonly number[], filter: readonly number[], attrs: never) => Plan;

function registerDimension(
  plan: PlanOf,
  names: Readonly<Record<"forward" | "fused" | "input" | "filter", string>>,
): void {
  const parts = ({ inputs, attrs }: Call) => ({
    ...(inputs as Tensors),
    attrs: attrs as never,
    ...(attrs as unknown as Shapes),
  });
  replace(names.forward, (call) => {
    const { x, filter, attrs } = parts(call);
    return forward(call.backend, plan(x.shape, filter.shape, attrs), x, filter, plainEnding);
  });
  replace(names.fused, (call) => {
    const { x, filter, attrs } = parts(call);
    return forward(call.backend, plan(x.shape, filter.shape, attrs), x, filter, endingOf(call.inputs, attrs));
  });
  replace(names.input, (call) => {
    const { dy, filter, inputShape, attrs } = parts(call);
    return inputGradient(call.backend, plan(inputShape, filter.shape, attrs), inputShape, dy, filter);
  });
  replace(names.filter, (call) => {
    const { x, dy, filterShape, attrs } = parts(call);
    return filterGradient(call.backend, plan(x.shape, filterShape, attrs), filterShape, x, dy);
  });
}

/**
 * Convolutions and their gradients as tiled matrix products whose left factor is gathered on the way, in place of tfjs's, of
 * which all of three dimensions and the filter's gradient are one thread for each output, and an empty batch fails.
 */
export function registerConvolutions(): void {
  registerDimension(planeOf as (x: readonly number[], filter: readonly number[], attrs: Conv2DAttrs) => Plan, {
    forward: "Conv2D",
    fused: "FusedConv2D",
    input: "Conv2DBackpropInput",
    filter: "Conv2DBackpropFilter",
  });
  registerDimension(volumeOf as (x: readonly number[], filter: readonly number[], attrs: Conv3DAttrs) => Plan, {
    forward: "Conv3D",
    fused: "FusedConv3D",
    input: "Conv3DBackpropInputV2",
    filter: "Conv3DBackpropFilterV2",
  });
}
