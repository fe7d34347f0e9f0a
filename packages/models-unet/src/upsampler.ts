import { batchNorm, conv, type Layer, type ParameterScope, pixelShuffle, primeFactors } from "@spectrai/nn";
import { chain, unit } from "./block.ts";
import type { Style } from "./style.ts";

/**
 * Raises the number of pixels in front of a 2-D network: for each prime factor r of the scale a convolution C → r²C, a pixel
 * shuffle and a batch norm (the reference does so for powers of 2), then one convolution more.
 */
export function upsampler(scope: ParameterScope, style: Style, channels: number, scale: number): Layer {
  const stages = primeFactors(scale).flatMap((factor, i) => [
    conv(scope.at(0, 3 * i), { dimension: 2, in: channels, out: channels * factor ** 2 }),
    pixelShuffle({ dimension: 2, factor }),
    batchNorm(scope.at(0, 3 * i + 2), { channels }),
  ]);
  return chain(...stages, unit(scope.at(1), style, { in: channels, out: channels }));
}
