import { batchNorm, type Layer, type ParameterScope, pixelShuffle, sequential } from "@spectrai/nn";
import { convolution } from "./body.ts";

/** The prime factors of a whole number, smallest first: 12 → 2, 2, 3. */
function primeFactors(n: number): number[] {
  const factors: number[] = [];
  for (let p = 2; n > 1; p++)
    while (n % p === 0) {
      factors.push(p);
      n /= p;
    }
  return factors;
}

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
