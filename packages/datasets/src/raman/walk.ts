import type { Rng } from "@spectrai/core";

/**
 * A stationary first-order autoregressive walk with mean 0 and standard deviation 1: neighbours correlate by
 * exp(−1/length), so that rows of one cell resemble each other as they do in a map measured point by point.
 */
export function walk(random: Rng, steps: number, length: number): Float64Array {
  const memory = Math.exp(-1 / length);
  const fresh = Math.sqrt(1 - memory * memory);
  const out = new Float64Array(steps);
  let x = random.normal();
  for (let i = 0; i < steps; i++) {
    out[i] = x;
    x = memory * x + fresh * random.normal();
  }
  return out;
}
