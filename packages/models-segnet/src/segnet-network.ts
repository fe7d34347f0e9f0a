import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import { conv, type Layer, maxPoolWithIndices, maxUnpool, type ParameterScope, sequential } from "@spectrai/nn";
import { stage, type Surroundings } from "./stage.ts";

export interface SegNetOptions extends Surroundings {
  /** Channels of the input. */
  readonly channels: number;
  /** Filters of each level, finest first: one to five of them. */
  readonly filters: readonly number[];
  /** Which convolution of a decoder's stage goes over to the filters of the next finer level. */
  readonly narrowing: "first" | "last";
  readonly classes: number;
  /** 3-D only: points of the first spatial dimension, which the classifier takes as channels. */
  readonly bands: number;
}

/** Convolutions of each level, finest first: VGG16's on the way down, and one less at the finest on the way up. */
const downward = [2, 2, 3, 3, 3];
const upward = [1, 2, 3, 3, 3];
export const mostLevels = downward.length;

/** Convolutions of both ways at a level, for reckoning the field of view. */
export const convolutionsAt = (level: number): { readonly down: number; readonly up: number } => ({
  down: downward[level]!,
  up: upward[level]!,
});

/**
 * SegNet (Badrinarayanan, Kendall and Cipolla, "SegNet: A deep convolutional encoder-decoder architecture for image
 * segmentation", IEEE TPAMI 39, 2481, 2017): each level halves the resolution by max pooling, and on the way back values go to
 * the places where the maxima were. From `[N, H, W, channels]`, or volumes `[N, bands, H, W, channels]`, to class logits
 * `[N, H, W, classes]`. Parameters have the reference's names; its 2-D network gives its classifier the input in place of
 * the decoder's features, which this one does not.
 *
 * @throws SPECTRAI_TENSOR_SHAPE (when applied) where a dimension has fewer than 2^levels points
 */
export function segnetNetwork(root: ParameterScope, options: SegNetOptions): Layer {
  const { dimension, channels, filters, narrowing } = options;
  const levels = filters.length;
  const repeated = (width: number, times: number): number[] => Array.from({ length: times }, () => width);
  const encoders = filters.map((width, level) =>
    stage(root.at("encoders", level), options, [
      level === 0 ? channels : filters[level - 1]!,
      ...repeated(width, downward[level]!),
    ]),
  );
  // In the order of use, coarsest first.
  const decoders = filters
    .map((from, level) => {
      const to = filters[Math.max(level - 1, 0)]!;
      const count = upward[level]!;
      const widths = narrowing === "first" ? repeated(to, count) : [...repeated(from, count - 1), to];
      return stage(root.at("decoders", levels - 1 - level), options, [from, ...widths]);
    })
    .toReversed();
  const classify = classifier(root.at("classifier"), options);

  return (input, context) =>
    tf.tidy(() => {
      checkSize(input, levels);
      let x = input;
      const pooled: { readonly indices: tf.Tensor; readonly spatial: readonly number[] }[] = [];
      for (const encode of encoders) {
        const from = x;
        const [values, indices, spatial] = tf.tidy(() => {
          const features = encode(from, context);
          const pool = maxPoolWithIndices(features, { dimension });
          return [pool.values, pool.indices, features.shape.slice(1, -1)] as const satisfies tf.TensorContainer;
        });
        pooled.push({ indices, spatial });
        if (from !== input) from.dispose();
        x = values;
      }
      for (const decode of decoders) {
        const from = x;
        const { indices, spatial } = pooled.pop()!;
        x = tf.tidy(() => decode(maxUnpool(from, indices, spatial, { dimension }), context));
        tf.dispose([from, indices]);
      }
      return classify(x, context);
    });
}

/** 2-D: one convolution. 3-D: bands and features together become channels of an image, which two convolutions classify. */
function classifier(scope: ParameterScope, { dimension, filters, classes, bands }: SegNetOptions): Layer {
  const features = filters[0]!;
  const image = (at: ParameterScope, from: number, to: number): Layer => conv(at, { dimension: 2, in: from, out: to });
  if (dimension === 2) return image(scope, features, classes);
  const bandsToChannels: Layer = (x) =>
    tf.tidy(() => {
      const [samples, , rows, columns] = x.shape as [number, number, number, number, number];
      // Feature by feature and band by band within each, as the reference has them.
      return tf.reshape(tf.transpose(x, [0, 2, 3, 4, 1]), [samples, rows, columns, features * bands]);
    });
  return sequential(bandsToChannels, image(scope.at(0), features * bands, bands), image(scope.at(1), bands, classes));
}

function checkSize(x: tf.Tensor, levels: number): void {
  const least = 2 ** levels;
  if (x.shape.slice(1, -1).some((n) => n < least))
    throw new SpectraiError(
      "SPECTRAI_TENSOR_SHAPE",
      `A SegNet of ${levels} levels needs at least ${least} points in each dimension, and got a tensor [${x.shape.join(", ")}]; use larger samples or a smaller depth.`,
    );
}
