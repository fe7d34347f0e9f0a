import { SpectraiError } from "@spectrai/core";
import {
  type ActivationName,
  dense,
  type Dimension,
  globalAveragePool,
  type Layer,
  makeActivation,
  maxPool,
  type NormName,
  type ParameterScope,
  relu,
  sequential,
  type StemOptions,
  zeros,
} from "@spectrai/nn";
import { convolution, denseBlock, preActivation, type Surroundings, transition } from "./dense-block.ts";

export interface DenseNetOptions extends StemOptions {
  readonly dimension: Dimension;
  /** Channels of the input. */
  readonly channels: number;
  /** Numbers that come out a sample: classes, or values. */
  readonly outputs: number;
  /** Layers of each block; all blocks but the last end in a halving of the points. */
  readonly blocks: readonly number[];
  /** Features that each layer adds. */
  readonly growth: number;
  /** Filters of the first convolution. */
  readonly width: number;
  /** Filters of the 1-point convolution in front of each 3-point one, as a multiple of the growth; 0 leaves it out. */
  readonly bottleneck: number;
  /** Share of the features that is kept between blocks. */
  readonly compression: number;
  readonly activation: ActivationName;
  readonly norm: NormName;
  /** Probability that a layer's new value is dropped, in training. */
  readonly dropout: number;
}

/**
 * DenseNet (Huang et al., CVPR 2017; with bottlenecks and compression its DenseNet-BC) on channels-last tensors
 * `[N, …spatial, channels]` → `[N, outputs]`, spatial being L, H × W or D × H × W. Parameters have the reference's names
 * (`features.conv0.body.0.weight`, `features.denseblock1.denselayer1.norm1.weight`, `classifier.weight`). As in the reference,
 * the last norm is followed by a ReLU, whatever the activation.
 *
 * @throws SPECTRAI_TENSOR_SHAPE (when applied) where a dimension has too few points to be halved so often
 */
export function densenetNetwork(root: ParameterScope, options: DenseNetOptions): Layer {
  const { dimension, channels, outputs, blocks, growth, width, compression, stemKernel, stemStride, norm } = options;
  const features = root.at("features");
  const activation = makeActivation(features.at("relu0"), options.activation);
  const around: Surroundings = { dimension, norm, activation };

  const stem = [
    convolution(features.at("conv0"), dimension, { in: channels, out: width, kernel: stemKernel, stride: stemStride }),
    preActivation(features.at("conv0", "body", 1), around, width),
    ...(options.stemPool ? [maxPool({ dimension, size: 3, stride: 2, padding: 1 })] : []),
  ];
  let from = width;
  const body = blocks.flatMap((layers, i) => {
    const block = denseBlock(features.at(`denseblock${i + 1}`), around, { ...options, in: from, layers });
    from += layers * growth;
    if (i === blocks.length - 1) return [block];
    const kept = Math.max(1, Math.floor(from * compression));
    const between = transition(features.at(`transition${i + 1}`), around, from, kept);
    from = kept;
    return [block, between];
  });
  const head = [
    preActivation(features.at("norm5"), { norm, activation: relu() }, from),
    globalAveragePool(),
    dense(root.at("classifier"), { in: from, out: outputs, biasInit: zeros }),
  ];
  const network = sequential(...stem, ...body, ...head);
  return (x, context) => {
    const why = whyTooSmall(x.shape.slice(1, -1), options);
    if (why) throw new SpectraiError("SPECTRAI_TENSOR_SHAPE", why);
    return network(x, context);
  };
}

/**
 * Why samples of this many points in each dimension (0 = not known yet) cannot go through; undefined where they can. The stem
 * rounds up when it halves and the transitions round down; instance norm makes a lone point 0.
 */
export function whyTooSmall(
  sizes: readonly number[],
  { blocks, norm, stemStride, stemPool }: Pick<DenseNetOptions, "blocks" | "norm" | "stemStride" | "stemPool">,
): string | undefined {
  const stem = stemStride * (stemPool ? 2 : 1);
  const halvings = 2 ** (blocks.length - 1);
  const remedy = "use larger samples, stemStride 1, stemPool false or fewer blocks";
  const least = stem * (halvings - 1) + 1;
  if (sizes.some((n) => n > 0 && n < least))
    return `model: densenet shortens its input ${stem * halvings} times and needs at least ${least} points in each dimension, but got [${sizes.join(", ")}]; ${remedy}.`;
  const leastForInstance = stem * (2 * halvings - 1) + 1;
  if (norm === "instance" && sizes.every((n) => n > 0 && n < leastForInstance))
    return `model: densenet shortens its input ${stem * halvings} times and leaves one point of [${sizes.join(", ")}], which norm instance makes 0; ${remedy}, or another norm.`;
  return undefined;
}
