import { looksAtWholeSample } from "@spectrai/nn";
import { convolutionsAt, type SegNetOptions } from "./segnet-network.ts";

/**
 * Input points that one output point can depend on, in rows and in columns, rounded up; undefined where a norm looks at the
 * whole sample.
 */
export function receptiveField({ dimension, filters, norm }: SegNetOptions): number | undefined {
  if (looksAtWholeSample(norm)) return undefined;
  let field = 1;
  // Input points between neighbouring points of the current grid; a 3-point convolution adds two of them.
  let step = 1;
  for (let level = 0; level < filters.length; level++) {
    field += 2 * step * convolutionsAt(level).down + step;
    step *= 2;
  }
  for (let level = filters.length - 1; level >= 0; level--) {
    step /= 2;
    // A point looks from where it stands in its window, half a step from the middle.
    field += step + 2 * step * convolutionsAt(level).up;
  }
  return field + 2 * (dimension === 2 ? 1 : 2);
}
