import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { gpuDevice } from "./open.ts";
import type { Bandwidth, DispatchTimes, Rate } from "./setting.ts";

/** Waits for all that was ordered before a tensor, and for it. */
async function finish(tensor: tf.Tensor): Promise<void> {
  await tensor.data();
  tensor.dispose();
}

/** Seconds of one of `count` runs of `order` that are waited for together, after one that is not counted. */
async function timed(count: number, order: () => tf.Tensor): Promise<number> {
  await finish(first(order()));
  const started = performance.now();
  let last = order();
  for (let i = 1; i < count; i++) {
    last.dispose();
    last = order();
  }
  await finish(first(last));
  return (performance.now() - started) / 1000 / count;
}

/** One number of a tensor, so that reading it takes no time. */
const first = (tensor: tf.Tensor): tf.Tensor => {
  const one = tf.tidy(() => tf.slice1d(tf.reshape<tf.Rank.R1>(tensor, [-1]), 0, 1));
  tensor.dispose();
  return one;
};

/** A square matrix product. */
export async function product(small: boolean): Promise<Rate> {
  const size = small ? 128 : 4096;
  const random = rng("bench", "product");
  const values = Float32Array.from({ length: size ** 2 }, () => random.next());
  const [a, b] = [tf.tensor2d(values, [size, size]), tf.tensor2d(values, [size, size])];
  const seconds = await timed(small ? 2 : 20, () => tf.matMul(a, b));
  tf.dispose([a, b]);
  return { amount: 2 * size ** 3, seconds };
}

/** Larger than cards' caches, and little enough that the results of a batch of kernels fit beside each other. */
const wantedBytes = (small: boolean): number => (small ? 2 ** 20 : 2 ** 27);

export async function bandwidth(small: boolean): Promise<Bandwidth> {
  const device = gpuDevice();
  const most = device ? Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize) : Infinity;
  const bytes = 4 * Math.floor(Math.min(wantedBytes(small), most) / 4);
  const count = small ? 2 : 50;
  const x = tf.ones([bytes / 4]);
  const seconds = await timed(count, () => tf.relu(x));
  x.dispose();
  return {
    copy: device ? await copy(device, bytes, count) : null,
    elementwise: { amount: 2 * bytes, seconds },
  };
}

/** The device's own copy from one buffer to another. */
async function copy(device: GPUDevice, size: number, count: number): Promise<Rate> {
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [device.createBuffer({ size, usage }), device.createBuffer({ size, usage })];
  const run = async (times: number): Promise<void> => {
    const encoder = device.createCommandEncoder();
    for (let i = 0; i < times; i++) encoder.copyBufferToBuffer(from, 0, to, 0, size);
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  };
  await run(1);
  const started = performance.now();
  await run(count);
  const seconds = (performance.now() - started) / 1000 / count;
  for (const buffer of [from, to]) buffer.destroy();
  return { amount: 2 * size, seconds };
}

export async function dispatchTimes(small: boolean): Promise<DispatchTimes> {
  const count = small ? 50 : 3000;
  const x = tf.ones([1]);
  const smallest = await timed(count, () => tf.relu(x));
  x.dispose();
  const device = gpuDevice();
  return { empty: device ? await emptyDispatch(device, count) : null, smallest };
}

/** Dispatches of a shader without statements, so many in a pass and submission as tfjs has. */
async function emptyDispatch(device: GPUDevice, count: number): Promise<number> {
  const batch = tf.env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE");
  const module = device.createShaderModule({ code: "@compute @workgroup_size(1) fn main() {}" });
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
  const run = async (times: number): Promise<void> => {
    for (let done = 0; done < times; done += batch) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      for (let i = 0; i < Math.min(batch, times - done); i++) pass.dispatchWorkgroups(1);
      pass.end();
      device.queue.submit([encoder.finish()]);
    }
    await device.queue.onSubmittedWorkDone();
  };
  await run(batch);
  const started = performance.now();
  await run(count);
  return (performance.now() - started) / 1000 / count;
}
