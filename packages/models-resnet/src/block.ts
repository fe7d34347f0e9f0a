import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  conv,
  type Dimension,
  fanOut,
  type Initializer,
  type Layer,
  makeNorm,
  normal,
  type NormName,
  type ParameterScope,
  sequential,
} from "@spectrai/nn";

/** What all convolutions of a network share. */
export interface Surroundings {
  readonly dimension: Dimension;
  readonly norm: NormName;
  readonly activation: Layer;
}

/** Normal with deviation √(2 / fan-out), which keeps the size of the gradients (He et al., ICCV 2015, section 2.2). */
const heNormalOut: Initializer = (shape, rng) => normal(Math.sqrt(2 / fanOut(shape)))(shape, rng);

export interface UnitOptions {
  readonly in: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
  /** A ReLU between convolution and norm: the reference's stem. */
  readonly rectified?: boolean;
}

/**
 * Convolution without bias → norm, by the reference's names `body.0` and `body.1` (`body.2` where a ReLU is between them).
 * Zeros around the input keep the number of points, or halve it, rounded up.
 */
export function unit(
  scope: ParameterScope,
  { dimension, norm }: Surroundings,
  { in: from, out, kernel, stride = 1, rectified = false }: UnitOptions,
): Layer {
  const convolution = conv(scope.at("body", 0), {
    dimension,
    in: from,
    out,
    kernel,
    stride,
    padding: (kernel - 1) / 2,
    bias: false,
    activation: rectified ? "relu" : "linear",
    init: heNormalOut,
  });
  const normalization = makeNorm(scope.at("body", rectified ? 2 : 1), norm, out);
  return normalization ? sequential(convolution, normalization) : convolution;
}

export interface BlockOptions {
  readonly in: number;
  /** Filters of the 3-point convolutions. */
  readonly width: number;
  readonly stride: number;
}

/** A block makes this many times its width. */
export const expansion = { basic: 1, bottleneck: 4 } as const;
export type BlockKind = keyof typeof expansion;

/**
 * A residual block (He et al., CVPR 2016, figure 5): two 3-point convolutions (basic), or 1, 3 and 1 points (bottleneck, the
 * stride at the 3-point convolution as in torchvision), joined to the input, which a convolution of 1 point brings to the same
 * shape where it differs.
 */
export function block(
  scope: ParameterScope,
  around: Surroundings,
  kind: BlockKind,
  { in: from, width, stride }: BlockOptions,
): Layer {
  const { activation } = around;
  const out = width * expansion[kind];
  const [conv1, conv2] = [scope.at("conv1"), scope.at("conv2")];
  const body =
    kind === "basic"
      ? sequential(
          unit(conv1, around, { in: from, out: width, kernel: 3, stride }),
          activation,
          unit(conv2, around, { in: width, out, kernel: 3 }),
        )
      : sequential(
          unit(conv1, around, { in: from, out: width, kernel: 1 }),
          activation,
          unit(conv2, around, { in: width, out: width, kernel: 3, stride }),
          activation,
          unit(scope.at("conv3"), around, { in: width, out, kernel: 1 }),
        );
  const shortcut =
    stride !== 1 || from !== out
      ? unit(scope.at("downsample"), around, { in: from, out, kernel: 1, stride })
      : undefined;
  const joined: Layer = (x, context) => tf.tidy(() => add(body(x, context), shortcut ? shortcut(x, context) : x));
  return sequential(joined, activation);
}
