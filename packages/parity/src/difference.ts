import type { Value } from "./case.ts";
import { largest } from "./read.ts";

/** How far a case is from its reference at worst. */
export interface Difference {
  /** The largest difference, relative to the largest magnitude of the reference's value. */
  readonly difference: number;
  /** Which of the case's values it is. */
  readonly what: string;
}

/** Why values cannot be compared, or how far they differ at worst. */
export type Comparison = Difference | { readonly reason: string };

/** Compares what a case gave with what the reference gave. NaN and infinities agree only with the same. */
export function compareValues(actual: readonly Value[], expected: readonly Value[]): Comparison {
  if (actual.length !== expected.length)
    return { reason: `gave ${actual.length} results where the reference gave ${expected.length}` };
  let worst: Difference = { difference: 0, what: expected[0]?.what ?? "nothing" };
  for (const [i, reference] of expected.entries()) {
    const value = actual[i]!;
    if (value.what !== reference.what)
      return { reason: `gave ${value.what} where the reference gave ${reference.what}` };
    if (value.dtype !== reference.dtype) return { reason: `${value.what} is ${value.dtype}, not ${reference.dtype}` };
    if (value.shape.join() !== reference.shape.join() || value.values.length !== reference.values.length)
      return { reason: `${value.what} has the shape [${value.shape.join(", ")}], not [${reference.shape.join(", ")}]` };
    const difference = relative(value.values, reference);
    if (!Number.isFinite(difference))
      return { reason: `${value.what} has NaN or infinite values where the reference has finite ones, or the reverse` };
    if (difference > worst.difference) worst = { difference, what: value.what };
  }
  return worst;
}

function relative(actual: ArrayLike<number>, { values, least = 0 }: Value): number {
  let worst = 0;
  for (let i = 0; i < values.length; i++) {
    if (Object.is(actual[i], values[i])) continue;
    const difference = Math.abs(actual[i]! - values[i]!);
    if (!(difference <= worst)) worst = difference;
    if (!Number.isFinite(worst)) return worst;
  }
  const scale = Math.max(largest(values), least);
  return scale > 0 ? worst / scale : worst;
}
