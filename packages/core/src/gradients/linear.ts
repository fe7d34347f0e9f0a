import * as tf from "@tensorflow/tfjs-core";
import { sumToChannels } from "./sum-positions.ts";
import { reduceTo } from "./common.ts";

type Attributes = Record<string, unknown>;
const run = (name: string, inputs: Record<string, tf.Tensor>, attributes: Attributes): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attributes as never);

const convolution = (kernelName: string, toInput: string, toFilter: string): tf.GradConfig => ({
  kernelName,
  inputsToSave: ["x", "filter"],
  gradFunc: (dyAny, saved, attributes) => {
    const dy = dyAny as tf.Tensor;
    const [x, filter] = saved as [tf.Tensor, tf.Tensor];
    const how = attributes as Attributes & { dilations?: number | number[] };
    const dilations = typeof how.dilations === "number" ? [how.dilations] : (how.dilations ?? []);
    if (dilations.some((d) => d !== 1))
      throw new Error(
        `${kernelName} has no gradient for a dilation of ${dilations.join(", ")}; use conv of @spectrai/nn`,
      );
    return {
      x: () => run(toInput, { dy, filter }, { ...how, inputShape: x.shape }),
      filter: () => run(toFilter, { x, dy }, { ...how, filterShape: filter.shape }),
    };
  },
});

const maximum = (kernelName: string, gradient: string): tf.GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => ({
    x: () => run(gradient, { dy: dy as tf.Tensor, input: saved[0]!, output: saved[1]! }, attributes as Attributes),
  }),
});

const average = (kernelName: string, gradient: string): tf.GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  gradFunc: (dy, saved, attributes) => {
    const how = attributes as Attributes;
    // tfjs's kernels divide by the whole window where its padded part was left out of the average.
    if (how["pad"] !== "valid" && how["pad"] !== 0)
      throw new Error(`${kernelName} has no gradient for padded windows; use averagePool of @spectrai/nn`);
    return { x: () => run(gradient, { dy: dy as tf.Tensor, input: saved[0]! }, how) };
  },
});

/** tfjs's kernels for these swap height and width, or ignore half-pixel centres. */
const resize = (kernelName: string): tf.GradConfig => ({
  kernelName,
  gradFunc: () => {
    throw new Error(`${kernelName} has no gradient; use upsample or interpolate of @spectrai/nn`);
  },
});

/** Products, convolutions, pooling, resizing, and norms by given statistics. */
export const linear: readonly tf.GradConfig[] = [
  {
    kernelName: tf.BatchMatMul,
    inputsToSave: ["a", "b"],
    gradFunc: (dyAny, saved, attributes) => {
      const dy = dyAny as tf.Tensor;
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const { transposeA: ta, transposeB: tb } = attributes as { transposeA: boolean; transposeB: boolean };
      return {
        a: () => reduceTo(a.shape, ta ? tf.matMul(b, dy, tb, true) : tf.matMul(dy, b, false, !tb)),
        b: () => reduceTo(b.shape, tb ? tf.matMul(dy, a, true, ta) : tf.matMul(a, dy, !ta, false)),
      };
    },
  },
  convolution(tf.Conv2D, tf.Conv2DBackpropInput, tf.Conv2DBackpropFilter),
  convolution(tf.DepthwiseConv2dNative, tf.DepthwiseConv2dNativeBackpropInput, tf.DepthwiseConv2dNativeBackpropFilter),
  convolution(tf.Conv3D, tf.Conv3DBackpropInputV2, tf.Conv3DBackpropFilterV2),
  {
    kernelName: tf.Conv2DBackpropInput,
    inputsToSave: ["dy", "filter"],
    gradFunc: (ddxAny, saved, attributes) => {
      const ddx = ddxAny as tf.Tensor;
      const [dy, filter] = saved as [tf.Tensor, tf.Tensor];
      const { strides, pad, dataFormat, dimRoundingMode } = attributes as Attributes;
      return {
        dy: () => run(tf.Conv2D, { x: ddx, filter }, { strides, pad, dataFormat, dimRoundingMode, dilations: 1 }),
        filter: () =>
          run(
            tf.Conv2DBackpropFilter,
            { x: ddx, dy },
            { strides, pad, dataFormat, dimRoundingMode, filterShape: filter.shape },
          ),
      };
    },
  },
  maximum(tf.MaxPool, tf.MaxPoolGrad),
  maximum(tf.MaxPool3D, tf.MaxPool3DGrad),
  average(tf.AvgPool, tf.AvgPoolGrad),
  average(tf.AvgPool3D, tf.AvgPool3DGrad),
  resize(tf.ResizeBilinear),
  resize(tf.ResizeNearestNeighbor),
  {
    kernelName: tf.FusedBatchNorm,
    inputsToSave: ["x", "mean", "variance", "scale"],
    gradFunc: (dyAny, saved, attributes) => {
      const dy = dyAny as tf.Tensor4D;
      const [x, mean, variance, scale] = saved as [tf.Tensor4D, tf.Tensor, tf.Tensor, tf.Tensor];
      const inverse = (): tf.Tensor =>
        tf.rsqrt(tf.add(variance, (attributes as { varianceEpsilon: number }).varianceEpsilon));
      const centredSum = (): tf.Tensor => sumToChannels(tf.mul(dy, tf.sub(x, mean)));
      return {
        x: () => tf.mul(dy, tf.mul(inverse(), scale)),
        mean: () => tf.neg(tf.mul(sumToChannels(dy), tf.mul(inverse(), scale))),
        variance: () => tf.mul(tf.mul(centredSum(), scale), tf.mul(-0.5, tf.pow(inverse(), 3))),
        scale: () => tf.mul(centredSum(), inverse()),
        offset: () => sumToChannels(dy),
      };
    },
  },
];
