import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  conv,
  type Initializer,
  kaimingUniform,
  type Layer,
  type ParameterScope,
  sequential,
  torchBias,
  upsample,
} from "@spectrai/nn";
import { body, type BodyOptions, convolution } from "./body.ts";
import { upsampler } from "./upsampler.ts";

export interface RcanOptions extends Omit<BodyOptions, "attention"> {
  /** Channels of the input and of the output. */
  readonly channels: number;
  /** Points out for each point in, along rows and along columns: a whole number from 2 on. */
  readonly scale: number;
  /**
   * Where the resolution is raised: `first`, on the input's channels, as in the reference and in DeepeR, so that the body
   * works on the fine grid; or `last`, as in the original RCAN, whose body costs scale² times less.
   */
  readonly upsampling: "first" | "last";
  /** What follows each pixel shuffle: `batch` is the reference's, `none` DeepeR's and the original's. */
  readonly upsamplerNorm: "none" | "batch";
  /** Whether the input on the fine grid is added to the output: as the up-sampler gives it, or interpolated linearly. */
  readonly inputSkip: boolean;
}

/**
 * RCAN (Zhang et al., "Image super-resolution using very deep residual channel attention networks", ECCV 2018) and its
 * hyperspectral form (Horgan et al., Anal. Chem. 93, 15850, 2021): `[N, H, W, channels]` → `[N, H · scale, W · scale,
 * channels]`. Parameters have the names of spectrai 0.1.4 and DeepeR with `upsampling: first`, and of the original RCAN with
 * `last`, whose two fixed layers for the mean colour this lacks.
 */
export const rcanNetwork = (root: ParameterScope, options: RcanOptions): Layer =>
  options.upsampling === "first" ? raisedFirst(root, options) : raisedLast(root, options);

function raisedFirst(root: ParameterScope, options: RcanOptions): Layer {
  const { channels, width, scale, upsamplerNorm: norm, inputSkip } = options;
  const raise = sequential(
    upsampler(root.at("head1", 0), { channels, scale, norm }),
    convolution(root.at("head1", 1), channels, channels),
  );
  const rest = sequential(
    convolution(root.at("head2", 0), channels, width),
    body(root.at("body"), { ...options, attention: "chan_attn" }),
    convolution(root.at("tail", 0), width, width),
    convolution(root.at("tail", 1), width, channels),
  );
  if (!inputSkip) return sequential(raise, rest);
  return (x, context) =>
    tf.tidy(() => {
      const fine = raise(x, context);
      return add(rest(fine, context), fine);
    });
}

/** A start near 0: the output is nearly the interpolation then, which the network has to improve, not to find. */
const tenth =
  (init: Initializer): Initializer =>
  (shape, rng) =>
    init(shape, rng).map((v) => v / 10);

function raisedLast(root: ParameterScope, options: RcanOptions): Layer {
  const { channels, width, scale, upsamplerNorm: norm, inputSkip } = options;
  const start = inputSkip ? { init: tenth(kaimingUniform()), biasInit: tenth(torchBias([3, 3, width, channels])) } : {};
  const network = sequential(
    convolution(root.at("head", 0), channels, width),
    body(root.at("body"), { ...options, attention: "conv_du" }),
    upsampler(root.at("tail", 0), { channels: width, scale, norm }),
    conv(root.at("tail", 1), { dimension: 2, in: width, out: channels, ...start }),
  );
  if (!inputSkip) return network;
  const interpolate = upsample({ dimension: 2, factor: scale, mode: "linear" });
  return (x, context) => tf.tidy(() => add(network(x, context), interpolate(x, context)));
}
