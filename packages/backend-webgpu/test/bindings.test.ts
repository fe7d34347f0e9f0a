import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { backendOf, describeWebGpu, webgpu } from "./support/webgpu.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describeWebGpu("what shaders are bound to", () => {
  beforeAll(async () => (await backendOf()).init());
  afterAll(async () => (await backendOf()).dispose!());

  it("is made once for a step that comes again, in whatever order its tensors are given back", async () => {
    const x = tf.randomUniform([2, 9, 8, 4], -1, 1, "float32", 1);
    const filter = tf.randomUniform([3, 3, 4, 4], -1, 1, "float32", 2);
    await Promise.all([x.data(), filter.data()]);
    const step = async (backwards: boolean): Promise<Float32Array> => {
      const tensors: tf.Tensor[] = [tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same")];
      for (let i = 0; i < 4; i++) tensors.push(tf.clipByValue(tensors[i]!, -1 + i / 8, 1));
      const last = (await tensors.at(-1)!.data()) as Float32Array;
      if (backwards) tensors.reverse();
      tf.dispose(tensors);
      return last;
    };
    const first = await step(true);
    const made = vi.spyOn(webgpu().device, "createBindGroup");
    for (const backwards of [false, true, true, false]) expect(await step(backwards)).toEqual(first);
    expect(made).not.toHaveBeenCalled();
    made.mockRestore();
    tf.dispose([x, filter]);
  });

  it("keeps to a bound, and stays right beyond it", async () => {
    const x = tf.tensor1d([-2, 0.25, 2]);
    await x.data();
    const bounds = range(5000).map((i) => Math.fround(i / 5000));
    const results = bounds.map((b) => tf.clipByValue(x, b, 1));
    const values = await Promise.all(results.map((r) => r.data()));
    expect(values.map((v) => [...v])).toEqual(bounds.map((b) => [b, Math.max(b, 0.25), 1]));
    tf.dispose([x, ...results]);
  });
});
