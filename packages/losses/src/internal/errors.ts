import type { Rows } from "./pairs.ts";

/** (output − target)² summed over the rows, band by band. */
export function squaredErrors({ output, target, bands, rows }: Rows): Float64Array {
  const out = new Float64Array(bands);
  for (let r = 0, i = 0; r < rows; r++)
    for (let b = 0; b < bands; b++, i++) out[b] = out[b]! + (output[i]! - target[i]!) ** 2;
  return out;
}

/** |output − target| summed over the rows, band by band. */
export function absoluteErrors({ output, target, bands, rows }: Rows): Float64Array {
  const out = new Float64Array(bands);
  for (let r = 0, i = 0; r < rows; r++)
    for (let b = 0; b < bands; b++, i++) out[b] = out[b]! + Math.abs(output[i]! - target[i]!);
  return out;
}

export function total(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
