/**
 * tfjs-node hands `same` and `valid` to TensorFlow, and zeros of other numbers around an image only in a convolution's
 * forward pass, where they are stated side by side. Everything else is made of these here, on the GPU.
 */
import * as tf from "@tensorflow/tfjs-core";

/** Before and after, for each of the four dimensions of an image. */
type Margins = readonly (readonly [number, number])[];

interface ConvAttrs extends tf.NamedAttrMap {
  readonly pad: "same" | "valid" | number | Margins;
  readonly inputShape?: number[];
}

type Inputs = Record<string, tf.Tensor>;

const run = (name: string, inputs: Inputs, attrs: tf.NamedAttrMap): tf.Tensor =>
  tf.engine().runKernel<tf.Tensor>(name, inputs as tf.NamedTensorMap, attrs);

/** The zeros around an image; undefined where TensorFlow finds them itself. */
function margins(pad: ConvAttrs["pad"]): Margins | undefined {
  if (typeof pad === "string") return undefined;
  if (typeof pad === "number")
    return [
      [0, 0],
      [pad, pad],
      [pad, pad],
      [0, 0],
    ];
  return pad;
}

type Wrapped = (original: tf.KernelFunc, name: string) => tf.KernelFunc;

/** Forward: a number becomes one for each side, which TensorFlow takes. */
const forward: Wrapped = (original) => (call) => {
  const attrs = call.attrs as ConvAttrs;
  return typeof attrs.pad === "number"
    ? original({ ...call, attrs: { ...attrs, pad: margins(attrs.pad) } as unknown as tf.NamedAttrMap })
    : original(call);
};

/** The gradient for the image: that for the image with its zeros, of which the zeros are cut off. */
const inputGradient: Wrapped = (original, name) => (call) => {
  const attrs = call.attrs as ConvAttrs;
  const around = margins(attrs.pad);
  if (!around) return original(call);
  const { inputShape } = attrs;
  const padded = inputShape!.map((size, d) => size + around[d]![0] + around[d]![1]);
  return tf.tidy(() =>
    tf.slice(
      run(name, call.inputs as Inputs, { ...attrs, inputShape: padded, pad: "valid" }),
      around.map(([before]) => before),
      inputShape!,
    ),
  );
};

/** The gradient for the filter: that of the image with its zeros. */
const filterGradient: Wrapped = (original, name) => (call) => {
  const attrs = call.attrs as ConvAttrs;
  const around = margins(attrs.pad);
  if (!around) return original(call);
  const { x, dy } = call.inputs as Inputs;
  return tf.tidy(() => run(name, { x: tf.pad(x!, around as [number, number][]), dy: dy! }, { ...attrs, pad: "valid" }));
};

/** By the name of the kernel that it takes the place of. */
export const paddingKernels: Readonly<Record<string, Wrapped>> = {
  [tf.Conv2D]: forward,
  [tf.FusedConv2D]: forward,
  [tf.DepthwiseConv2dNative]: forward,
  [tf.FusedDepthwiseConv2D]: forward,
  [tf.Conv2DBackpropInput]: inputGradient,
  [tf.DepthwiseConv2dNativeBackpropInput]: inputGradient,
  [tf.Conv2DBackpropFilter]: filterGradient,
  [tf.DepthwiseConv2dNativeBackpropFilter]: filterGradient,
};

/** Pooling with zeros of other numbers around, which no network of ours does, goes to plain JavaScript. */
export const poolKernels: readonly string[] = [
  tf.MaxPool,
  tf.MaxPoolGrad,
  tf.AvgPool,
  tf.AvgPoolGrad,
  tf.MaxPool3D,
  tf.MaxPool3DGrad,
  tf.AvgPool3D,
  tf.AvgPool3DGrad,
];
