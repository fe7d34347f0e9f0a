import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { checkGradient, expectAllClose } from "@spectrai/testing";
import { describe, expect, test } from "vitest";
import { conv, type ConvOptions, parameterScope } from "../src/index.ts";
import { slowConv } from "./slow-conv.ts";
import { balanced, evaluation, randomTensor } from "./support.ts";

interface Case {
  readonly options: ConvOptions;
  readonly input: readonly number[];
  readonly pads: readonly (readonly [number, number])[];
}
const cases: Record<string, Case> = {
  "1-D, same": { options: { dimension: 1, in: 2, out: 3 }, input: [2, 7, 2], pads: [[1, 1]] },
  "1-D, same, even kernel": { options: { dimension: 1, in: 2, out: 3, kernel: 4 }, input: [2, 7, 2], pads: [[1, 2]] },
  "1-D, same, stride 2": {
    options: { dimension: 1, in: 2, out: 3, kernel: 3, stride: 2 },
    input: [2, 8, 2],
    pads: [[0, 1]],
  },
  "1-D, valid, stride 2": {
    options: { dimension: 1, in: 3, out: 2, kernel: 5, stride: 2, padding: "valid" },
    input: [1, 12, 3],
    pads: [[0, 0]],
  },
  "1-D, padding 3, stride 3": {
    options: { dimension: 1, in: 1, out: 2, kernel: 5, stride: 3, padding: 3 },
    input: [2, 11, 1],
    pads: [[3, 3]],
  },
  "1-D, same, dilation 3": { options: { dimension: 1, in: 2, out: 2, dilation: 3 }, input: [2, 10, 2], pads: [[3, 3]] },
  "1-D, dilation 2, stride 2": {
    options: { dimension: 1, in: 2, out: 2, dilation: 2, stride: 2, padding: 1 },
    input: [2, 11, 2],
    pads: [[1, 1]],
  },
  "1-D, 2 groups": { options: { dimension: 1, in: 4, out: 6, groups: 2 }, input: [2, 6, 4], pads: [[1, 1]] },
  "1-D, depthwise, 2 filters a channel": {
    options: { dimension: 1, in: 3, out: 6, groups: 3, kernel: 5 },
    input: [2, 8, 3],
    pads: [[2, 2]],
  },
  "1-D, depthwise, dilation 2": {
    options: { dimension: 1, in: 3, out: 3, groups: 3, dilation: 2 },
    input: [2, 9, 3],
    pads: [[2, 2]],
  },
  "1-D, shorter than the kernel": {
    options: { dimension: 1, in: 1, out: 1, kernel: 5 },
    input: [1, 2, 1],
    pads: [[2, 2]],
  },
  "2-D, same": {
    options: { dimension: 2, in: 2, out: 3 },
    input: [2, 5, 4, 2],
    pads: [
      [1, 1],
      [1, 1],
    ],
  },
  "2-D, kernel 1x3": {
    options: { dimension: 2, in: 2, out: 3, kernel: [1, 3] },
    input: [1, 3, 4, 2],
    pads: [
      [0, 0],
      [1, 1],
    ],
  },
  "2-D, padding and strides that differ": {
    options: { dimension: 2, in: 2, out: 2, kernel: [3, 5], stride: [2, 1], padding: [1, 2] },
    input: [1, 6, 7, 2],
    pads: [
      [1, 1],
      [2, 2],
    ],
  },
  "2-D, dilation": {
    options: { dimension: 2, in: 1, out: 2, dilation: [2, 1], padding: [2, 0] },
    input: [1, 7, 5, 1],
    pads: [
      [2, 2],
      [0, 0],
    ],
  },
  "2-D, depthwise, stride 2": {
    options: { dimension: 2, in: 2, out: 2, groups: 2, stride: 2, padding: 1 },
    input: [1, 5, 6, 2],
    pads: [
      [1, 1],
      [1, 1],
    ],
  },
  "3-D, same": {
    options: { dimension: 3, in: 2, out: 2 },
    input: [1, 3, 4, 3, 2],
    pads: [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  },
  "3-D, padding, stride 2": {
    options: { dimension: 3, in: 1, out: 2, kernel: [3, 1, 3], stride: 2, padding: [1, 0, 1] },
    input: [1, 5, 4, 4, 1],
    pads: [
      [1, 1],
      [0, 0],
      [1, 1],
    ],
  },
  "3-D, dilation 2": {
    options: { dimension: 3, in: 1, out: 1, kernel: 2, dilation: 2, padding: "valid" },
    input: [1, 4, 3, 4, 1],
    pads: [
      [0, 0],
      [0, 0],
      [0, 0],
    ],
  },
  "3-D, depthwise": {
    options: { dimension: 3, in: 2, out: 2, groups: 2 },
    input: [1, 3, 2, 3, 2],
    pads: [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  },
};

const all = (value: number | readonly number[] | undefined, dimension: number): readonly number[] =>
  typeof value === "object" ? value : Array.from({ length: dimension }, () => value ?? 1);

describe.each(Object.entries(cases))("%s", (_, { options, input, pads }) => {
  const build = () => {
    const scope = parameterScope(rng("conv"));
    return { scope, layer: conv(scope, options) };
  };

  test("equals the definition (1e-5 of the largest value: float32 sums of up to 54 products)", () =>
    balanced(() => {
      const { scope, layer } = build();
      const x = randomTensor(input, "x");
      const y = layer(x, evaluation);
      const [weight, bias] = scope.parameters.map((p) => p.variable);
      const expected = slowConv(x.dataSync(), input, weight!.dataSync(), weight!.shape, bias!.dataSync(), {
        pads,
        strides: all(options.stride, options.dimension),
        dilations: all(options.dilation, options.dimension),
        groups: options.groups ?? 1,
      });
      expect(y.shape).toEqual(expected.shape);
      expectAllClose(y.dataSync(), expected.values, { rtol: 1e-5 });
      tf.dispose([x, y]);
      scope.dispose();
    }));

  test("has the gradient of its finite differences, for input, kernel and bias", () =>
    balanced(() => {
      const { scope, layer } = build();
      const x = randomTensor(input, "x");
      checkGradient((at) => layer(at!, evaluation), [x, ...scope.parameters.map((p) => p.variable)], { samples: 15 });
      x.dispose();
      scope.dispose();
    }));
});

describe("fused activations", () => {
  const options: ConvOptions[] = ([1, 2, 3] as const).flatMap((dimension) => [
    { dimension, in: 2, out: 3, activation: "relu" },
    { dimension, in: 2, out: 3, activation: { leakyRelu: 0.2 } },
    { dimension, in: 2, out: 3, activation: "sigmoid", bias: false },
  ]);
  test.each(options)("%o: value and gradient", (option) =>
    balanced(() => {
      const scope = parameterScope(rng("fused"));
      const layer = conv(scope, option);
      const plainScope = parameterScope(rng("fused"));
      const plain = conv(plainScope, { ...option, activation: "linear" });
      const x = randomTensor([2, ...[4, 3, 2].slice(0, option.dimension), 2], "x");
      const f = (v: number): number => {
        if (option.activation === "relu") return Math.max(v, 0);
        return option.activation === "sigmoid" ? 1 / (1 + Math.exp(-v)) : v > 0 ? v : 0.2 * v;
      };
      const y = layer(x, evaluation);
      const before = plain(x, evaluation);
      expectAllClose(y.dataSync(), Float64Array.from(before.dataSync(), f), { rtol: 1e-6, atol: 1e-6 });
      // A small step: a difference across a kink is not a gradient.
      checkGradient((at) => layer(at!, evaluation), [x, ...scope.parameters.map((p) => p.variable)], {
        step: 1e-3,
        atol: 2e-3,
        samples: 12,
      });
      tf.dispose([x, y, before]);
      scope.dispose();
      plainScope.dispose();
    }),
  );
});

test("says what it needs", () => {
  const scope = parameterScope(rng("conv"));
  const layer = conv(scope.at("stem", 0), { dimension: 2, in: 3, out: 1 });
  expect(scope.parameters.map((p) => [p.name, p.variable.shape, p.decay])).toEqual([
    ["stem.0.weight", [3, 3, 3, 1], true],
    ["stem.0.bias", [1], false],
  ]);
  expect(() => layer(tf.zeros([1, 4, 4, 2]), evaluation)).toThrow(
    'The convolution "stem.0" needs a tensor [N, H, W, 3] and got [1, 4, 4, 2].',
  );
  expect(() => conv(scope.at("stem", 0), { dimension: 2, in: 3, out: 1 })).toThrow(
    'two parameters named "stem.0.weight"',
  );
  expect(() => conv(scope.at("b"), { dimension: 2, in: 3, out: 1, groups: 2 })).toThrow(
    "3 and 1 channels into 2 groups",
  );
});
