import type { Rng } from "../rng.ts";
import type { Take } from "./parts.ts";

/**
 * Contiguous blocks of the pool: it is cut into as many stretches as there are blocks, and a block of equal size lies
 * somewhere in each, so that all of the data is represented.
 */
export const takeBlocks =
  (blocks: number, rng: Rng): Take =>
  (pool, count) => {
    const isTaken = new Uint8Array(pool.length);
    const parts = Math.min(blocks, count);
    const free = pool.length - count;
    let at = 0;
    for (let k = 0; k < parts; k++) {
      const size = piece(count, parts, k);
      const gap = piece(free, parts, k);
      const start = at + rng.integer(gap + 1);
      isTaken.fill(1, start, start + size);
      at += size + gap;
    }
    return { taken: pool.filter((_, i) => isTaken[i]), rest: pool.filter((_, i) => !isTaken[i]) };
  };

/** The size of part k of `parts` equal parts of `total`, to a sample. */
const piece = (total: number, parts: number, k: number): number =>
  Math.floor(((k + 1) * total) / parts) - Math.floor((k * total) / parts);

/** The rows that are more than `guard` rows away from all the others. */
export function awayFrom(rows: readonly number[], others: readonly number[], guard: number, count: number): number[] {
  // Counts at every row how many of the others' guard bands cover it, from where bands begin and end.
  const edges = new Int32Array(count + 1);
  for (const i of others) {
    edges[Math.max(i - guard, 0)]!++;
    edges[Math.min(i + guard + 1, count)]!--;
  }
  let covering = 0;
  const near = edges.map((edge) => (covering += edge));
  return rows.filter((i) => near[i] === 0);
}
