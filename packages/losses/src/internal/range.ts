import type { FloatArray } from "@spectrai/core";
import { z } from "zod";

export type Range = number | "target";

/** The schema of a data range; call `.default()` and `.meta()` on it. */
export const rangeSchema = z.union([z.number().positive(), z.literal("target")]);

/** The stated range, or largest minus smallest value of the target. */
export function rangeOf(range: Range, target: FloatArray): number {
  if (range !== "target") return range;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < target.length; i++) {
    const v = target[i]!;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return high > low ? high - low : 0;
}
