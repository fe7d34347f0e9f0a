import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type Model, type ModelSpec, rng } from "@spectrai/core";
import { layerNorm, parameterScope, pixelShuffle, reflectPad, upsample } from "@spectrai/nn";
import { beforeAll, describe, expect, it } from "vitest";
import { networkToOnnx } from "../src/onnx/network-to-onnx.ts";
import { expectSameInOnnx } from "./support/onnx.ts";

beforeAll(() => tf.ready());

type Forward = (x: tf.Tensor) => tf.Tensor;
const model = (forward: Forward): Model => ({
  parameters: [],
  apply: (x) => tf.tidy(() => forward(x)),
  dispose: () => undefined,
});
const spectra: ModelSpec = { task: "any", data: "spectrum", input: [12], output: { kind: "numbers", count: 1 } };
const cubes: ModelSpec = { task: "any", data: "cube", input: [0, 0, 6], output: { kind: "numbers", count: 1 } };

/** Values that are the same for every trace and test. */
const fixed = (...shape: number[]): tf.Tensor => {
  const random = rng("fixed", ...shape);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => random.uniform(-1, 1)),
    shape,
  );
};

const positive: Forward = (x) => tf.add(tf.abs(x), 0.1);
const onSpectra: Record<string, Forward> = {
  "exp, log, log1p, expm1": (x) => tf.add(tf.log(tf.exp(x)), tf.log1p(tf.expm1(positive(x)))),
  "sqrt, rsqrt, square, reciprocal": (x) =>
    tf.add(tf.sqrt(positive(x)), tf.mul(tf.rsqrt(positive(x)), tf.reciprocal(tf.add(tf.square(x), 1)))),
  "sin, cos, tanh, sigmoid, softplus": (x) =>
    tf.addN([tf.sin(x), tf.cos(x), tf.tanh(x), tf.sigmoid(x), tf.softplus(x)]),
  "floor, ceil, round, sign, neg, abs": (x) =>
    tf.addN([tf.floor(x), tf.ceil(tf.mul(x, 3)), tf.round(tf.mul(x, 7)), tf.sign(x), tf.neg(tf.abs(x))]),
  "relu, relu6, leakyRelu, elu, prelu, step": (x) =>
    tf.addN([
      tf.relu(x),
      tf.relu6(tf.mul(x, 9)),
      tf.leakyRelu(x, 0.3),
      tf.elu(x),
      tf.prelu(x, tf.scalar(0.2)),
      tf.step(x, 0.5),
    ]),
  "clip, minimum, maximum, pow, squaredDifference": (x) =>
    tf.addN([
      tf.clipByValue(x, -0.5, 0.25),
      tf.minimum(x, 0.1),
      tf.maximum(x, -0.1),
      tf.pow(positive(x), 1.5),
      tf.squaredDifference(x, 0.3),
    ]),
  "comparisons and logic": (x) => {
    const [a, b] = [tf.greater(x, 0), tf.lessEqual(x, 0.5)];
    const both = tf.logicalAnd(a, tf.logicalOr(b, tf.logicalNot(tf.less(x, 0.7))));
    const other = tf.logicalAnd(tf.greaterEqual(x, -0.3), tf.notEqual(x, 0));
    return tf.where(both, x, tf.cast(tf.equal(tf.cast(other, "int32"), tf.scalar(1, "int32")), "float32"));
  },
  "sums, means, extremes with and without their axes": (x) =>
    tf.add(
      tf.sub(x, tf.mean(x, 1, true)),
      tf.expandDims(tf.addN([tf.sum(x, 1), tf.max(x, 1), tf.min(x, -1), tf.prod(tf.tanh(x), 1)]), 1),
    ),
  "the place of the largest": (x) => tf.cast(tf.argMax(x, 1), "float32"),
  "softmax and logSoftmax": (x) => tf.add(tf.softmax(x), tf.logSoftmax(tf.mul(x, 2))),
  "slices from the end and from the start": (x) =>
    tf.add(tf.slice(x, [0, 3], [-1, x.shape[1]! - 5]), tf.slice(x, [0, 0], [-1, x.shape[1]! - 5])),
  "reverse, mirrored and padded": (x) =>
    tf.add(
      tf.reverse(
        tf.mirrorPad(
          x,
          [
            [0, 0],
            [2, 1],
          ],
          "reflect",
        ),
        1,
      ),
      tf.pad(
        x,
        [
          [0, 0],
          [1, 2],
        ],
        0.5,
      ),
    ),
  "reflection from slices": (x) => tf.squeeze(reflectPad(tf.expandDims(x, 2), [[3, 2]]), [2]),
  "stack and unstack": (x) => tf.sub(...(tf.unstack(tf.stack([x, tf.exp(x)], 1), 1) as [tf.Tensor, tf.Tensor])),
  "split of halves that follow the length": (x) =>
    tf.mul(...(tf.split(tf.concat([x, tf.exp(x)], 1), 2, 1) as [tf.Tensor, tf.Tensor])),
  gather: (x) => tf.gather(x, tf.tensor1d([3, 0, 0, 7], "int32"), 1),
  "tile of an axis, and of an axis of one point": (x) =>
    tf.add(tf.tile(x, [1, 2]), tf.tile(tf.max(x, 1, true), [1, 2 * x.shape[1]!])),
  "a constant for every sample": (x) => tf.add(x, tf.tile(fixed(1, 1), [x.shape[0]!, 1])),
  "windows filled up to whole ones": (x) => {
    const [samples, points] = x.shape as [number, number];
    const windows = Math.ceil(points / 8);
    const padded = tf.pad(x, [
      [0, 0],
      [0, windows * 8 - points],
    ]);
    return tf.slice(
      tf.reshape(tf.mul(tf.reshape(padded, [samples, windows, 8]), fixed(8)), [samples, windows * 8]),
      [0, 0],
      [samples, points],
    );
  },
  "attention over all positions, in heads": (x) => {
    const [samples, points] = x.shape as [number, number];
    const [heads, width] = [2, 3];
    const tokens = tf.mul(tf.expandDims(x, 2), fixed(1, 1, heads * width));
    const project = (k: number): tf.Tensor => {
      const rows = tf.matMul(tf.reshape(tokens, [-1, heads * width]), tf.add(fixed(heads * width, heads * width), k));
      return tf.transpose(tf.reshape(rows, [samples, points, heads, width]), [0, 2, 1, 3]);
    };
    const scores = tf.softmax(tf.div(tf.matMul(project(0), project(1), false, true), Math.sqrt(width)));
    const mixed = tf.transpose(tf.matMul(scores, project(2)), [0, 2, 1, 3]);
    return tf.reshape(mixed, [samples, points, heads * width]);
  },
  "a mean by hand, over as many positions as there are": (x) => tf.div(tf.sum(x, 1), x.shape[1]!),
  "a layer norm of tokens": (() => {
    const norm = layerNorm(parameterScope(rng("norm")), { channels: 5 });
    return (x) =>
      norm(tf.mul(tf.expandDims(x, 2), tf.add(fixed(1, 1, 5), tf.linspace(0, 1, 5))), {
        training: false,
        seed: 0,
        update: () => undefined,
      });
  })(),
  "pixel shuffle along one dimension": (x) =>
    pixelShuffle({ dimension: 1, factor: 3 })(tf.mul(tf.expandDims(x, 2), fixed(1, 1, 6)), undefined as never),
  "linear interpolation to more points": (x) =>
    upsample({ dimension: 1, factor: 3, mode: "linear" })(tf.expandDims(x, 2), undefined as never),
  "a dilated convolution that tfjs does itself": (x) =>
    tf.conv1d(tf.expandDims(x, 2) as tf.Tensor3D, fixed(3, 1, 4) as tf.Tensor3D, 1, "same", "NWC", 2),
  "pools with a margin, and of every second point": (x) => {
    const image = tf.reshape(x, [x.shape[0]!, 1, x.shape[1]!, 1]) as tf.Tensor4D;
    return tf.add(tf.maxPool(image, [1, 3], [1, 2], "same"), tf.avgPool(image, [1, 3], [1, 2], "same"));
  },
};

