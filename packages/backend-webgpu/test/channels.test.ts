import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { run, sizeOf } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

const random = (key: string, size: number, low = -2, high = 2): Float32Array => {
  const r = rng(13, key);
  return Float32Array.from({ length: size }, () => r.uniform(low, high));
};

/**
 * Channels that four divides or not, fewer and more than a group has threads for; positions for one group and for many; and
 * no positions.
 */
const shapes = [
  [2, 1],
  [3, 5, 3],
  [2, 7, 5, 4],
  [1, 3000, 1],
  [2, 40, 50, 6],
  [2, 70, 3, 64],
  [1, 9, 301],
  [2, 5, 264],
  [3, 90, 60, 8],
  [70, 2, 2],
  [2, 0, 3],
  [0, 4, 4],
];

/** The sum over positions, [N, C], in float64. */
function sumOf(values: ArrayLike<number>, shape: readonly number[]): number[] {
  const [n, c] = [shape[0]!, shape.at(-1)!];
  const positions = sizeOf(shape.slice(1, -1));
  const sums = new Array<number>(n * c).fill(0);
  for (let i = 0; i < values.length; i++) sums[Math.floor(i / (positions * c)) * c + (i % c)]! += values[i]!;
  return sums;
}

describeWebGpu("channels", () => {
  beforeAll(async () => {
    await (await backendOf()).init();
  });

  describe.each(shapes.map((shape) => [shape] as const))("of %o", (shape) => {
    const size = sizeOf(shape);
    const [n, c] = [shape[0]!, shape.at(-1)!];
    const positions = sizeOf(shape.slice(1, -1));
    const [x, y, s] = [random("x", size), random("y", size), random("s", n * c)];
    /** Where the factor of an element is. */
    const at = (i: number): number => Math.floor(i / (positions * c)) * c + (i % c);

    it("scales and adds, and has the gradient", async () => {
      const [tx, ty, scale] = [tf.tensor(x, shape), tf.tensor(y, shape), tf.tensor(s, [n, c])];
      const level = tf.memory().numTensors;
      const [sum] = run("AddScaled", { x: tx, y: ty, scale });
      const [alone] = run("AddScaled", { y: ty, scale });
      const [dy, dscale] = run("AddScaledGradient", { dy: tx, y: ty, scale });
      expect(tf.memory().numTensors).toBe(level + 4);
      expect([sum!, alone!, dy!, dscale!].map((t) => t.shape)).toEqual([shape, shape, shape, [n, c]]);
      expectAllClose(
        await sum!.data(),
        x.map((v, i) => v + y[i]! * s[at(i)]!),
        { rtol: 2e-7 },
      );
      expectAllClose(
        await alone!.data(),
        y.map((v, i) => v * s[at(i)]!),
        { rtol: 2e-7 },
      );
      expectAllClose(
        await dy!.data(),
        x.map((v, i) => v * s[at(i)]!),
        { rtol: 2e-7 },
      );
      const products = sumOf(
        Array.from(x, (v, i) => v * y[i]!),
        shape,
      );
      // Terms of up to 4, of both signs: rounded at the size of the partial sums.
      expectAllClose(await dscale!.data(), products, { rtol: 2e-7, atol: 1e-6 * Math.sqrt(positions) });
      tf.dispose([tx, ty, scale, sum!, alone!, dy!, dscale!]);
    });

    it("has the mean over positions, and the gradient", async () => {
      const [tx, dy] = [tf.tensor(x, shape), tf.tensor(s, [n, c])];
      const level = tf.memory().numTensors;
      const [mean] = run("PositionMean", { x: tx }, { shape });
      const [dx] = run("PositionMeanGradient", { dy }, { shape });
      expect(tf.memory().numTensors).toBe(level + 2);
      expect([mean!, dx!].map((t) => t.shape)).toEqual([[n, c], shape]);
      const expected = sumOf(x, shape).map((v) => (positions === 0 ? 0 : v / positions));
      expectAllClose(await mean!.data(), expected, { rtol: 2e-7, atol: 1e-6 / Math.sqrt(Math.max(1, positions)) });
      expectAllClose(
        await dx!.data(),
        x.map((_, i) => s[at(i)]! / positions),
        { rtol: 2e-7 },
      );
      tf.dispose([tx, dy, mean!, dx!]);
    });

    const slopes: [string, (v: number) => number][] = [
      ["linear", () => 1],
      ["relu", (v) => (v > 0 ? 1 : 0)],
      ["relu6", (v) => (v > 0 && v < 6 ? 1 : 0)],
      ["sigmoid", (v) => v * (1 - v)],
      ["elu", (v) => (v > 0 ? 1 : v + 1)],
      ["leakyrelu", (v) => (v > 0 ? 1 : 0.3)],
    ];
    it.each(slopes)("has the gradient of %s, and its sum over rows", async (activation, slope) => {
      const values = activation === "relu6" ? y.map((v) => 4 * v) : y;
      const [dy, ty] = [tf.tensor(x, shape), tf.tensor(values, shape)];
      const attributes = { activation, slope: 0.3 };
      const level = tf.memory().numTensors;
      const both = run("ActivationGradient", { dy, y: ty }, { ...attributes, wantsInput: true, wantsBias: true });
      const [input] = run("ActivationGradient", { dy, y: ty }, { ...attributes, wantsInput: true, wantsBias: false });
      const [bias] = run("ActivationGradient", { dy, y: ty }, { ...attributes, wantsInput: false, wantsBias: true });
      expect(tf.memory().numTensors).toBe(level + 4);
      expect([...both, input!, bias!].map((t) => t.shape)).toEqual([shape, [c], shape, [c]]);
      const d = x.map((v, i) => v * slope(values[i]!));
      expectAllClose(await both[0]!.data(), d, { rtol: 3e-7 });
      expect(await input!.data()).toEqual(await both[0]!.data());
      const sums = sumOf(d, [1, size / Math.max(1, c), c]);
      expectAllClose(await both[1]!.data(), size === 0 ? new Array(c).fill(0) : sums, {
        rtol: 2e-7,
        atol: 1e-6 * Math.sqrt(positions * n),
      });
      expect(await bias!.data()).toEqual(await both[1]!.data());
      tf.dispose([dy, ty, both, input!, bias!]);
    });
  });

  it("takes an activation without its value for linear", async () => {
    const dy = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const [bias] = run("ActivationGradient", { dy }, { activation: "linear", wantsInput: false, wantsBias: true });
    expect([...(await bias!.data())]).toEqual([4, 6]);
  });

  it.each([1, 6, 8, 1000])("blends running statistics of %i channels", async (c) => {
    const [mean, variance, newestMean, newestVariance] = ["a", "b", "c", "d"].map((key) => random(key, c));
    const inputs = {
      mean: tf.tensor1d(mean!),
      variance: tf.tensor1d(variance!),
      newestMean: tf.tensor2d(newestMean!, [1, c]),
      newestVariance: tf.tensor2d(newestVariance!, [1, c]),
    };
    const [m, v] = run("BlendStatistics", inputs, { momentum: 0.1, factor: 1.25 });
    expect([m!.shape, v!.shape]).toEqual([[c], [c]]);
    expectAllClose(
      await m!.data(),
      mean!.map((a, i) => a + 0.1 * (newestMean![i]! - a)),
      { rtol: 2e-7 },
    );
    expectAllClose(
      await v!.data(),
      variance!.map((a, i) => a + 0.1 * (1.25 * newestVariance![i]! - a)),
      { rtol: 2e-7 },
    );
    tf.dispose([inputs, m!, v!]);
  });
});
