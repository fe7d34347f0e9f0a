import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  constant,
  conv,
  dense,
  gelu,
  type Initializer,
  type Layer,
  normal,
  type ParameterScope,
  sequential,
  zeros,
} from "@spectrai/nn";

export interface MixerOptions {
  /** Channels of the input, and of the output. */
  readonly in: number;
  readonly out: number;
  readonly width: number;
  readonly blocks: number;
  /** Rows and columns of the spatial kernels, odd. */
  readonly kernel: number;
}

/** So small that the network begins as what its output is added to, and yet every parameter has a gradient. */
const nearZero: Initializer = normal(1e-3);

/**
 * A correction that neighbours suggest: residual blocks of one spatial convolution a channel and two layers that mix channels
 * (Liu et al., "A ConvNet for the 2020s", CVPR 2022, without its norm: so no output depends on the tile's size). It starts
 * near 0 and sees `blocks · (kernel − 1) + 1` rows and columns.
 */
export function mixer(scope: ParameterScope, { in: from, out, width, blocks, kernel }: MixerOptions): Layer {
  return sequential(
    dense(scope.at("in"), { in: from, out: width }),
    ...Array.from({ length: blocks }, (_, i) => block(scope.at("blocks", i), width, kernel)),
    dense(scope.at("out"), { in: width, out, init: nearZero, biasInit: zeros }),
  );
}

function block(scope: ParameterScope, width: number, kernel: number): Layer {
  const body = sequential(
    conv(scope.at("spatial"), { dimension: 2, in: width, out: width, kernel, groups: width }),
    dense(scope.at("mix", 0), { in: width, out: 2 * width }),
    gelu(),
    dense(scope.at("mix", 1), { in: 2 * width, out: width }),
  );
  const scale = scope.parameter("scale", [width], constant(0.1), { decay: false });
  return (x, context) => tf.tidy(() => add(tf.mul(body(x, context), scale), x));
}
