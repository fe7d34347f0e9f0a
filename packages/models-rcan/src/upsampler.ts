import { batchNorm, type Layer, type ParameterScope, pixelShuffle, primeFactors, sequential } from "@spectrai/nn";
import { convolution } from "./body.ts";

export interface UpsamplerOptions {
  readonly channels: number;
  readonly scale: number;
  readonly norm: "none" | "batch";
}

/** For each prime factor r of the scale a convolution C → r²C, a pixel shuffle, and a batch norm if wanted. */
export function upsampler(scope: ParameterScope, { channels, scale, norm }: UpsamplerOptions): Layer {
  const parts = norm === "batch" ? 3 : 2;
  return sequential(
    ...primeFactors(scale).flatMap((factor, i) => [
      convolution(scope.at(parts * i), channels, channels * factor ** 2),
      pixelShuffle({ dimension: 2, factor }),
      ...(norm === "batch" ? [batchNorm(scope.at(parts * i + 2), { channels })] : []),
    ]),
  );
}
