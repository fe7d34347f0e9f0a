import { batchNorm, groupNorm, instanceNorm, type Layer, type ParameterScope } from "@spectrai/nn";

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
