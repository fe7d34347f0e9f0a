import * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { Activation } from "../native.ts";
import { type KernelCall, register } from "./kernel.ts";
import { zeros } from "./moves.ts";

interface Conv2DAttrs {
  readonly strides: number | [number, number];
  readonly dilations?: number | [number, number];
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}
interface Conv3DAttrs {
  readonly strides: number | [number, number, number];
  readonly dilations?: number | [number, number, number];
  readonly pad: "valid" | "same";
}

/** The numbers that native/src/conv.h asks for, and the output's shape. */
interface Plan {
  readonly numbers: Int32Array;
  readonly output: readonly number[];
  readonly empty: boolean;
}

const onlyChannelsLast = (attrs: Conv2DAttrs): void => {
  if (attrs.dataFormat === "NCHW") throw new Error("the onednn backend takes channels-last arrays (NHWC)");
};

function plan2D(x: readonly number[], filter: readonly number[], attrs: Conv2DAttrs, depthwise = false): Plan {
  onlyChannelsLast(attrs);
  const c = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
  );
  const output = [c.batchSize, c.outHeight, c.outWidth, c.outChannels];
  const reach = (size: number, kernel: number, out: number, stride: number, before: number): number =>
    Math.max(0, (out - 1) * stride + kernel - size - before);
  // prettier-ignore
  const numbers = Int32Array.of(
    c.batchSize, c.inChannels, c.outChannels, depthwise ? c.inChannels : 1,
    1, c.inHeight, c.inWidth, 1, c.outHeight, c.outWidth, 1, c.filterHeight, c.filterWidth,
    1, c.strideHeight, c.strideWidth, 1, c.dilationHeight, c.dilationWidth,
    0, c.padInfo.top, c.padInfo.left, 0,
    reach(c.inHeight, c.effectiveFilterHeight, c.outHeight, c.strideHeight, c.padInfo.top),
    reach(c.inWidth, c.effectiveFilterWidth, c.outWidth, c.strideWidth, c.padInfo.left),
  );
  return { numbers, output, empty: [...x, ...filter, ...output].includes(0) };
}

