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

/** Whole groups, in random order, each where it brings the number of samples nearer to the one asked for. */
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
    let size = 0;
    for (const group of order) {
      if (chosen.size === groups.length - leave) break;
      if (Math.abs(size + group.length - count) >= Math.abs(size - count)) continue;
      chosen.add(group);
      size += group.length;
    }
    // Every group is more than twice what was asked for: the smallest is nearest.
    if (chosen.size === 0) chosen.add(order.reduce((a, b) => (b.length < a.length ? b : a)));
    return {
      taken: order.filter((g) => chosen.has(g)).flat(),
      rest: order.filter((g) => !chosen.has(g)).flat(),
    };
  };
