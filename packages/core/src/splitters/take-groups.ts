import type { SampleInfo } from "../contracts/sample.ts";
import type { Rng } from "../rng.ts";
import { splitError, type Take } from "./parts.ts";

/** The pool's samples by group, groups in order of first appearance. */
export function groupsOf(pool: readonly number[], samples: readonly SampleInfo[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const i of pool) {
    const name = samples[i]!.group;
    const group = groups.get(name);
    if (group) group.push(i);
    else groups.set(name, [i]);
  }
  return [...groups.values()];
}

/**
 * How many samples of each class a set of samples has, and all samples together. Where a sample has no class, all count
 * as one class.
 */
export function classCounts(samples: readonly SampleInfo[]): {
  readonly of: (indices: readonly number[]) => Float64Array;
  readonly totals: Float64Array;
} {
  const classed = samples.every((s) => s.class !== undefined);
  const classOf = (i: number): number => (classed ? samples[i]!.class! : 0);
  const names = [...new Set(samples.map((_, i) => classOf(i)))];
  const place = new Map(names.map((name, k) => [name, k]));
  const of = (indices: readonly number[]): Float64Array => {
    const counts = new Float64Array(names.length);
    for (const i of indices) counts[place.get(classOf(i))!]!++;
    return counts;
  };
  return { of, totals: of(samples.map((_, i) => i)) };
}

/** Whole groups, in random order, each where it brings every class's number of samples nearer to its share. */
export const takeGroups =
  (samples: readonly SampleInfo[], rng: Rng): Take =>
  (pool, count, leave) => {
    const groups = groupsOf(pool, samples);
    if (count === 0) return { taken: [], rest: pool };
    if (groups.length < leave + 1)
      throw splitError(
        `${groups.length === 1 ? "There is only 1 group" : `There are only ${groups.length} groups`} left for ${leave + 1} parts, and a group cannot be parted; ask for fewer parts, or split "random".`,
      );
    const order = Array.from(rng.permutation(groups.length), (i) => groups[i]!);
    const chosen = new Set<readonly number[]>();
    const { of } = classCounts(samples);
    const wanted = of(pool).map((n) => (n * count) / pool.length);
    for (const group of order) {
      if (chosen.size === groups.length - leave) break;
      const left = of(group).map((n, c) => wanted[c]! - n);
      if (distance(left) >= distance(wanted)) continue;
      chosen.add(group);
      wanted.set(left);
    }
    // Every group is more than twice what was asked for: the smallest is nearest.
    if (chosen.size === 0) chosen.add(order.reduce((a, b) => (b.length < a.length ? b : a)));
    return {
      taken: order.filter((g) => chosen.has(g)).flat(),
      rest: order.filter((g) => !chosen.has(g)).flat(),
    };
  };

/** How far off the classes are, each by itself and, with half the weight, all together. */
const distance = (counts: Float64Array): number =>
  counts.reduce((sum, n) => sum + Math.abs(n), 0) + Math.abs(counts.reduce((sum, n) => sum + n, 0)) / 2;
