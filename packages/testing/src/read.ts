import * as tf from "@tensorflow/tfjs-core";

/** The values of tensors of one's own, which are freed. Asynchronous, as some backends can be read in no other way. */
export async function take(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((t) => t.data()));
  tf.dispose([...tensors]);
  return values.map((v) => Float32Array.from(v));
}
