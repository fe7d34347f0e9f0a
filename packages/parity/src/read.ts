import * as tf from "@tensorflow/tfjs-core";
import type { Value } from "./case.ts";

/** A tensor that is to be read and freed. */
export type Result = { readonly what: string; readonly tensor: tf.Tensor };

/** The values of results, which are freed. Asynchronous, as some backends can be read in no other way. */
export async function read(results: readonly Result[]): Promise<Value[]> {
  try {
    const values = await Promise.all(results.map(({ tensor }) => tensor.data()));
    return results.map(({ what, tensor }, i) => ({
      what,
      dtype: tensor.dtype,
      shape: tensor.shape,
      values: Float32Array.from(values[i]!),
    }));
  } finally {
    tf.dispose(results.map(({ tensor }) => tensor));
  }
}

/** These values, each with a share of the largest magnitude among them all as the least that differences are relative to. */
export function withLeast(values: readonly Value[], share: number): Value[] {
  const least = share * values.reduce((most, v) => Math.max(most, largest(v.values)), 0);
  return values.map((v) => ({ ...v, least }));
}

/** The largest magnitude. */
export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}
