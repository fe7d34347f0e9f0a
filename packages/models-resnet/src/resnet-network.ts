import { SpectraiError } from "@spectrai/core";
import {
  type ActivationName,
  dense,
  type Dimension,
  dropout as dropoutLayer,
  globalAveragePool,
  type Layer,
  makeActivation,
  maxPool,
  type NormName,
  type ParameterScope,
  sequential,
  type StemOptions,
} from "@spectrai/nn";
import { block, type BlockKind, expansion, type Surroundings, unit } from "./block.ts";

/** Blocks of each of the four stages (He et al., CVPR 2016, table 1). */
const layouts: Readonly<Record<ResNetDepth, { readonly kind: BlockKind; readonly blocks: readonly number[] }>> = {
  18: { kind: "basic", blocks: [2, 2, 2, 2] },
  34: { kind: "basic", blocks: [3, 4, 6, 3] },
  50: { kind: "bottleneck", blocks: [3, 4, 6, 3] },
  101: { kind: "bottleneck", blocks: [3, 4, 23, 3] },
  152: { kind: "bottleneck", blocks: [3, 8, 36, 3] },
};
export const depths = [18, 34, 50, 101, 152] as const;
export type ResNetDepth = (typeof depths)[number];

export interface ResNetOptions extends StemOptions {
  readonly dimension: Dimension;
  /** Channels of the input. */
  readonly channels: number;
  /** Numbers that come out a sample: classes, or values. */
  readonly outputs: number;
  /** Layers with parameters on the longest way through. */
  readonly depth: ResNetDepth;
  /** Filters of the first stage, doubled at each of the other three. */
  readonly width: number;
  readonly activation: ActivationName;
  readonly norm: NormName;
  /** Probability that a feature is dropped in front of the last layer, in training. */
  readonly dropout: number;
}

/**
 * ResNet (He et al., CVPR 2016) on channels-last tensors `[N, …spatial, channels]` → `[N, outputs]`, spatial being L, H × W or
 * D × H × W, of any size: every stage halves, rounded up. Parameters have the reference's names (`conv1.body.0.weight`,
 * `layer1.0.conv1.body.0.weight`, `fc.weight`). As in the reference, the stem has a ReLU between its convolution and its
 * norm, whatever the activation.
 *
 * @throws SPECTRAI_TENSOR_SHAPE (when applied) with norm `instance` where the last stage has a single point left
 */
export function resnetNetwork(root: ParameterScope, options: ResNetOptions): Layer {
  const { dimension, channels, outputs, width, stemKernel, stemStride, norm, dropout } = options;
  const { kind, blocks } = layouts[options.depth];
  const activation = makeActivation(root.at("act"), options.activation);
  const around: Surroundings = { dimension, norm, activation };

  const stem = [
    unit(root.at("conv1"), around, {
      in: channels,
      out: width,
      kernel: stemKernel,
      stride: stemStride,
      rectified: true,
    }),
    activation,
    ...(options.stemPool ? [maxPool({ dimension, size: 3, stride: 2, padding: 1 })] : []),
  ];
  let from = width;
  const stages = blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => {
      const layer = block(root.at(`layer${stage + 1}`, i), around, kind, {
        in: from,
        width: width * 2 ** stage,
        stride: stage > 0 && i === 0 ? 2 : 1,
      });
      from = width * 2 ** stage * expansion[kind];
      return layer;
    }),
  );
  const head = [
    globalAveragePool(),
    dropoutLayer(root.at("dropout"), { rate: dropout }),
    dense(root.at("fc"), { in: from, out: outputs }),
  ];
  const network = sequential(...stem, ...stages, ...head);
  return (x, context) => {
    const why = whyTooSmall(x.shape.slice(1, -1), options);
    if (why) throw new SpectraiError("SPECTRAI_TENSOR_SHAPE", why);
    return network(x, context);
  };
}

/**
 * Why samples of this many points in each dimension (0 = not known yet) cannot go through; undefined where they can. Without
 * instance norm, which makes a lone point 0, all can.
 */
export function whyTooSmall(
  sizes: readonly number[],
  { norm, stemStride, stemPool }: Pick<ResNetOptions, "norm" | "stemStride" | "stemPool">,
): string | undefined {
  const factor = stemStride * (stemPool ? 2 : 1) * 8;
  if (norm !== "instance" || sizes.some((n) => n === 0 || n > factor)) return undefined;
  return `model: resnet shortens its input ${factor} times and leaves one point of [${sizes.join(", ")}], which norm instance makes 0; use larger samples, another norm, stemStride 1 or stemPool false.`;
}
