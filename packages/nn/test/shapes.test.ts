import * as tf from "@tensorflow/tfjs-core";
import { rng, registerGradients } from "@spectrai/core";
import { checkGradient, expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, test } from "vitest";
import {
  add,
  averagePool,
  concat,
  globalAveragePool,
  globalMaxPool,
  interpolate,
  type Layer,
  maxPool,
  pixelShuffle,
  reflectPad,
  upsample,
  zeroPad,
} from "../src/index.ts";
import { balanced, evaluation, randomTensor } from "./support.ts";

beforeAll(() => registerGradients());

/** `x[…index]` of a tensor read to the host. */
const reader = (x: tf.Tensor): ((...at: number[]) => number) => {
  const values = x.dataSync();
  return (...at) => values[at.reduce((sum, i, d) => sum * x.shape[d]! + i, 0)]!;
};
const apply = (layer: Layer, x: tf.Tensor): tf.Tensor => tf.tidy(() => layer(x, evaluation));
const ramp = (shape: number[]): tf.Tensor =>
  tf.reshape(
    tf.range(
      0,
      shape.reduce((n, d) => n * d, 1),
    ),
    shape,
  );

const layers: Record<string, readonly [Layer, readonly number[], readonly number[]]> = {
  "max pool, 1-D, a point left over": [maxPool({ dimension: 1 }), [2, 7, 3], [2, 3, 3]],
  "max pool, 1-D, padded, overlapping": [
    maxPool({ dimension: 1, size: 3, stride: 2, padding: 1 }),
    [2, 7, 3],
    [2, 4, 3],
  ],
  "max pool, 2-D": [maxPool({ dimension: 2, size: [2, 3] }), [1, 5, 6, 2], [1, 2, 2, 2]],
  "max pool, 3-D": [maxPool({ dimension: 3 }), [1, 4, 5, 2, 2], [1, 2, 2, 1, 2]],
  "average pool, 1-D, padded": [averagePool({ dimension: 1, size: 3, stride: 2, padding: 1 }), [2, 6, 2], [2, 3, 2]],
  "average pool, 2-D": [averagePool({ dimension: 2 }), [1, 5, 4, 2], [1, 2, 2, 2]],
  "average pool, 3-D": [averagePool({ dimension: 3, size: [1, 2, 2] }), [1, 3, 4, 4, 1], [1, 3, 2, 2, 1]],
  "nearest, 1-D, by 3": [upsample({ dimension: 1, factor: 3 }), [2, 4, 3], [2, 12, 3]],
  "nearest, 2-D": [upsample({ dimension: 2 }), [2, 3, 2, 2], [2, 6, 4, 2]],
  "nearest, 3-D": [upsample({ dimension: 3, factor: [1, 2, 3] }), [1, 2, 2, 2, 2], [1, 2, 4, 6, 2]],
  "linear, 1-D": [upsample({ dimension: 1, mode: "linear" }), [2, 5, 2], [2, 10, 2]],
  "bilinear, aligned": [upsample({ dimension: 2, mode: "linear", alignCorners: true }), [1, 3, 4, 2], [1, 6, 8, 2]],
  "bilinear, by 1.5": [upsample({ dimension: 2, factor: 1.5, mode: "linear" }), [1, 4, 3, 2], [1, 6, 4, 2]],
  trilinear: [upsample({ dimension: 3, mode: "linear", alignCorners: true }), [1, 2, 3, 2, 1], [1, 4, 6, 4, 1]],
  "pixel shuffle, 1-D": [pixelShuffle({ dimension: 1, factor: 3 }), [2, 4, 6], [2, 12, 2]],
  "pixel shuffle, 2-D": [pixelShuffle({ dimension: 2 }), [1, 3, 2, 8], [1, 6, 4, 2]],
  "pixel shuffle, 3-D": [pixelShuffle({ dimension: 3 }), [1, 2, 3, 2, 16], [1, 4, 6, 4, 2]],
  "global average": [globalAveragePool(), [3, 4, 5, 2], [3, 2]],
  "global maximum": [globalMaxPool(), [3, 4, 5, 2], [3, 2]],
  "zero margins, one of them cutting": [
    (x) =>
      zeroPad(x, [
        [1, -1],
        [-1, 2],
      ]),
    [2, 4, 5, 2],
    [2, 4, 6, 2],
  ],
  "reflected margins": [
    (x) =>
      reflectPad(x, [
        [2, 1],
        [0, 3],
      ]),
    [2, 4, 5, 2],
    [2, 7, 8, 2],
  ],
  joined: [(x) => concat(x, tf.square(x), x), [2, 3, 2], [2, 3, 6]],
  added: [(x) => add(x, add(x, tf.square(x))), [2, 3, 2], [2, 3, 2]],
};

