import type { SampleInfo } from "../contracts/sample.ts";
import type { Rng } from "../rng.ts";
import { splitError, type Take } from "./parts.ts";

/** The pool's samples by class, each class in random order. @throws SPECTRAI_DATA_SPLIT for a sample without a class. */
export function shuffledClasses(pool: readonly number[], samples: readonly SampleInfo[], rng: Rng): number[][] {
  const classes = new Map<number, number[]>();
  for (const i of pool) {
    const { class: label, id } = samples[i]!;
    if (label === undefined)
      throw splitError(
        `A split by class needs the class of every sample, and "${id}" has none; split "random" or "block" instead.`,
      );
    const members = classes.get(label);
    if (members) members.push(i);
    else classes.set(label, [i]);
  }
  return [...classes.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, members]) => Array.from(rng.permutation(members.length), (k) => members[k]!));
}

/**
 * The same share of every class, rounded up or down so that the sum comes near the number asked for. A class always
 * keeps a sample for training.
 */
export const takeClasses =
  (samples: readonly SampleInfo[], rng: Rng): Take =>
  (pool, count) => {
    const share = pool.length > 0 ? count / pool.length : 0;
    const taken: number[][] = [];
    const rest: number[][] = [];
    let seen = 0;
    let sum = 0;
    for (const members of shuffledClasses(pool, samples, rng)) {
      const due = share * members.length;
      seen += members.length;
      // What brings the running total to its share, as long as this class itself is only rounded.
      const wanted = Math.round(share * seen) - sum;
      const size = Math.min(Math.max(wanted, Math.floor(due)), Math.ceil(due), members.length - 1);
      sum += size;
      taken.push(members.slice(0, size));
      rest.push(members.slice(size));
    }
    return { taken: taken.flat(), rest: rest.flat() };
  };
