import {
  conv,
  dense,
  dropout,
  globalAveragePool,
  type Layer,
  type ParameterScope,
  sequential,
  silu,
} from "@spectrai/nn";
import { block, norm } from "./block.ts";
import { headFilters, scaledStages, scaleFilters, type Scaling, stemFilters } from "./scaling.ts";

export interface EfficientNetOptions extends Scaling {
  /** Channels of the input. */
  readonly channels: number;
  /** Numbers that come out a sample: classes, or values. */
  readonly outputs: number;
  /** Step of the first convolution. */
  readonly stemStride: number;
  /** Block i of n, counted from 0, lets a sample go around it with the probability dropConnect · i / n, in training. */
  readonly dropConnect: number;
  /** Weight of the newest batch in the running statistics of the norms. */
  readonly momentum: number;
}

/**
 * EfficientNet (Tan and Le, "EfficientNet: Rethinking model scaling for convolutional neural networks", ICML 2019) on images
 * `[N, H, W, channels]` of any size → `[N, outputs]`. Each halving rounds up. Parameters have the names of the PyTorch code that
 * the reference uses (`_blocks.0._depthwise_conv.weight`, `_fc.weight`), whose padding for one image size this is, at every
 * size.
 */
export function efficientNetNetwork(root: ParameterScope, options: EfficientNetOptions): Layer {
  const { channels, outputs, width, stemStride, dropConnect } = options;
  const stem = scaleFilters(stemFilters, width);
  const stages = scaledStages(options);
  const count = stages.reduce((n, stage) => n + stage.blocks, 0);
  let from = stem;
  let index = 0;
  const blocks = stages.flatMap((stage) =>
    Array.from({ length: stage.blocks }, (_, i) => {
      const layer = block(root.at("_blocks", index), options, {
        ...stage,
        in: from,
        stride: i === 0 ? stage.stride : 1,
        dropConnect: (dropConnect * index) / count,
      });
      from = stage.out;
      index++;
      return layer;
    }),
  );
  const head = scaleFilters(headFilters, width);
  return sequential(
    conv(root.at("_conv_stem"), { dimension: 2, in: channels, out: stem, stride: stemStride, bias: false }),
    norm(root.at("_bn0"), stem, options),
    silu(),
    ...blocks,
    conv(root.at("_conv_head"), { dimension: 2, in: from, out: head, kernel: 1, bias: false }),
    norm(root.at("_bn1"), head, options),
    silu(),
    globalAveragePool(),
    dropout(root.at("_dropout"), { rate: options.dropout }),
    dense(root.at("_fc"), { in: head, out: outputs }),
  );
}
