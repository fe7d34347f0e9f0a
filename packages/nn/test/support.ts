import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type ForwardContext, rng, sizeOf } from "@spectrai/core";
import { expect } from "vitest";

export const evaluation: ForwardContext = {
  training: false,
  seed: 0,
  update: () => expect.unreachable("no updates in evaluation"),
};

/** A training context that keeps what buffers are given. */
export function trainingContext(seed = 0): ForwardContext & { readonly updates: Map<tf.Variable, Float32Array> } {
  const updates = new Map<tf.Variable, Float32Array>();
  return {
    training: true,
    seed,
    updates,
    update: (buffer, value) => updates.set(buffer, Float32Array.from(value.dataSync())),
  };
}

export const randomValues = (shape: readonly number[], key: string, scale = 1): Float32Array => {
  const random = rng("test", key);
  return Float32Array.from({ length: sizeOf(shape) }, () => scale * random.normal());
};

export const randomTensor = (shape: readonly number[], key: string, scale = 1): tf.Tensor =>
  tf.tensor(randomValues(shape, key, scale), [...shape]);

/** Runs the body and fails if it leaves tensors behind. */
export async function balanced(body: () => void | Promise<void>): Promise<void> {
  await tf.ready();
  const before = tf.memory().numTensors;
  await body();
  expect(tf.memory().numTensors).toBe(before);
}
