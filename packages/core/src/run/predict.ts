import * as tf from "@tensorflow/tfjs-core";
import type { Prediction } from "../contracts/metric.ts";
import type { Model } from "../contracts/model.ts";

const evaluation = {
  training: false,
  seed: 0,
  update(): void {
    throw new Error("a model changed its buffers in evaluation mode");
  },
} as const;

/** The model's output in evaluation mode. */
export const forward = (model: Model, input: tf.Tensor): tf.Tensor => tf.tidy(() => model.apply(input, evaluation));

/** A batch's outputs as one host array a sample, views of one download. */
export async function splitRows(output: tf.Tensor): Promise<Prediction[]> {
  const data = (await output.data()) as Float32Array;
  const [n, ...shape] = output.shape as [number, ...number[]];
  const size = data.length / n;
  return Array.from({ length: n }, (_, i) => ({ data: data.subarray(i * size, (i + 1) * size), shape }));
}
