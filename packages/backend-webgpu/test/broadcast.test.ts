import * as tf from "@tensorflow/tfjs-core";
import { compareBackends } from "@spectrai/testing";
import { beforeAll, it } from "vitest";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

const pairs: readonly (readonly [number[], number[]])[] = [
  [[2, 3, 4, 5, 6], [6]],
  [
    [2, 3, 4, 5, 6],
    [2, 1, 1, 1, 6],
  ],
  [
    [2, 1, 4, 1, 6],
    [1, 3, 1, 5, 1],
  ],
  [
    [2, 3, 4, 5, 6],
    [4, 1, 1],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [2, 1, 2, 1, 2, 1],
  ],
  [[2, 1, 2, 3, 1, 3], [3]],
];

describeWebGpu("broadcasting of five and six dimensions", () => {
  beforeAll(async () => {
    await (await backendOf()).init();
    tf.env().set("WEBGPU_CPU_FORWARD", false);
  });

  it.each(pairs)("[%j] and [%j]", async (a, b) => {
    for (const [title, op] of [
      ["mul", tf.mul],
      ["sub", tf.sub],
      ["maximum", tf.maximum],
    ] as const)
      await compareBackends("webgpu", {
        title: `${title} of [${a.join()}] and [${b.join()}]`,
        inputs: [a, b],
        run: (x, y) => op(x!, y!),
        gradients: [0, 1],
      });
  });

  it("selects, tiles, slices, reverses, transposes and joins", async () => {
    const shape = [2, 3, 2, 4, 3];
    const x = { shape };
    const run: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor])[] = [
      ["where", (t) => tf.where(tf.greater(t, 0), t, tf.mul(t, 2))],
      ["tile", (t) => tf.tile(t, [1, 2, 1, 1, 2])],
      ["slice", (t) => tf.slice(t, [0, 1, 0, 1, 0], [2, 2, 1, 2, 3])],
      ["reverse", (t) => tf.reverse(t, [1, 3])],
      ["transpose", (t) => tf.transpose(t, [0, 3, 1, 4, 2])],
      ["concat", (t) => tf.concat([t, t], 3)],
      ["concat of channels", (t) => tf.concat([t, t], 4)],
      ["pad", (t) => tf.pad(t, [[0, 0], [1, 2], [0, 1], [2, 0], [0, 0]])], // prettier-ignore
      ["softmax", (t) => tf.softmax(t)],
    ];
    for (const [title, op] of run)
      await compareBackends("webgpu", { title, inputs: [x], run: (t) => op(t!), gradients: [0] });
  });
});