test.each(Object.entries(layers))("%s: shape, gradient by finite differences, no leak", (_, [layer, input, output]) =>
  balanced(() => {
    const x = randomTensor(input, "x");
    const y = apply(layer, x);
    expect(y.shape).toEqual(output);
    checkGradient((at) => apply(layer, at!), [x], { samples: 50 });
    tf.dispose([x, y]);
  }),
);

describe("values", () => {
  test("pooling takes windows; padding is never a maximum and counts as zeros in an average", () => {
    const x = tf.tensor([-3, -1, -4, -1.5, -5], [1, 5, 1]);
    const of = (layer: Layer): number[] => [...apply(layer, x).dataSync()];
    expect(of(maxPool({ dimension: 1 }))).toEqual([-1, -1.5]);
    expect(of(maxPool({ dimension: 1, size: 3, stride: 2, padding: 1 }))).toEqual([-1, -1, -1.5]);
    expectAllClose(of(averagePool({ dimension: 1, size: 3, stride: 2, padding: 1 })), [-4 / 3, -6.5 / 3, -6.5 / 3], {
      rtol: 1e-6,
    });
    expect(() => apply(maxPool({ dimension: 1, size: 6 }), x)).toThrow(
      "A pooling window of [6] points does not fit in a tensor [1, 5, 1].",
    );
  });

  test("nearest up-sampling repeats points", () => {
    const y = reader(apply(upsample({ dimension: 2, factor: [2, 3] }), ramp([2, 2, 3, 2])));
    const x = reader(ramp([2, 2, 3, 2]));
    for (const [i, j] of [
      [0, 0],
      [3, 8],
      [1, 5],
      [2, 3],
    ] as const)
      expect(y(1, i, j, 1)).toBe(x(1, i >> 1, Math.floor(j / 3), 1));
  });

  test("linear interpolation, both conventions (hand-computed)", () => {
    const x = tf.tensor([0, 3, 9], [1, 3, 1]);
    expectAllClose(interpolate(x, [5], true).dataSync(), [0, 1.5, 3, 6, 9], { rtol: 1e-6 });
    expectAllClose(interpolate(x, [6], false).dataSync(), [0, 0.75, 2.25, 4.5, 7.5, 9], { rtol: 1e-6 });
    expectAllClose(interpolate(x, [2], true).dataSync(), [0, 9], { rtol: 1e-6 });
    expectAllClose(interpolate(x, [1], true).dataSync(), [0], { atol: 1e-6 });
  });

  test("aligned bilinear interpolation leaves the corners and a plane as they are", () => {
    const plane = tf.tidy(() => tf.add(tf.mul(2, ramp([1, 3, 1, 1])), tf.mul(10, ramp([1, 1, 4, 1]))));
    const y = reader(interpolate(plane, [7, 9], true));
    for (const [i, j] of [
      [0, 0],
      [6, 8],
      [3, 4],
      [5, 1],
    ] as const)
      expect(y(0, i, j, 0)).toBeCloseTo((2 * i * 2) / 6 + (10 * j * 3) / 8, 4);
  });

  test("pixel shuffle deals channels out in PyTorch's order: out[c][s · r + i] = in[c · rᵈ + i][s]", () => {
    const one = ramp([1, 2, 6]);
    const [x1, y1] = [reader(one), reader(apply(pixelShuffle({ dimension: 1, factor: 3 }), one))];
    for (let c = 0; c < 2; c++)
      for (let s = 0; s < 2; s++) for (let i = 0; i < 3; i++) expect(y1(0, s * 3 + i, c)).toBe(x1(0, s, c * 3 + i));
    const two = ramp([2, 2, 3, 8]);
    const [x2, y2] = [reader(two), reader(apply(pixelShuffle({ dimension: 2 }), two))];
    for (let k = 0; k < 2 * 4 * 6 * 2; k++) {
      const [n, h, w, c] = [Math.floor(k / 48), Math.floor(k / 12) % 4, Math.floor(k / 2) % 6, k % 2];
      expect(y2(n, h, w, c)).toBe(x2(n, h >> 1, w >> 1, c * 4 + (h & 1) * 2 + (w & 1)));
    }
    const three = ramp([1, 2, 1, 3, 16]);
    const [x3, y3] = [reader(three), reader(apply(pixelShuffle({ dimension: 3 }), three))];
    for (let k = 0; k < 4 * 2 * 6 * 2; k++) {
      const [d, h, w, c] = [Math.floor(k / 24), Math.floor(k / 12) % 2, Math.floor(k / 2) % 6, k % 2];
      expect(y3(0, d, h, w, c)).toBe(x3(0, d >> 1, h >> 1, w >> 1, c * 8 + (d & 1) * 4 + (h & 1) * 2 + (w & 1)));
    }
    expect(() => apply(pixelShuffle({ dimension: 2 }), ramp([1, 2, 2, 6]))).toThrow(
      "a multiple of 4 channels, and got a tensor [1, 2, 2, 6]",
    );
  });

  test("global pooling, margins, joining (hand-computed)", () => {
    const x = tf.tensor([1, -1, 2, -2, 6, 0], [1, 3, 2]);
    expect([...apply(globalAveragePool(), x).dataSync()]).toEqual([3, -1]);
    expect([...apply(globalMaxPool(), x).dataSync()]).toEqual([6, 0]);
    expect([...reflectPad(x, [[2, 1]]).dataSync()]).toEqual([6, 0, 2, -2, 1, -1, 2, -2, 6, 0, 2, -2]);
    expect([...zeroPad(x, [[1, -2]]).dataSync()]).toEqual([0, 0, 1, -1]);
    expect([...concat(x, tf.tensor([7, 8, 9], [1, 3, 1])).dataSync()]).toEqual([1, -1, 7, 2, -2, 8, 6, 0, 9]);
    expect(() => reflectPad(x, [[3, 0]])).toThrow("3 points cannot be reflected by 3 and 0");
  });

  test("equal to slow trilinear interpolation at random places", () => {
    const x = randomTensor([1, 3, 4, 2, 1], "volume");
    const [from, to] = [
      [3, 4, 2],
      [5, 9, 6],
    ];
    const read = reader(x);
    const y = reader(interpolate(x, to, false));
    const random = rng("places");
    for (let trial = 0; trial < 50; trial++) {
      const at = to.map((n) => random.integer(n));
      const exact = at.map((i, d) => Math.min(Math.max(((i + 0.5) * from[d]!) / to[d]! - 0.5, 0), from[d]! - 1));
      let sum = 0;
      for (let corner = 0; corner < 8; corner++) {
        let weight = 1;
        const place = exact.map((p, d) => {
          const up = (corner >> d) & 1;
          weight *= up ? p - Math.floor(p) : 1 - (p - Math.floor(p));
          return Math.min(Math.floor(p) + up, from[d]! - 1);
        });
        sum += weight * read(0, place[0]!, place[1]!, place[2]!, 0);
      }
      expect(y(0, at[0]!, at[1]!, at[2]!, 0)).toBeCloseTo(sum, 5);
    }
  });
});
