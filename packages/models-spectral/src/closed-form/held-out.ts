import { choleskySolve, type Matrix, matrix, row } from "@spectrai/linalg";
import type { CentredKernel } from "./centred-kernel.ts";

/** Rows that are held out together: of one sample, or of one origin. */
export type Blocks = readonly (readonly number[])[];

/** One block a group, in order of appearance; of a single group, which leaves nothing to learn from, one block a row. */
export function blocksOf(groups: readonly string[]): Blocks {
  const blocks = new Map<string, number[]>();
  groups.forEach((group, i) => {
    const rows = blocks.get(group);
    if (rows) rows.push(i);
    else blocks.set(group, [i]);
  });
  return blocks.size > 1 ? [...blocks.values()] : groups.map((_group, i) => [i]);
}

/** Kernel ridge regression at one penalty. */
export interface KernelRidge {
  /** Dual coefficients for the kernel divided by its scale, in the span of its vectors, a row a target, `[m, n]`. */
  readonly dual: Matrix;
  /** What each sample is predicted to be by a fit without its block, a row a target, `[m, n]`. */
  readonly heldOut: Matrix;
}

/**
 * Ridge regression by the kernel's eigenvectors, with the predictions of every block by a fit to the others, in closed form:
 * with G = (K + λ)⁻¹ and α = G t, the held-out residuals of block B are G_BB⁻¹ α_B (for single samples α_i / G_ii; Allen 1974,
 * Golub, Heath and Wahba 1979). Where the kernel is 0, G is 1/λ.
 *
 * @param targets - centred, a row a target, `[m, n]`
 */
export function kernelRidge(kernel: CentredKernel, targets: Matrix, lambda: number, blocks: Blocks): KernelRidge {
  const { size: n, values, vectors } = kernel;
  const weights = values.map((v) => 1 / (v + lambda));
  const outside = kernel.complete ? 0 : 1 / lambda;
  const dual = matrix(targets.rows, n);
  for (let m = 0; m < targets.rows; m++) {
    const [t, alpha] = [row(targets, m), row(dual, m)];
    for (let k = 0; k < values.length; k++) {
      const u = row(vectors, k);
      let dot = 0;
      for (let i = 0; i < n; i++) dot += u[i]! * t[i]!;
      const factor = dot * weights[k]!;
      for (let i = 0; i < n; i++) alpha[i] = alpha[i]! + factor * u[i]!;
    }
  }
  const full = kernel.complete ? dual : withRest(dual, targets, vectors, outside);
  const heldOut = matrix(targets.rows, n, targets.data.slice());
  const inverses = blocks.map((block) => {
    const size = block.length;
    const own = matrix(size, size);
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) own.data[a * size + b] = outside * ((a === b ? 1 : 0) - 1 / n);
    return own;
  });
  for (let k = 0; k < values.length; k++) {
    const u = row(vectors, k);
    const w = weights[k]! - outside;
    for (let at = 0; at < blocks.length; at++) addOuter(inverses[at]!.data, u, blocks[at]!, w);
  }
  // G_BB of samples that nothing but their own features can predict is 0 up to rounding: above that it is kept positive.
  const least = 4e-15 * weights.reduce((a, b) => Math.max(a, b), outside);
  for (const [at, block] of blocks.entries()) {
    const size = block.length;
    const inverse = inverses[at]!;
    const right = matrix(targets.rows, size);
    for (let m = 0; m < targets.rows; m++) block.forEach((i, a) => (right.data[m * size + a] = full.data[m * n + i]!));
    const residuals = choleskySolve(inverse, least, right);
    for (let m = 0; m < targets.rows; m++)
      block.forEach((i, a) => (heldOut.data[m * n + i] = targets.data[m * n + i]! - residuals.data[m * size + a]!));
  }
  return { dual, heldOut };
}

/** Adds w·u uᵀ of the block's elements. */
function addOuter(to: Float64Array, u: Float64Array, block: readonly number[], w: number): void {
  const size = block.length;
  for (let a = 0; a < size; a++) {
    const left = w * u[block[a]!]!;
    for (let b = 0; b < size; b++) to[a * size + b] = to[a * size + b]! + left * u[block[b]!]!;
  }
}

/** Adds `factor` times what of each target lies outside the vectors' span, its mean left out. */
function withRest(dual: Matrix, targets: Matrix, vectors: Matrix, factor: number): Matrix {
  const n = targets.columns;
  const out = matrix(targets.rows, n, dual.data.slice());
  for (let m = 0; m < targets.rows; m++) {
    const t = row(targets, m);
    const mean = t.reduce((a, b) => a + b, 0) / n;
    const rest = t.map((v) => v - mean);
    for (let k = 0; k < vectors.rows; k++) {
      const u = row(vectors, k);
      let dot = 0;
      for (let i = 0; i < n; i++) dot += u[i]! * t[i]!;
      for (let i = 0; i < n; i++) rest[i] = rest[i]! - dot * u[i]!;
    }
    const to = row(out, m);
    for (let i = 0; i < n; i++) to[i] = to[i]! + factor * rest[i]!;
  }
  return out;
}
