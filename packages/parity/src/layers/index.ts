import type { LayerCase } from "./layer-case.ts";
import { linearLayers } from "./linear.ts";
import { normLayers } from "./norms.ts";
import { pointwiseLayers } from "./pointwise.ts";
import { resamplingLayers } from "./resampling.ts";

/** Every layer of `@spectrai/nn`, on small odd shapes. */
export const layerCases = (): readonly LayerCase[] => [
  ...linearLayers(),
  ...normLayers(),
  ...resamplingLayers(),
  ...pointwiseLayers(),
];
