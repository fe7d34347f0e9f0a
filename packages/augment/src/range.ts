import type { Rng } from "@spectrai/core";
import { z } from "zod";

/** What a random amount is drawn from: a number is that amount every time, a pair is uniform from low to high. */
export type Range = number | readonly [low: number, high: number];

/** The option schema of a {@link Range} within bounds. */
export const rangeSchema = (min: number, max: number) => {
  const bound = z.number().min(min).max(max);
  return z.union([
    bound,
    z.tuple([bound, bound]).refine(([low, high]) => low <= high, "the lower end of a range comes first"),
  ]);
};

/** Always draws one number from the stream, so that what follows does not depend on the kind of range. */
export function draw(range: Range, random: Rng): number {
  const share = random.next();
  return typeof range === "number" ? range : range[0] + (range[1] - range[0]) * share;
}
