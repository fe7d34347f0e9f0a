import type { Pair } from "./pairs.ts";

/** Σ (output − target)². */
export function squaredError({ output, target }: Pair): number {
  let sum = 0;
  for (let i = 0; i < target.length; i++) sum += (output[i]! - target[i]!) ** 2;
  return sum;
}

/** Σ |output − target|. */
export function absoluteError({ output, target }: Pair): number {
  let sum = 0;
  for (let i = 0; i < target.length; i++) sum += Math.abs(output[i]! - target[i]!);
  return sum;
}

/** Mean squared error of every band over the rows, into `out`. */
export function bandErrors({ output, target, bands, rows }: Pair & { bands: number; rows: number }): Float64Array {
  const out = new Float64Array(bands);
  for (let r = 0, i = 0; r < rows; r++) for (let b = 0; b < bands; b++, i++) out[b]! += (output[i]! - target[i]!) ** 2;
  for (let b = 0; b < bands; b++) out[b]! /= rows;
  return out;
}
