import { rcanNetwork as network } from "@spectrai/models-rcan";
import type { Layer, ParameterScope } from "@spectrai/nn";

export interface RcanOptions {
  readonly channels: number;
  readonly doublings: number;
  readonly groups: number;
  readonly blocks: number;
  readonly reduction: number;
}

/**
 * The reference's hyperspectral RCAN: `[N, H, W, C]` → `[N, H · 2^doublings, W · 2^doublings, C]`, the resolution raised first
 * and with batch norms, the body at half the channels.
 */
export const rcanNetwork = (root: ParameterScope, { doublings, ...options }: RcanOptions): Layer =>
  network(root, {
    ...options,
    scale: 2 ** doublings,
    width: Math.floor(options.channels / 2),
    upsampling: "first",
    upsamplerNorm: "batch",
    inputSkip: true,
  });