const onCubes: Record<string, Forward> = {
  "a volume of the bands, and back": (x) =>
    tf.transpose(tf.squeeze(tf.tanh(tf.expandDims(tf.transpose(x, [0, 3, 1, 2]), 4)), [4]), [0, 2, 3, 1]),
  "a recurrence along the bands": (x) => {
    const states: tf.Tensor[] = [];
    for (const band of tf.unstack(x, 3)) {
      const gate = tf.sigmoid(band);
      const last = states.at(-1);
      states.push(
        last
          ? tf.add(tf.mul(gate, last), tf.mul(tf.sub(1, gate), tf.tanh(band)))
          : tf.mul(tf.sub(1, gate), tf.tanh(band)),
      );
    }
    return tf.stack(states, 3);
  },
  "attention among the bands": (x) => {
    const [samples, rows, columns, bands] = x.shape as [number, number, number, number];
    const flat = tf.reshape(x, [samples, rows * columns, bands]);
    const scores = tf.softmax(tf.matMul(flat, flat, true, false));
    return tf.reshape(tf.matMul(flat, scores), [samples, rows, columns, bands]);
  },
  "a convolution of stride 2 with the margin that makes sizes halve": (x) =>
    tf.conv2d(x as tf.Tensor4D, fixed(3, 3, 6, 4) as tf.Tensor4D, 2, "same"),
  "a depthwise convolution with several filters a channel": (x) =>
    tf.depthwiseConv2d(x as tf.Tensor4D, fixed(3, 3, 6, 2) as tf.Tensor4D, 1, "same"),
  "a fused depthwise convolution": (x) =>
    tf.fused.depthwiseConv2d({
      x: x as tf.Tensor4D,
      filter: fixed(3, 3, 6, 1) as tf.Tensor4D,
      strides: 1,
      pad: "same",
      bias: fixed(6),
      activation: "relu6",
    }),
  "a convolution in groups": (x) => {
    const parts = tf.split(tf.relu(x), 3, 3) as tf.Tensor4D[];
    return tf.concat(
      parts.map((part, g) => tf.conv2d(part, tf.add(fixed(3, 3, 2, 2), g) as tf.Tensor4D, 1, "valid")),
      3,
    );
  },
  "a volume with a margin that follows its size": (x) => {
    const by = x.shape.slice(1).map((n): [number, number] => {
      const total = Math.max((Math.ceil(n / 2) - 1) * 2 + 3 - n, 0);
      return [total >> 1, total - (total >> 1)];
    });
    const padded = tf.pad(tf.expandDims(x, 4), [[0, 0], ...by, [0, 0]]);
    return tf.conv3d(padded as tf.Tensor5D, fixed(3, 3, 3, 1, 2) as tf.Tensor5D, 2, "valid");
  },
  "pools in volumes": (x) => {
    const volume = tf.expandDims(x, 4) as tf.Tensor5D;
    return tf.add(
      tf.maxPool3d(volume, [2, 2, 2], [2, 2, 2], "valid"),
      tf.avgPool3d(volume, [2, 2, 2], [2, 2, 2], "valid"),
    );
  },
  "pixel shuffle": (x) => pixelShuffle({ dimension: 2, factor: 2 })(tf.concat([x, tf.exp(x)], 3), undefined as never),
  "channels of all pixels as columns": (x) => tf.sum(tf.reshape(x, [x.shape[0]!, -1, 6]), 1),
};

describe("operations on spectra", () => {
  for (const [name, forward] of Object.entries(onSpectra))
    it(name, async () => {
      const { bytes, fixed: tied } = networkToOnnx(model(forward), spectra);
      expect(tied).toEqual([]);
      await expectSameInOnnx(bytes, forward, [
        [1, 12],
        [3, 17],
        [2, 64],
      ]);
    });
});

describe("operations on cubes", () => {
  for (const [name, forward] of Object.entries(onCubes))
    it(name, async () => {
      const { bytes } = networkToOnnx(model(forward), cubes);
      await expectSameInOnnx(bytes, forward, [
        [1, 8, 8, 6],
        [2, 7, 10, 6],
        [3, 12, 9, 6],
      ]);
    });
});
