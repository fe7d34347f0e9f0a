import {
  batchNorm,
  gelu,
  groupNorm,
  instanceNorm,
  type Layer,
  leakyRelu,
  type ParameterScope,
  prelu,
  relu,
  silu,
} from "@spectrai/nn";

export const activationNames = ["relu", "leaky-relu", "prelu", "gelu", "silu"] as const;
export type ActivationName = (typeof activationNames)[number];

/** A layer to be used in every place of a network, so that a PReLU has one slope for all of them, as in the reference. */
export const makeActivation = (scope: ParameterScope, name: ActivationName): Layer =>
  ({ relu, "leaky-relu": () => leakyRelu(0.01), prelu: () => prelu(scope), gelu, silu })[name]();

export const normNames = ["batch", "layer", "instance", "group", "none"] as const;
export type NormName = (typeof normNames)[number];

/** `group` makes the most equal groups of at least four channels; `layer` takes a whole sample as one group. */
export function makeNorm(scope: ParameterScope, name: NormName, channels: number): Layer | undefined {
  switch (name) {
    case "batch":
      return batchNorm(scope, { channels });
    case "instance":
      return instanceNorm(scope, { channels });
    case "layer":
      return groupNorm(scope, { channels, groups: 1 });
    case "group":
      return groupNorm(scope, { channels, groups: groupsOfFour(channels) });
    case "none":
      return undefined;
  }
}

function groupsOfFour(channels: number): number {
  let groups = Math.max(1, Math.floor(channels / 4));
  while (channels % groups !== 0) groups--;
  return groups;
}
