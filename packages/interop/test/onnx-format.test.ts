import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import type { Model, ModelSpec } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { networkToOnnx } from "../src/onnx/network-to-onnx.ts";
import { encodeOnnx } from "../src/onnx/onnx-format.ts";
import { Message } from "../src/onnx/protobuf.ts";
import { fieldsOf } from "./support/onnx-file.ts";

describe("protocol buffers", () => {
  it("are as the documentation's examples", () => {
    expect([...new Message().integer(1, 150).encode()]).toEqual([0x08, 0x96, 0x01]);
    expect([...new Message().text(2, "testing").encode()]).toEqual([0x12, 7, ...Buffer.from("testing")]);
    expect([...new Message().message(3, new Message().integer(1, 150)).encode()]).toEqual([0x1a, 3, 0x08, 0x96, 0x01]);
    expect([...new Message().integer(1, -2).encode()]).toEqual([
      0x08,
      0xfe,
      ...Array.from({ length: 8 }, () => 0xff),
      1,
    ]);
    expect([...new Message().float(4, 1).encode()]).toEqual([0x25, 0, 0, 0x80, 0x3f]);
  });

  it("are read back by another reader", () => {
    const message = new Message()
      .integer(20, 2n ** 63n - 1n)
      .text(1, "ä")
      .bytes(9, Uint8Array.of(1, 2));
    expect(fieldsOf(message.encode())).toEqual([
      { field: 20, value: 2n ** 63n - 1n },
      { field: 1, value: new Uint8Array(Buffer.from("ä")) },
      { field: 9, value: Uint8Array.of(1, 2) },
    ]);
    expect(message.length).toBe(message.encode().length);
  });
});

it("refuses what one file cannot hold", () => {
  const data = new Float32Array(1);
  Object.defineProperty(data, "byteLength", { value: 2 ** 31 });
  const model = {
    name: "big",
    producerVersion: "0",
    opset: 17,
    nodes: [],
    initializers: [{ name: "w", dtype: "float32" as const, dims: [1], data }],
    inputs: [],
    outputs: [],
    metadata: {},
  };
  expect(() => encodeOnnx(model)).toThrow(/at most 2 GB.*2\.1 GB/);
});

describe("networks that cannot be exported", () => {
  const spec: ModelSpec = { task: "regression", data: "spectrum", input: [12], output: { kind: "numbers", count: 12 } };
  const network = (apply: (x: tf.Tensor) => tf.Tensor): Model => ({
    parameters: [],
    apply: (x) => tf.tidy(() => apply(x)),
    dispose: () => undefined,
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor, RegExp]>([
    ["an operation without ONNX form", (x) => tf.atanh(x), /operation Atanh, for which there is no ONNX form/],
    [
      "points dealt out for no convolution",
      (x) => tf.spaceToBatchND(tf.expandDims(x, -1), [2], [[0, 0]]),
      /dilated convolution/,
    ],
    [
      "another path for every batch",
      (x) => (x.shape[0]! % 2 === 0 ? tf.exp(x) : tf.sin(x)),
      /other things at other sizes/,
    ],
    [
      "numbers made for one batch",
      (x) =>
        tf.add(
          x,
          tf.tensor(
            Float32Array.from({ length: x.size }, (_, i) => i),
            x.shape,
          ),
        ),
      /made for one size/,
    ],
  ])("%s", async (_, apply, message) => {
    await tf.ready();
    const before = tf.getBackend();
    expect(() => networkToOnnx(network(apply), spec)).toThrow(message);
    expect(tf.getBackend()).toBe(before);
  });

  it("fixes the length where numbers were made for one, and says so", () => {
    const positions = (x: tf.Tensor): tf.Tensor => tf.add(x, tf.linspace(0, 1, x.shape[1]!));
    expect(networkToOnnx(network(positions), spec).fixed).toEqual([
      { axis: "points", points: 12, reason: "Add uses numbers that were made for one size" },
    ]);
  });
});
