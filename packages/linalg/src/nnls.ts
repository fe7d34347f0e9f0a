import { choleskySolve } from "./cholesky.ts";
import { type Matrix, matrix } from "./matrix.ts";

/**
 * The w ≥ 0 that minimises ‖A w − b‖², from AᵀA and Aᵀb, by the active-set method of Lawson and Hanson (Solving Least Squares
 * Problems, 1974, chapter 23). Meant for few unknowns.
 *
 * @param gram - AᵀA, symmetric
 * @param moments - Aᵀb
 */
export function nonNegativeLeastSquares(gram: Matrix, moments: Float64Array): Float64Array {
  const n = gram.rows;
  const w = new Float64Array(n);
  const passive = new Set<number>();
  const tolerance = 1e-10 * Math.max(...moments.map(Math.abs), Number.MIN_VALUE);
  for (let round = 0; round < 3 * n; round++) {
    const entering = steepest(gram, moments, w, passive);
    if (entering === undefined || slope(gram, moments, w, entering) <= tolerance) break;
    passive.add(entering);
    for (;;) {
      const chosen = [...passive];
      const z = solveOn(gram, moments, chosen);
      if (z.every((v) => v > 0)) {
        w.fill(0);
        chosen.forEach((k, i) => (w[k] = z[i]!));
        break;
      }
      // Go towards z until the first weight reaches 0, which then leaves.
      const reach = (k: number, i: number): number => (z[i]! <= 0 ? w[k]! / (w[k]! - z[i]!) || 0 : Infinity);
      const step = Math.min(...chosen.map(reach));
      chosen.forEach((k, i) => {
        const leaves = reach(k, i) === step;
        w[k] = leaves ? 0 : w[k]! + step * (z[i]! - w[k]!);
        if (leaves) passive.delete(k);
      });
      if (passive.size === 0) break;
    }
  }
  return w;
}

/** Minus half the derivative of ‖A w − b‖² by `w[k]`. */
function slope(gram: Matrix, moments: Float64Array, w: Float64Array, k: number): number {
  let sum = moments[k]!;
  for (let j = 0; j < w.length; j++) sum -= gram.data[k * gram.columns + j]! * w[j]!;
  return sum;
}

function steepest(gram: Matrix, moments: Float64Array, w: Float64Array, passive: Set<number>): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (let k = 0; k < w.length; k++) {
    if (passive.has(k)) continue;
    const s = slope(gram, moments, w, k);
    if (s > most) [best, most] = [k, s];
  }
  return best;
}

function solveOn(gram: Matrix, moments: Float64Array, chosen: readonly number[]): Float64Array {
  const n = chosen.length;
  const part = matrix(n, n);
  let trace = 0;
  chosen.forEach((k, i) => {
    chosen.forEach((l, j) => (part.data[i * n + j] = gram.data[k * gram.columns + l]!));
    trace += gram.data[k * gram.columns + k]!;
  });
  const right = matrix(
    1,
    n,
    Float64Array.from(chosen, (k) => moments[k]!),
  );
  // Two columns may be the same: far below the digits that count, the sum is shared between them.
  return choleskySolve(part, (1e-12 * trace) / n, right).data;
}
