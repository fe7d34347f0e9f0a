import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";

/** Random numbers of a shape: uniform in [low, high), or integers. */
export interface RandomInput {
  readonly shape: readonly number[];
  readonly low?: number;
  readonly high?: number;
  readonly dtype?: "float32" | "int32" | "bool";
}

/** A tensor whose values follow from the key alone, so that every backend gets the same. */
export function randomTensor(key: string, { shape, low = -2, high = 2, dtype = "float32" }: RandomInput): tf.Tensor {
  const r = rng("backend", key);
  const size = tf.util.sizeFromShape([...shape]);
  const draw =
    dtype === "bool"
      ? () => (r.chance(0.5) ? 1 : 0)
      : dtype === "int32"
        ? () => low + r.integer(high - low)
        : () => r.uniform(low, high);
  const values = Float32Array.from({ length: size }, draw);
  const data = dtype === "float32" ? values : dtype === "bool" ? Uint8Array.from(values) : Int32Array.from(values);
  return tf.tensor(data, [...shape], dtype);
}
