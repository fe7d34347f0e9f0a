import { looksAtWholeSample, primeFactors } from "@spectrai/nn";
import { upsamplingMode, type UNetOptions } from "./unet-network.ts";

/**
 * Input points that one output point can depend on, in each dimension, rounded up; undefined where a norm or a head looks at
 * the whole sample, or where aligned corners make the places that are interpolated between depend on its size.
 */
export function receptiveField(options: UNetOptions): number | undefined {
  const { filters, residual, norm, tail, scale = 1 } = options;
  if (tail.kind === "vector" || looksAtWholeSample(norm) || upsamplingMode(options) === "aligned") return undefined;
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
    // A point looks from where it stands in the coarser one's place.
    field += step;
    step /= 2;
    field += 2 * step * perBlock;
  }
  const endsIn3 = options.dimension !== 2;
  return Math.ceil(field + (endsIn3 ? 2 * step : 0));
}

/**
 * Rows and columns of which a tile must start at a multiple: its poolings have to fall where the whole image's do. With a
 * scale they are on the finer grid.
 */
export function gridStep({ filters, scale = 1 }: UNetOptions): number {
  let step = 2 ** (filters.length - 1);
  let left = scale;
  while (step > 1 && left % 2 === 0) {
    step /= 2;
    left /= 2;
  }
  return step;
}
