import type { SampleInfo } from "../contracts/sample.ts";
import type { Rng } from "../rng.ts";
import { allIndices } from "./parts.ts";
import { classCounts, groupsOf } from "./take-groups.ts";

/**
 * Whole groups dealt out to folds: those that are hardest to place first (the largest and most one-sided), each to the
 * fold where it leaves the classes most evenly spread over the folds; without classes, where fewest samples are.
 */
export function foldsOfGroups(samples: readonly SampleInfo[], folds: number, rng: Rng): number[][] {
  const all = allIndices(samples.length);
  const groups = groupsOf(all, samples);
  const { of, totals } = classCounts(samples);
  const dealt = Array.from({ length: folds }, () => ({
    samples: [] as number[],
    counts: new Float64Array(totals.length),
  }));
  const order = Array.from(rng.permutation(groups.length), (i) => groups[i]!)
    .map((group) => ({ group, counts: of(group) }))
    .sort((a, b) => norm(b.counts) - norm(a.counts));
  for (const { group, counts } of order) {
    // Adding a group changes the sum of squared shares by 2·have·add + add², of which only the first depends on the fold.
    const cost = (have: Float64Array): number =>
      counts.reduce((sum, n, c) => sum + (n * have[c]!) / totals[c]! ** 2, 0);
    const best = dealt.reduce((a, b) => {
      const gain = cost(a.counts) - cost(b.counts);
      if (Math.abs(gain) > 1e-12) return gain > 0 ? b : a;
      return b.samples.length < a.samples.length ? b : a;
    });
    best.samples.push(...group);
    counts.forEach((n, c) => (best.counts[c]! += n));
  }
  return dealt.map((d) => d.samples);
}

const norm = (counts: Float64Array): number => Math.hypot(...counts);
