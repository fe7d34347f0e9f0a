import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import {
  concat,
  conv,
  dense,
  type Dimension,
  globalAveragePool,
  type Layer,
  maxPool,
  type ParameterScope,
  upsample,
  zeroPad,
} from "@spectrai/nn";
import { block, chain, unit } from "./block.ts";
import { makeStyle, type Style, type StyleOptions, type UpsamplingName } from "./style.ts";
import { upsampler } from "./upsampler.ts";

/**
 * How a network ends.
 * - `spectral`: as many points as went in, `channels` of them (one in 1-D and 3-D).
 * - `mask`: class logits a pixel, `[N, H, W, classes]`; in 3-D the bands `[N, D, H, W, 1]` become channels first.
 * - `vector`: `[N, count]` from the average over all positions, of all features or of one channel made from them.
 */
export type Tail =
  | { readonly kind: "spectral"; readonly channels: number; readonly activated: boolean }
  | { readonly kind: "mask"; readonly classes: number; readonly bands: number }
  | { readonly kind: "vector"; readonly count: number; readonly from: "features" | "single" };

export interface UNetOptions extends StyleOptions {
  readonly dimension: Dimension;
  /** Channels of the input. */
  readonly channels: number;
  /** Filters of each level, finest first; one more than there are poolings. */
  readonly filters: readonly number[];
  readonly residual: boolean;
  readonly upsampling: UpsamplingName;
  readonly tail: Tail;
  /** 2-D only: how many times finer the output's grid is. Default 1. */
  readonly scale?: number;
}

/** Nearest in 1-D and 3-D, as the reference, and bilinear in 2-D, whose corners the reference aligns (`aligned`). */
export const upsamplingMode = ({
  upsampling,
  dimension,
}: Pick<UNetOptions, "upsampling" | "dimension">): Exclude<UpsamplingName, "auto"> =>
  upsampling === "auto" ? (dimension === 2 ? "linear" : "nearest") : upsampling;

/**
 * The reference's UNet (after Ronneberger et al., MICCAI 2015) and ResUNet on channels-last tensors `[N, …spatial, channels]`,
 * spatial being L, H × W or D × H × W, of any size of at least 2^poolings points. Parameters have the reference's names.
 */
export function unetNetwork(root: ParameterScope, options: UNetOptions): Layer {
  const { dimension, channels, filters, residual, tail, scale = 1 } = options;
  const style = makeStyle(root, dimension, options);
  const depth = filters.length - 1;
  const outputIsLastBlock = tail.kind === "spectral" && endsInLastBlock(options);

  const finer = scale > 1 ? upsampler(root.at("upsample"), style, channels, scale) : undefined;
  const first = block(root.at("inc"), style, { in: channels, middle: filters[0]!, out: filters[0]!, residual });
  const pool = maxPool({ dimension });
  const down = filters.slice(1).map((width, i) =>
    block(root.at("down_blocks", i, "maxpool_conv", 1), style, {
      in: filters[i]!,
      middle: width,
      out: width,
      residual,
    }),
  );
  const mode = upsamplingMode(options);
  const enlarge = upsample({
    dimension,
    mode: mode === "nearest" ? "nearest" : "linear",
    alignCorners: mode === "aligned",
  });
  const up = down.map((_, i) => {
    const skip = filters[depth - 1 - i]!;
    const below = i === 0 ? filters[depth]! : skip;
    const out = filters[Math.max(depth - 2 - i, 0)]!;
    return block(root.at("up_blocks", i, "conv"), style, {
      in: skip + below,
      middle: skip,
      out,
      residual,
      isOutput: outputIsLastBlock && i === depth - 1,
    });
  });
  const end = makeTail(root, style, options);

  return (input, context) =>
    tf.tidy(() => {
      let x = finer ? finer(input, context) : input;
      checkSize(x, depth);
      const skips = [first(x, context)];
      for (const step of down) skips.push(tf.tidy(() => step(pool(skips.at(-1)!, context), context)));
      x = skips.pop()!;
      for (const step of up) {
        const skip = skips.pop()!;
        const below = x;
        x = tf.tidy(() => step(concat(skip, fit(enlarge(below, context), skip.shape)), context));
        tf.dispose([skip, below]);
      }
      return end(x, context);
    });
}

/** 2-D: features that are as many as the bands are the output themselves, as in the reference. */
export const endsInLastBlock = ({
  dimension,
  filters,
  tail,
}: Pick<UNetOptions, "dimension" | "filters" | "tail">): boolean =>
  dimension === 2 && tail.kind === "spectral" && tail.activated && filters[0] === tail.channels;

function makeTail(root: ParameterScope, style: Style, options: UNetOptions): Layer {
  const { dimension, filters, tail } = options;
  const features = filters[0]!;
  const pointwise = (to: number, dim: Dimension, from: number): Layer =>
    conv(root.at("tail", "body", 0), { dimension: dim, in: from, out: to, kernel: 1 });

  if (tail.kind === "vector") {
    const single =
      tail.from === "single" ? unit(root.at("out"), style, { in: features, out: 1, isOutput: true }) : undefined;
    return chain(single, globalAveragePool(), dense(root.at("tail"), { in: single ? 1 : features, out: tail.count }));
  }
  if (tail.kind === "mask") {
    if (dimension === 2) return pointwise(tail.classes, 2, features);
    const bandsToChannels: Layer = (x) => tf.tidy(() => tf.transpose(tf.squeeze(x, [4]), [0, 2, 3, 1]));
    return chain(
      unit(root.at("out"), style, { in: features, out: 1, isOutput: true }),
      bandsToChannels,
      pointwise(tail.classes, 2, tail.bands),
    );
  }
  if (endsInLastBlock(options)) return (x) => x;
  if (dimension === 2) {
    const activation = tail.activated ? style.fused : "linear";
    const output = conv(root.at("tail", "body", 0), {
      dimension,
      in: features,
      out: tail.channels,
      kernel: 1,
      activation,
    });
    return chain(output, tail.activated ? style.activation : undefined);
  }
  if (tail.activated) return unit(root.at("out"), style, { in: features, out: tail.channels, isOutput: true });
  return conv(root.at("out", "body", 0), { dimension, in: features, out: tail.channels });
}

/** Adds zeros, or cuts, to reach the skip's spatial size; the odd one at the end, as the reference does. */
function fit(x: tf.Tensor, like: readonly number[]): tf.Tensor {
  const margins = like.slice(1, -1).map((n, i): [number, number] => {
    const missing = n - x.shape[i + 1]!;
    const before = Math.floor(missing / 2);
    return [before, missing - before];
  });
  return zeroPad(x, margins);
}

function checkSize(x: tf.Tensor, depth: number): void {
  const least = 2 ** depth;
  if (x.shape.slice(1, -1).some((n) => n < least))
    throw new SpectraiError(
      "SPECTRAI_TENSOR_SHAPE",
      `A UNet that halves its input ${depth} times needs at least ${least} points in each dimension, and got a tensor [${x.shape.join(", ")}]; use larger samples or a smaller depth.`,
    );
}
