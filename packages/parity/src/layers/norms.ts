import { batchNorm, groupNorm, instanceNorm, type Layer, layerNorm, type ParameterScope } from "@spectrai/nn";
import type { LayerCase } from "./layer-case.ts";

/** Many positions and few, in one to three dimensions, with 6 channels. */
const shapes = [
  [5, 6],
  [3, 37, 6],
  [2, 5, 7, 6],
  [2, 3, 4, 5, 6],
] as const;

const one = (
  layer: string,
  of: string,
  shape: readonly number[],
  make: (scope: ParameterScope) => Layer,
): LayerCase => ({
  layer,
  of: `${of}[${shape.join(", ")}]`,
  inputs: [shape],
  make: (scope) => {
    const norm = make(scope);
    return ([x], context) => norm(x!, context);
  },
});

/** Norms, with and without a scale and an offset. */
export const normLayers = (): LayerCase[] => [
  ...shapes.map((shape) => one("batchNorm", "", shape, (scope) => batchNorm(scope, { channels: 6 }))),
  one("batchNorm", "not affine, ", [3, 7, 6], (scope) => batchNorm(scope, { channels: 6, affine: false })),
  ...shapes
    .slice(1)
    .flatMap((shape) => [
      one("instanceNorm", "", shape, (scope) => instanceNorm(scope, { channels: 6 })),
      one("groupNorm", "2 groups, ", shape, (scope) => groupNorm(scope, { channels: 6, groups: 2 })),
      one("groupNorm", "1 group, ", shape, (scope) => groupNorm(scope, { channels: 6, groups: 1 })),
    ]),
  ...shapes.slice(0, 2).map((shape) => one("layerNorm", "", shape, (scope) => layerNorm(scope, { channels: 6 }))),
];