function plan3D(x: readonly number[], filter: readonly number[], attrs: Conv3DAttrs): Plan {
  const c = tf.backend_util.computeConv3DInfo(
    x as [number, number, number, number, number],
    filter as [number, number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
  );
  const output = [c.batchSize, c.outDepth, c.outHeight, c.outWidth, c.outChannels];
  const { front, top, left } = c.padInfo;
  const reach = (size: number, kernel: number, out: number, stride: number, before: number): number =>
    Math.max(0, (out - 1) * stride + kernel - size - before);
  // prettier-ignore
  const numbers = Int32Array.of(
    c.batchSize, c.inChannels, c.outChannels, 1,
    c.inDepth, c.inHeight, c.inWidth, c.outDepth, c.outHeight, c.outWidth,
    c.filterDepth, c.filterHeight, c.filterWidth, c.strideDepth, c.strideHeight, c.strideWidth,
    c.dilationDepth, c.dilationHeight, c.dilationWidth, front, top, left,
    reach(c.inDepth, c.effectiveFilterDepth, c.outDepth, c.strideDepth, front),
    reach(c.inHeight, c.effectiveFilterHeight, c.outHeight, c.strideHeight, top),
    reach(c.inWidth, c.effectiveFilterWidth, c.outWidth, c.strideWidth, left),
  );
  return { numbers, output, empty: [...x, ...filter, ...output].includes(0) };
}

interface Ending {
  readonly bias?: tf.TensorInfo | undefined;
  readonly activation?: number;
  readonly slope?: number;
}

function forward(
  backend: OnednnBackend,
  { numbers, output, empty }: Plan,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  { bias, activation = Activation.linear, slope = 0 }: Ending = {},
): tf.TensorInfo {
  if (empty) return zeros(backend, output);
  const y = backend.make(output, "float32", backend.bf16);
  const b = bias ? backend.plain(bias) : -1;
  backend.native.convForward(numbers, backend.any(x), backend.plain(filter), b, backend.any(y), activation, slope);
  return y;
}

function inputGradient(
  backend: OnednnBackend,
  { numbers, empty }: Plan,
  shape: readonly number[],
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
): tf.TensorInfo {
  if (empty) return zeros(backend, shape);
  const dx = backend.make(shape, "float32", backend.bf16);
  backend.native.convInputGradient(numbers, backend.any(dy), backend.plain(filter), backend.any(dx));
  return dx;
}

function weightGradient(
  backend: OnednnBackend,
  { numbers, empty }: Plan,
  shape: readonly number[],
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
): tf.TensorInfo {
  if (empty) return zeros(backend, shape);
  const dw = backend.make(shape);
  backend.native.convWeightGradient(numbers, backend.any(x), backend.any(dy), backend.any(dw));
  return dw;
}

interface GradientAttrs {
  readonly activation: keyof typeof Activation;
  readonly slope?: number;
  readonly wantsInput: boolean;
  readonly wantsBias: boolean;
}

/** `ActivationGradient` of core's fused kernels: one pass for the masked gradient and the bias's. */
function activationGradient({ inputs, backend, attrs }: KernelCall<"dy", GradientAttrs>): tf.TensorInfo[] {
  const { dy, y } = inputs as { readonly dy: tf.TensorInfo; readonly y?: tf.TensorInfo };
  const channels = dy.shape.at(-1)!;
  const d = attrs.wantsInput ? backend.make(dy.shape, "float32", backend.data(dy).half) : undefined;
  const sums = attrs.wantsBias ? backend.make([channels]) : undefined;
  const linear = attrs.activation === "linear" || !y;
  backend.native.activationGradient(
    channels === 0 ? 0 : tf.util.sizeFromShape(dy.shape) / channels,
    channels,
    linear ? Activation.linear : Activation[attrs.activation],
    attrs.slope ?? 0,
    backend.any(dy),
    linear ? -1 : backend.any(y),
    d ? backend.any(d) : -1,
    sums ? backend.any(sums) : -1,
  );
  return d && sums ? [d, sums] : [(d ?? sums)!];
}

type Forward<A> = KernelCall<"x" | "filter", A>;
type Fused = KernelCall<
  "x" | "filter",
  Conv2DAttrs & { readonly activation?: string; readonly leakyreluAlpha?: number }
>;

/** Bias and activation in the convolution's own pass; PReLU, whose slopes are a tensor, in one after it. */
function fused(call: Fused, depthwise: boolean): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const { x, filter, bias, preluActivationWeights } = inputs as Fused["inputs"] & {
    readonly bias?: tf.TensorInfo;
    readonly preluActivationWeights?: tf.TensorInfo;
  };
  const name = attrs.activation ?? "linear";
  const activation = name === "prelu" ? Activation.linear : Activation[name as keyof typeof Activation];
  if (activation === undefined) throw new Error(`a convolution cannot apply the activation "${name}"`);
  const plan = plan2D(x.shape, filter.shape, attrs, depthwise);
  // A single number is a bias too.
  const wide = bias && tf.util.sizeFromShape(bias.shape) !== plan.output.at(-1)! ? spread(backend, bias, plan) : bias;
  const y = forward(backend, plan, x, filter, { bias: wide, activation, slope: attrs.leakyreluAlpha ?? 0.2 });
  if (wide !== bias) backend.free(wide!);
  if (name !== "prelu") return y;
  const prelu = tf.getKernel("Prelu", "onednn")!.kernelFunc;
  const out = prelu({ inputs: { x: y, alpha: preluActivationWeights! }, backend, attrs: {} }) as tf.TensorInfo;
  backend.free(y);
  return out;
}

