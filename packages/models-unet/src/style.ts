import {
  type ActivationName,
  type ActivationOption,
  type Dimension,
  dropout,
  type Layer,
  makeActivation,
  makeNorm,
  type NormName,
  type ParameterScope,
} from "@spectrai/nn";

export const upsamplingNames = ["auto", "nearest", "linear", "aligned"] as const;
export type UpsamplingName = (typeof upsamplingNames)[number];

/** What the user chooses of every convolution's surroundings. */
export interface StyleOptions {
  readonly activation: ActivationName;
  readonly norm: NormName;
  /** Norm `group` only. Absent: groups of four channels, as in the reference. */
  readonly groups?: number | undefined;
  readonly dropout: number;
}

/** The same, ready to be built in. */
export interface Style {
  readonly dimension: Dimension;
  /** What a convolution can apply by itself, and what has to follow it otherwise. */
  readonly fused: ActivationOption;
  readonly activation: Layer | undefined;
  norm(scope: ParameterScope, channels: number): Layer | undefined;
  dropout(scope: ParameterScope): Layer | undefined;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** @param root - a PReLU's slope, one for the whole network as in the reference, is made here as `activation.weight` */
export function makeStyle(
  root: ParameterScope,
  dimension: Dimension,
  { activation, norm, groups, dropout: rate }: StyleOptions,
): Style {
  const fused: ActivationOption =
    activation === "relu" ? "relu" : activation === "leaky-relu" ? { leakyRelu: 0.01 } : "linear";
  return {
    dimension,
    fused,
    activation: fused === "linear" ? makeActivation(root.at("activation"), activation) : undefined,
    norm: (scope, channels) =>
      makeNorm(scope, norm, channels, greatestCommonDivisor(groups ?? Math.ceil(channels / 4), channels)),
    dropout: (scope) => (rate > 0 ? dropout(scope, { rate, channels: true }) : undefined),
  };
}
