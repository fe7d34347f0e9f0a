import * as tf from "@tensorflow/tfjs-core";
import {
  averagePool,
  concat,
  conv,
  type Dimension,
  dropout,
  heNormal,
  type Layer,
  makeNorm,
  type NormName,
  type ParameterScope,
  sequential,
} from "@spectrai/nn";

/** What all layers of a network share. */
export interface Surroundings {
  readonly dimension: Dimension;
  readonly norm: NormName;
  readonly activation: Layer;
}

export interface ConvolutionOptions {
  readonly in: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
}

/** Convolution without bias, by the reference's name `body.0`. Zeros around keep the points, or halve them, rounded up. */
export const convolution = (
  scope: ParameterScope,
  dimension: Dimension,
  { in: from, out, kernel, stride = 1 }: ConvolutionOptions,
): Layer =>
  conv(scope.at("body", 0), {
    dimension,
    in: from,
    out,
    kernel,
    stride,
    padding: (kernel - 1) / 2,
    bias: false,
    init: heNormal,
  });

/** Norm → activation, in front of a convolution. */
export function preActivation(
  scope: ParameterScope,
  { norm, activation }: Pick<Surroundings, "norm" | "activation">,
  channels: number,
): Layer {
  const normalization = makeNorm(scope, norm, channels);
  return normalization ? sequential(normalization, activation) : activation;
}

export interface DenseBlockOptions {
  readonly in: number;
  readonly layers: number;
  readonly growth: number;
  /** Filters of the 1-point convolution in front of each 3-point one, as a multiple of the growth; 0 leaves it out. */
  readonly bottleneck: number;
  readonly dropout: number;
}

/**
 * Each layer takes all features so far and adds `growth` of its own (Huang et al., CVPR 2017, eq. 2): `in` channels become
 * `in + layers · growth`.
 */
export function denseBlock(
  scope: ParameterScope,
  around: Surroundings,
  { in: from, layers, growth, bottleneck, dropout: rate }: DenseBlockOptions,
): Layer {
  const { dimension } = around;
  const addLayer = (i: number): Layer => {
    const here = scope.at(`denselayer${i + 1}`);
    const features = from + i * growth;
    const width = bottleneck * growth;
    const first = preActivation(here.at("norm1"), around, features);
    const convolutions =
      bottleneck === 0
        ? [convolution(here.at("conv1"), dimension, { in: features, out: growth, kernel: 3 })]
        : [
            convolution(here.at("conv1"), dimension, { in: features, out: width, kernel: 1 }),
            preActivation(here.at("norm2"), around, width),
            convolution(here.at("conv2"), dimension, { in: width, out: growth, kernel: 3 }),
          ];
    const layer = sequential(first, ...convolutions, dropout(here.at("dropout"), { rate }));
    return (x, context) => tf.tidy(() => concat(x, layer(x, context)));
  };
  return sequential(...Array.from({ length: layers }, (_, i) => addLayer(i)));
}

/** Norm → activation → 1-point convolution to `out` channels → mean of each two points (in every dimension). */
export const transition = (scope: ParameterScope, around: Surroundings, from: number, out: number): Layer =>
  sequential(
    preActivation(scope.at("norm"), around, from),
    convolution(scope.at("conv"), around.dimension, { in: from, out, kernel: 1 }),
    averagePool({ dimension: around.dimension, size: 2 }),
  );
