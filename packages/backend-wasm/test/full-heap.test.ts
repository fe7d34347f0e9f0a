import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import type { Wasm } from "../src/heap.ts";
import { wasmBackend } from "../src/index.ts";

it("says that its heap is full, and goes on afterwards", async () => {
  const backend = await wasmBackend.create({ threads: 2 }, {});
  await backend.init();
  const heap = tf.backend() as unknown as Wasm;
  // Nothing is written to these, so that no memory is really taken.
  const large: tf.TensorInfo[] = [];
  expect(() => {
    for (let i = 0; i < 4; i++) large.push(heap.makeOutput([400_000_000], "float32"));
  }).toThrow(/no 1600000000 bytes left.*4 GB/);
  expect(large.length).toBe(2);
  for (const t of large) heap.disposeData(t.dataId);
  const sum = tf.tidy(() => tf.sum(tf.matMul(tf.ones([300, 400]), tf.ones([400, 300]))).dataSync()[0]);
  expect(sum).toBe(300 * 300 * 400);
});
