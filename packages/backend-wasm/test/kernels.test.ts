import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { wasmBackend } from "../src/index.ts";

beforeAll(async () => {
  const backend = await wasmBackend.create({}, {});
  await backend.init();
  await tf.ready();
});

const random = (key: string, shape: number[]) => {
  const r = rng(3, key);
  return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => r.uniform(-1, 1));
};

/** Runs a kernel on both backends with the same random inputs. */
async function compare(kernel: string, shapes: Record<string, number[]>, attrs: object, rtol = 1e-5): Promise<void> {
  const run = async (backend: string) => {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const inputs = Object.fromEntries(Object.entries(shapes).map(([k, s]) => [k, tf.tensor(random(k, s), s)]));
    const out = tf.engine().runKernel<tf.Tensor>(kernel, inputs as never, attrs as never);
    const result = { shape: out.shape, data: out.dataSync<"float32">() };
    tf.dispose([inputs, out]);
    expect(tf.memory().numTensors).toBe(before);
    return result;
  };
  const expected = await run("cpu");
  const actual = await run("wasm");
  expect(actual.shape).toEqual(expected.shape);
  expectAllClose(actual.data, expected.data, { rtol, atol: 1e-6 });
}

describe("BatchMatMul", () => {
  const cases: [string, number[], number[], boolean, boolean][] = [
    ["plain", [5, 7], [7, 3], false, false],
    ["a transposed", [7, 5], [7, 3], true, false],
    ["b transposed", [5, 7], [3, 7], false, true],
    ["both transposed", [7, 5], [3, 7], true, true],
    ["batch", [4, 5, 7], [4, 7, 3], false, false],
    ["batch, b transposed", [2, 2, 5, 7], [2, 2, 3, 7], false, true],
    ["b shared", [4, 5, 7], [1, 7, 3], false, false],
    ["a shared", [1, 5, 7], [4, 7, 3], false, false],
    ["empty inner", [5, 0], [0, 3], false, false],
    ["empty outer", [0, 5], [5, 3], false, false],
  ];
  it.each(cases)("%s", async (_, a, b, transposeA, transposeB) => {
    const lift = (s: number[]) => (s.length === 2 ? [1, ...s] : s);
    await compare("BatchMatMul", { a: lift(a), b: lift(b) }, { transposeA, transposeB });
  });
});

describe("_FusedMatMul", () => {
  it.each(["linear", "relu", "sigmoid", "elu"])(
    "of two matrices, or of batches of them, with %s",
    async (activation) => {
      const attrs = { transposeA: false, transposeB: false, activation };
      for (const [a, b, out] of [
        [
          [5, 7],
          [7, 3],
          [5, 3],
        ],
        [
          [2, 5, 7],
          [2, 7, 3],
          [2, 5, 3],
        ],
      ] as const) {
        await tf.setBackend("wasm");
        const [x, y, bias] = [a, b, [3]].map((s, i) => tf.tensor(random(`m${i}`, [...s]), [...s])) as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const result = tf.engine().runKernel<tf.Tensor>("_FusedMatMul", { a: x, b: y, bias }, attrs);
        expect(result.shape).toEqual(out);
        const sum = tf.add(tf.matMul(x, y), bias);
        const expected =
          activation === "sigmoid"
            ? tf.sigmoid(sum)
            : activation === "elu"
              ? tf.elu(sum)
              : activation === "relu"
                ? tf.relu(sum)
                : sum;
        expectAllClose(result.dataSync<"float32">(), expected.dataSync<"float32">(), { rtol: 1e-5, atol: 1e-6 });
      }
    },
  );
});

describe("work shared among threads", () => {
  // Above the size from which kernels are shared out, again and again.
  it("gives the same products every time", async () => {
    for (let i = 0; i < 5; i++) {
      await compare("BatchMatMul", { a: [1, 70, 130], b: [1, 130, 61] }, { transposeA: false, transposeB: false });
      await compare("BatchMatMul", { a: [1, 130, 70], b: [1, 130, 61] }, { transposeA: true, transposeB: false });
      await compare("BatchMatMul", { a: [1, 3, 900], b: [1, 333, 900] }, { transposeA: false, transposeB: true });
    }
  });
  it("gives the same convolutions", async () => {
    const attrs = { strides: 1, pad: "same", dataFormat: "NHWC", dilations: 1 };
    await compare("Conv2D", { x: [4, 1, 300, 20], filter: [1, 3, 20, 30] }, attrs);
    await compare("Conv2D", { x: [1, 1, 700, 20], filter: [1, 5, 20, 30] }, attrs);
    await compare(
      "Conv2DBackpropFilter",
      { x: [4, 1, 300, 20], dy: [4, 1, 300, 30] },
      { ...attrs, filterShape: [1, 3, 20, 30] },
    );
    await compare(
      "Conv2DBackpropInput",
      { dy: [4, 1, 300, 30], filter: [1, 3, 20, 30] },
      { ...attrs, inputShape: [4, 1, 300, 20] },
    );
  });
});

describe("gradients of Conv2D", () => {
  const cases: [string, number[], number[], object][] = [
    ["3×3 same", [2, 6, 7, 3], [3, 3, 3, 4], { strides: 1, pad: "same" }],
    ["1×3 same (1-D)", [3, 1, 20, 4], [1, 3, 4, 5], { strides: 1, pad: "same" }],
    ["1×1", [2, 5, 4, 3], [1, 1, 3, 6], { strides: 1, pad: "valid" }],
    ["valid", [2, 6, 7, 3], [3, 2, 3, 4], { strides: 1, pad: "valid" }],
    ["even size, same", [2, 6, 7, 3], [4, 2, 3, 4], { strides: 1, pad: "same" }],
    ["stride 2, same", [2, 7, 8, 3], [3, 3, 3, 4], { strides: 2, pad: "same" }],
    ["stride 2, valid, ragged", [2, 8, 9, 3], [3, 3, 3, 4], { strides: [2, 3], pad: "valid" }],
    ["stride beyond the filter", [1, 9, 9, 2], [2, 2, 2, 3], { strides: 3, pad: "valid" }],
    [
      "7×7 stride 2 pad 3",
      [1, 12, 13, 2],
      [7, 7, 2, 3],
      {
        strides: 2,
        pad: [
          [0, 0],
          [3, 3],
          [3, 3],
          [0, 0],
        ],
      },
    ],
    [
      "pad beyond the filter's reach",
      [1, 5, 5, 2],
      [2, 2, 2, 3],
      {
        strides: 1,
        pad: [
          [0, 0],
          [2, 3],
          [2, 2],
          [0, 0],
        ],
      },
    ],
  ];
  it.each(cases)("%s", async (_, x, filter, options) => {
    const attrs = { dilations: 1, dataFormat: "NHWC", ...options } as unknown as {
      strides: number;
      pad: "same";
      dataFormat: "NHWC";
    };
    const info = tf.backend_util.computeConv2DInfo(
      x as [number, number, number, number],
      filter as never,
      attrs.strides,
      1,
      attrs.pad,
    );
    await compare("Conv2DBackpropFilter", { x, dy: info.outShape }, { ...attrs, filterShape: filter });
    await compare("Conv2DBackpropInput", { dy: info.outShape, filter }, { ...attrs, inputShape: x });
  });
});
