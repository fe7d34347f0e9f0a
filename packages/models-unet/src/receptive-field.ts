import { looksAtWholeSample, primeFactors } from "@spectrai/nn";
import { upsamplingMode, type UNetOptions } from "./unet-network.ts";

/**
 * Input points that one output point can depend on, in each dimension, rounded up; undefined where a norm or a head looks at
 * the whole sample.
 */
export function receptiveField(options: UNetOptions): number | undefined {
  const { filters, residual, norm, tail, scale = 1 } = options;
  if (tail.kind === "vector" || looksAtWholeSample(norm)) return undefined;
  const depth = filters.length - 1;
  const perBlock = residual ? 4 : 2;
  let field = 1;
  // Input points between neighbouring points of the current grid; a 3-point convolution adds two of them.
  let step = 1;
  if (scale > 1) {
    for (const factor of primeFactors(scale)) {
      field += 2 * step;
      step /= factor;
    }
    field += 2 * step;
  }
  field += 2 * step * perBlock;
  for (let level = 0; level < depth; level++) {
    field += step;
    step *= 2;
    field += 2 * step * perBlock;
  }
  for (let level = 0; level < depth; level++) {
    if (upsamplingMode(options) === "linear") field += step;
    // Padding to the skip's size shifts the coarser grid by up to half a step of its own.
    field += step;
    step /= 2;
    field += 2 * step * perBlock;
  }
  const endsIn3 = options.dimension !== 2;
  return Math.ceil(field + (endsIn3 ? 2 * step : 0));
}
