import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { run } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

describeWebGpu("casts", () => {
  beforeAll(async () => (await backendOf()).init());

  test("to floats are such in the buffer, where other shaders read them", async () => {
    // A kernel that reads floats, of what a kernel gave and of what was never on the device.
    const flat = async (x: tf.Tensor): Promise<number[]> => [
      ...(await run("RepeatPoints", { x: tf.cast(x, "float32") }, { factors: [1] })[0]!.data()),
    ];
    const integers = tf.tensor([3, -7, 2 ** 20], [1, 3, 1], "int32");
    expect(await flat(integers)).toEqual([3, -7, 2 ** 20]);
    expect(await flat(tf.mul(integers, tf.scalar(-1, "int32")))).toEqual([-3, 7, -(2 ** 20)]);
    expect(await flat(tf.greater(integers, tf.scalar(0, "int32")))).toEqual([1, 0, 1]);
    const many = tf.range(0, 70_001, 1, "int32");
    expect(await flat(tf.reshape(tf.add(many, tf.scalar(1, "int32")), [1, 70_001, 1]))).toEqual(
      Array.from({ length: 70_001 }, (_, i) => i + 1),
    );
    expect((await tf.cast(tf.zeros([0, 3], "int32"), "float32").data()).length).toBe(0);
  });
});