function spread(backend: OnednnBackend, bias: tf.TensorInfo, { output }: Plan): tf.TensorInfo {
  const channels = output.at(-1)!;
  if (tf.util.sizeFromShape(bias.shape) !== 1)
    throw new Error(`a bias of [${bias.shape.join(", ")}] does not fit ${channels} channels`);
  const values = new Float32Array(channels).fill(backend.view(bias)[0]!);
  return { dataId: backend.write(values, [channels], "float32"), shape: [channels], dtype: "float32" };
}

export function registerConvolutions(): void {
  register("ActivationGradient", activationGradient);
  register("Conv2D", ({ inputs: { x, filter }, backend, attrs }: Forward<Conv2DAttrs>) =>
    forward(backend, plan2D(x.shape, filter.shape, attrs), x, filter),
  );
  register("FusedConv2D", (call: Fused) => fused(call, false));
  register(
    "Conv2DBackpropInput",
    ({
      inputs: { dy, filter },
      backend,
      attrs,
    }: KernelCall<"dy" | "filter", Conv2DAttrs & { readonly inputShape: number[] }>) =>
      inputGradient(backend, plan2D(attrs.inputShape, filter.shape, attrs), attrs.inputShape, dy, filter),
  );
  register(
    "Conv2DBackpropFilter",
    ({ inputs: { x, dy }, backend, attrs }: KernelCall<"x" | "dy", Conv2DAttrs & { readonly filterShape: number[] }>) =>
      weightGradient(backend, plan2D(x.shape, attrs.filterShape, attrs), attrs.filterShape, x, dy),
  );
  register("DepthwiseConv2dNative", ({ inputs: { x, filter }, backend, attrs }: Forward<Conv2DAttrs>) =>
    forward(backend, plan2D(x.shape, filter.shape, attrs, true), x, filter),
  );
  register("FusedDepthwiseConv2D", (call: Fused) => fused(call, true));
  register(
    "DepthwiseConv2dNativeBackpropInput",
    ({
      inputs: { dy, filter },
      backend,
      attrs,
    }: KernelCall<"dy" | "filter", Conv2DAttrs & { readonly inputShape: number[] }>) =>
      inputGradient(backend, plan2D(attrs.inputShape, filter.shape, attrs, true), attrs.inputShape, dy, filter),
  );
  register(
    "DepthwiseConv2dNativeBackpropFilter",
    ({ inputs: { x, dy }, backend, attrs }: KernelCall<"x" | "dy", Conv2DAttrs & { readonly filterShape: number[] }>) =>
      weightGradient(backend, plan2D(x.shape, attrs.filterShape, attrs, true), attrs.filterShape, x, dy),
  );
  register("Conv3D", ({ inputs: { x, filter }, backend, attrs }: Forward<Conv3DAttrs>) =>
    forward(backend, plan3D(x.shape, filter.shape, attrs), x, filter),
  );
  register(
    "FusedConv3D",
    ({
      inputs,
      backend,
      attrs,
    }: Forward<Conv3DAttrs & { readonly activation: keyof typeof Activation; readonly leakyreluAlpha?: number }>) => {
      const { x, filter, bias } = inputs as Forward<object>["inputs"] & { readonly bias?: tf.TensorInfo };
      return forward(backend, plan3D(x.shape, filter.shape, attrs), x, filter, {
        bias,
        activation: Activation[attrs.activation],
        slope: attrs.leakyreluAlpha ?? 0,
      });
    },
  );
  register(
    "Conv3DBackpropInputV2",
    ({
      inputs: { dy, filter },
      backend,
      attrs,
    }: KernelCall<"dy" | "filter", Conv3DAttrs & { readonly inputShape: number[] }>) =>
      inputGradient(backend, plan3D(attrs.inputShape, filter.shape, attrs), attrs.inputShape, dy, filter),
  );
  register(
    "Conv3DBackpropFilterV2",
    ({ inputs: { x, dy }, backend, attrs }: KernelCall<"x" | "dy", Conv3DAttrs & { readonly filterShape: number[] }>) =>
      weightGradient(backend, plan3D(x.shape, attrs.filterShape, attrs), attrs.filterShape, x, dy),
  );
}
