import { gelu, leakyRelu, prelu, relu, silu } from "./activations.ts";
import { batchNorm } from "./batch-norm.ts";
import { groupNorm } from "./group-norm.ts";
import { instanceNorm } from "./instance-norm.ts";
import type { Layer } from "./layer.ts";
import type { ParameterScope } from "./parameter-scope.ts";

/** Activations that an option can name. */
export const activationNames = ["relu", "leaky-relu", "prelu", "gelu", "silu"] as const;
export type ActivationName = (typeof activationNames)[number];

/** A layer to be used in every place of a network, so that a PReLU has one slope for all of them, as in the reference. */
export const makeActivation = (scope: ParameterScope, name: ActivationName): Layer =>
  ({ relu, "leaky-relu": () => leakyRelu(0.01), prelu: () => prelu(scope), gelu, silu })[name]();

/** Norms that an option can name. */
export const normNames = ["batch", "layer", "instance", "group", "none"] as const;
export type NormName = (typeof normNames)[number];

/**
 * The norm of that name, undefined for `none`. `layer` takes a whole sample as one group.
 *
 * @param groups - of norm `group`; default: the most equal groups of at least four channels
 */
export function makeNorm(
  scope: ParameterScope,
  name: NormName,
  channels: number,
  groups: number = groupsOfFour(channels),
): Layer | undefined {
  switch (name) {
    case "batch":
      return batchNorm(scope, { channels });
    case "instance":
      return instanceNorm(scope, { channels });
    case "layer":
      return groupNorm(scope, { channels, groups: 1 });
    case "group":
      return groupNorm(scope, { channels, groups });
    case "none":
      return undefined;
  }
}

/** Whether a norm takes the mean over a sample's positions, so that each value depends on all of them. */
export const looksAtWholeSample = (name: NormName): boolean => name !== "batch" && name !== "none";

function groupsOfFour(channels: number): number {
  let groups = Math.max(1, Math.floor(channels / 4));
  while (channels % groups !== 0) groups--;
  return groups;
}
