import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { type BackendCase, compareBackends } from "@spectrai/testing";
import { beforeAll, expect, test } from "vitest";
import { normal, run, sizeOf } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

/** Where each element of `[N, …cells · factor, C]` stands in `[N, …cells, C · factorᵈ]`. */
function sources(shape: readonly number[], factor: number): number[] {
  const [cells, channels] = [shape.slice(1, -1).map((n) => n / factor), shape.at(-1)!];
  const offsets = factor ** cells.length;
  return Array.from({ length: sizeOf(shape) }, (_, i) => {
    const channel = i % channels;
    let rest = Math.floor(i / channels);
    let [cell, offset, cellStep, offsetStep] = [0, 0, 1, 1];
    for (const n of [...cells].reverse()) {
      const at = rest % (n * factor);
      rest = Math.floor(rest / (n * factor));
      cell += cellStep * Math.floor(at / factor);
      offset += offsetStep * (at % factor);
      cellStep *= n;
      offsetStep *= factor;
    }
    return (rest * cellStep + cell) * channels * offsets + channel * offsets + offset;
  });
}

describeWebGpu("shuffles", () => {
  beforeAll(async () => (await backendOf()).init());

  test("deal channels out to points and back, of one to three dimensions", async () => {
    const random = rng("shuffles");
    for (let trial = 0; trial < 24; trial++) {
      const factor = 1 + (trial % 4);
      const cells = Array.from({ length: 1 + (trial % 3) }, () => 1 + random.integer(6));
      const channels = 1 + random.integer(trial % 2 ? 70 : 3);
      const shape = [1 + random.integer(3), ...cells.map((n) => n * factor), channels];
      const x = normal([shape[0]!, ...cells, channels * factor ** cells.length]);
      const [y] = run("PixelShuffle", { x }, { factor });
      const values = await x.data();
      expect(y!.shape).toEqual(shape);
      expect([...(await y!.data())]).toEqual(sources(shape, factor).map((i) => values[i]));
      const [back] = run("PixelUnshuffle", { x: y! }, { factor });
      expect(back!.shape).toEqual(x.shape);
      expect([...(await back!.data())]).toEqual([...values]);
    }
  });

  const more: BackendCase[] = [
    ...[2, 3].map((block) => ({
      title: `depth to space by ${block}`,
      inputs: [[2, 3, 5, 35 * block ** 2]],
      run: (x: tf.Tensor) => tf.depthToSpace(x as tf.Tensor4D, block, "NHWC"),
    })),
    {
      title: "nothing to shuffle",
      inputs: [[0, 3, 5, 8]],
      run: (x) => tf.depthToSpace(x as tf.Tensor4D, 2, "NHWC"),
    },
  ];
  test("reach beyond as many groups as a device starts along one direction", async () => {
    for (const shape of [
      [1, 4_300_000, 1],
      [4_300_000, 1, 1],
    ]) {
      const values = Float32Array.from({ length: 4_300_000 }, (_, i) => i);
      const [y] = run("PixelShuffle", { x: tf.tensor(values, shape) }, { factor: 1 });
      expect((await y!.data()).every((v, i) => v === i)).toBe(true);
    }
  });

  test("channels first, and integers", async () => {
    const x = normal([2, 8, 3, 5]);
    const [y] = run("DepthToSpace", { x }, { blockSize: 2, dataFormat: "NCHW" });
    const last = tf.depthToSpace(tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D, 2, "NHWC");
    expect([...(await y!.data())]).toEqual([...(await tf.transpose(last, [0, 3, 1, 2]).data())]);
    const integers = tf.tensor(Int32Array.of(1, -2, 3, 2 ** 31 - 1), [1, 1, 1, 4], "int32");
    const [dealt] = run("DepthToSpace", { x: integers }, { blockSize: 2, dataFormat: "NHWC" });
    expect([dealt!.dtype, dealt!.shape, ...(await dealt!.data())]).toEqual([
      "int32",
      [1, 2, 2, 1],
      1,
      -2,
      3,
      2 ** 31 - 1,
    ]);
  });

  test.each(more.map((one) => [one.title, one] as const))("%s", (_, one) => compareBackends("webgpu", one));
});
