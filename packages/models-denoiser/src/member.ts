import * as tf from "@tensorflow/tfjs-core";
import type { ForwardContext } from "@spectrai/core";
import {
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
import { logPowerMeans } from "./log-power-means.ts";
import type { LinearStart } from "./principal-start.ts";

export interface MemberOptions {
  readonly points: number;
  readonly outPoints: number;
  readonly rank: number;
  readonly hidden: number;
  /** 0 = without convolutions. */
  readonly channels: number;
  readonly kernel: number;
  readonly dilations: readonly number[];
}

/** What the members of a network have in common: their input's and output's mean, and whether the gain is on. */
export interface Shared {
  readonly targetMean: tf.Variable;
  readonly gainOn: tf.Variable;
}

export interface Member {
  /** From the centred input `[N, L]` to the denoised spectrum `[N, L′]`, both in the training part's scale. */
  apply(v: tf.Tensor, context: ForwardContext): tf.Tensor;
  /** Replaces the start near zero by a regression on principal components. */
  startFrom(start: LinearStart): Promise<void>;
  /** Sets the gain so that it leaves the mean target as it is. */
  startGain(logNorm: number): void;
}

/** The start of a network whose first output is near the training mean. */
const nearZero: Initializer = normal(1e-3);
const startOfExponents: Initializer = () => Float32Array.of(0, 0, 1, 0);

const set = (variable: tf.Variable, values: Float32Array): void =>
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));

/** One denoiser of the several that are averaged; `scope` names its parameters. */
export function buildMember(scope: ParameterScope, options: MemberOptions, { targetMean, gainOn }: Shared): Member {
  const { points, outPoints, rank, hidden } = options;
  const encode = dense(scope.at("encode"), { in: points, out: rank, bias: false });
  const correct = sequential(
    dense(scope.at("correct", 0), { in: rank, out: hidden }),
    gelu(),
    dense(scope.at("correct", 1), { in: hidden, out: rank, init: zeros, biasInit: zeros }),
  );
  const decode = dense(scope.at("decode"), { in: rank, out: outPoints, init: nearZero, biasInit: zeros });
  // The input helps the convolutions only where its points are the output's.
  const paired = points === outPoints;
  const convolutions =
    options.channels > 0 ? convolutionLayers(scope.at("convolutions"), options, paired ? 2 : 1) : undefined;
  const exponents = scope.parameter("gain.exponents", [4, 1], startOfExponents, { decay: false });
  const logGain = scope.parameter("gain.log", [1], zeros, { decay: false });
  const own = (name: string): tf.Variable => scope.parameters.find((p) => p.name === `${scope.path}.${name}`)!.variable;

  return {
    apply(v, context) {
      const e = encode(v, context);
      let h = tf.add(decode(tf.add(e, correct(e, context)), context), targetMean);
      if (convolutions) {
        const seen = paired ? tf.stack([v, h], 2) : tf.expandDims(h, 2);
        h = tf.add(h, tf.squeeze(convolutions(seen, context), [2]));
      }
      const norms = tf.matMul(logPowerMeans(tf.relu(h) as tf.Tensor2D), exponents as tf.Tensor as tf.Tensor2D);
      return tf.mul(h, tf.exp(tf.mul(gainOn, tf.sub(logGain, norms))));
    },
    async startFrom(start) {
      const used = Math.min(start.components, rank);
      const weights = { encode: own("encode.weight"), decode: own("decode.weight") };
      const first = Float32Array.from(await weights.encode.data());
      const last = Float32Array.from(await weights.decode.data());
      for (let c = 0; c < used; c++) {
        for (let k = 0; k < points; k++) first[k * rank + c] = start.encode[k * start.components + c]!;
        for (let k = 0; k < outPoints; k++) last[c * outPoints + k] = start.decode[c * outPoints + k]!;
      }
      set(weights.encode, first);
      set(weights.decode, last);
    },
    startGain: (logNorm) => set(logGain, Float32Array.of(logNorm)),
  };
}

function convolutionLayers(
  scope: ParameterScope,
  { channels, kernel, dilations }: MemberOptions,
  inputs: number,
): Layer {
  const layers = dilations.flatMap((dilation, i) => [
    conv(scope.at(i), { dimension: 1, in: i === 0 ? inputs : channels, out: channels, kernel, dilation }),
    gelu(),
  ]);
  const last = scope.at(dilations.length);
  return sequential(
    ...layers,
    conv(last, { dimension: 1, in: channels, out: 1, kernel, init: zeros, biasInit: zeros }),
  );
}
