import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { registerGradients, rng } from "@spectrai/core";
import { beforeAll, expect, it } from "vitest";
import { wasmBackend } from "../src/index.ts";

beforeAll(async () => {
  registerGradients();
  const backend = await wasmBackend.create({ threads: 1 }, {});
  await backend.init();
});

it("max pooling hands its gradient to the largest value of a window, also where all are negative", async () => {
  const r = rng("pool");
  const values = Float32Array.from({ length: 2 * 1 * 8 * 3 }, () => -1 - r.next());
  const gradient = async (backend: string): Promise<Float32Array> => {
    await tf.setBackend(backend);
    const x = tf.tensor4d(values, [2, 1, 8, 3]);
    const dx = tf.grad((at: tf.Tensor) => tf.sum(tf.square(tf.maxPool(at as tf.Tensor4D, [1, 2], [1, 2], "valid"))))(x);
    return (await dx.data()) as Float32Array;
  };
  expect([...(await gradient("wasm"))]).toEqual([...(await gradient("cpu"))]);
});
