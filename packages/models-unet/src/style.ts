import {
  type ActivationOption,
  batchNorm,
  type Dimension,
  dropout,
  gelu,
  groupNorm,
  instanceNorm,
  type Layer,
  type ParameterScope,
  prelu,
  silu,
} from "@spectrai/nn";

export const activationNames = ["relu", "leaky-relu", "prelu", "gelu", "silu"] as const;
export const normNames = ["none", "batch", "layer", "instance", "group"] as const;
export const upsamplingNames = ["auto", "nearest", "linear"] as const;

/** What the user chooses of every convolution's surroundings. */
export interface StyleOptions {
  readonly activation: (typeof activationNames)[number];
  readonly norm: (typeof normNames)[number];
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
  const separate = { relu: undefined, "leaky-relu": undefined, prelu, gelu, silu }[activation];
  return {
    dimension,
    fused,
    activation: separate?.(root.at("activation")),
    norm: (scope, channels) => {
      if (norm === "batch") return batchNorm(scope, { channels });
      if (norm === "instance") return instanceNorm(scope, { channels });
      if (norm === "layer") return groupNorm(scope, { channels, groups: 1 });
      if (norm === "group")
        return groupNorm(scope, {
          channels,
          groups: greatestCommonDivisor(groups ?? Math.ceil(channels / 4), channels),
        });
      return undefined;
    },
    dropout: (scope) => (rate > 0 ? dropout(scope, { rate, channels: true }) : undefined),
  };
}
