import * as tf from "@tensorflow/tfjs-core";
import {
  batchNorm,
  concat,
  conv,
  dense,
  type Layer,
  maxPool,
  type ParameterScope,
  prelu,
  residual,
  sequential,
  upsample,
  zeroPad,
} from "@spectrai/nn";
import { chain } from "./block.ts";

export interface DeeperOptions {
  /** Points of a spectrum: the dense layers at the end are made for them. */
  readonly points: number;
  /** Filters of the three levels; the middle one is also the width the others are brought back to on the way up. */
  readonly filters: readonly [number, number, number];
  /** Convolutions inside each residual connection. */
  readonly convolutions: number;
  /** Dense layers over the spectrum's points at the end. */
  readonly denseLayers: number;
  readonly batchNorm: boolean;
}

/**
 * DeepeR's ResUNet for denoising, on `[N, points, 1]` (Horgan et al., "High-throughput molecular imaging via deep-learning-enabled
 * Raman spectroscopy", Anal. Chem. 93, 15850, 2021): residual stages of 3-point convolutions with a PReLU after each, two
 * poolings, and dense layers over the whole spectrum at the end. Parameters have the names of the published code.
 */
export function deeperNetwork(
  root: ParameterScope,
  { points, filters, convolutions, denseLayers, batchNorm: withNorm }: DeeperOptions,
): Layer {
  const [fine, middle, coarse] = filters;
  const perUnit = withNorm ? 3 : 2;
  /** Units in the order and with the running numbers of a PyTorch `Sequential`. */
  const units = (scope: ParameterScope, widths: readonly number[]): Layer =>
    chain(
      ...widths
        .slice(1)
        .flatMap((width, i) => [
          conv(scope.at(perUnit * i), { dimension: 1, in: widths[i]!, out: width }),
          prelu(scope.at(perUnit * i + 1)),
          withNorm ? batchNorm(scope.at(perUnit * i + 2), { channels: width }) : undefined,
        ]),
    );
  const basic = (scope: ParameterScope, from: number, to: number): Layer => units(scope.at("body"), [from, to]);
  const stage = (name: string, from: number, width: number, to?: number): Layer => {
    const scope = root.at(name);
    const inner = units(
      scope.at(1, "body"),
      Array.from({ length: convolutions + 1 }, () => width),
    );
    return chain(
      basic(scope.at(0), from, width),
      residual(inner),
      to === undefined ? undefined : basic(scope.at(2), width, to),
    );
  };

  const conv1 = stage("conv1", 1, fine);
  const conv2 = stage("conv2", fine, middle);
  const conv3 = stage("conv3", middle, coarse, middle);
  const conv4 = stage("conv4", 2 * middle, middle, fine);
  const conv5 = stage("conv5", 2 * fine, fine);
  const conv6 = basic(root.at("conv6", 0), fine, 1);
  const linear7 = sequential(
    ...Array.from({ length: denseLayers }, (_, i) => [
      dense(root.at("linear7", "body", 2 * i), { in: points, out: points }),
      prelu(root.at("linear7", "body", 2 * i + 1)),
    ]).flat(),
  );
  const pool = maxPool({ dimension: 1 });
  const enlarge = upsample({ dimension: 1 });
  const join = (skip: tf.Tensor, below: tf.Tensor): tf.Tensor => {
    // A length that is not a multiple of 4 loses its odd point in the poolings.
    const missing = skip.shape[1]! - below.shape[1]!;
    return concat(skip, zeroPad(below, [[0, missing]]));
  };

  return (x, context) =>
    tf.tidy(() => {
      const first = conv1(x, context);
      const second = conv2(pool(first, context), context);
      const third = conv3(pool(second, context), context);
      const fourth = tf.tidy(() => conv4(join(second, enlarge(third, context)), context));
      const fifth = tf.tidy(() => conv5(join(first, enlarge(fourth, context)), context));
      const spectra = tf.squeeze(conv6(fifth, context), [2]);
      return tf.expandDims(linear7(spectra, context), 2);
    });
}
