import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import type { Parameter } from "../src/contracts/model.ts";
import { averageWeights, clipByGlobalNorm, globalNorm } from "../src/optimizers/index.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("clipping", () => {
  it("takes all gradients as one vector and scales them together", () => {
    const before = tf.memory().numTensors;
    const gradients = [
      tf.tensor2d([
        [3, 0],
        [0, 4],
      ]),
      tf.tensor1d([12]),
    ];
    const norm = globalNorm(gradients);
    expect(norm.dataSync()[0]).toBeCloseTo(13, 5);
    const clipped = clipByGlobalNorm(gradients, 13, 6.5);
    const factor = 6.5 / (13 + 1e-6);
    expectAllClose(clipped[0]!.dataSync(), [3 * factor, 0, 0, 4 * factor], { rtol: 1e-6 });
    expectAllClose(clipped[1]!.dataSync(), [12 * factor], { rtol: 1e-6 });
    expect(clipped[0]!.shape).toEqual([2, 2]);
    tf.dispose([...gradients, norm, ...clipped]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("leaves small gradients alone", () => {
    const gradient = tf.tensor1d([0.3, 0.4]);
    const clipped = clipByGlobalNorm([gradient], 0.5, 1);
    gradient.dispose();
    expect([...clipped[0]!.dataSync()]).toEqual([Math.fround(0.3), Math.fround(0.4)]);
    tf.dispose(clipped);
  });

  it("has a norm of 0 without gradients", () => {
    expect(tf.tidy(() => globalNorm([]).dataSync()[0])).toBe(0);
  });
});

const parameters = (values: readonly number[]): Parameter[] => [
  { name: "w", variable: tf.tidy(() => tf.variable(tf.tensor1d([...values]))), trainable: true, decay: true },
];
const set = (p: readonly Parameter[], values: readonly number[]): void =>
  tf.tidy(() => p[0]!.variable.assign(tf.tensor1d([...values])));
const read = (p: readonly Parameter[]): number[] => [...p[0]!.variable.dataSync()];

describe("averageWeights", () => {
  it.each([false, true])("is the recursion a ← a + (1 − d)(w − a), warm-up %s", (warmUp) => {
    const p = parameters([1, -2]);
    const average = averageWeights(p, { decay: 0.9, warmUp });
    let expected = [1, -2];
    for (let t = 0; t < 30; t++) {
      const w = [Math.sin(t), Math.cos(3 * t)];
      set(p, w);
      average.update();
      const d = warmUp ? Math.min(0.9, (1 + t) / (10 + t)) : 0.9;
      expected = expected.map((a, i) => a + (1 - d) * (w[i]! - a));
    }
    expect(average.steps).toBe(30);
    expectAllClose(average.tensors()["w/average"]!.dataSync(), expected, { rtol: 2e-6 });
    average.dispose();
    tf.dispose(p[0]!.variable);
  });

  it("swaps in and out without losing anything or leaking", () => {
    const outside = tf.memory().numTensors;
    const p = parameters([0, 0]);
    const average = averageWeights(p, { decay: 0.5 });
    set(p, [4, 8]);
    average.update();
    const level = tf.memory().numTensors;
    tf.tidy(() => average.swapIn());
    expect(read(p)).toEqual([2, 4]);
    expect(() => average.update()).toThrow(/swapped in/);
    expect(() => average.swapIn()).toThrow(/swapped in/);
    average.swapOut();
    expect(read(p)).toEqual([4, 8]);
    expect(() => average.swapOut()).toThrow(/not swapped in/);
    expect([...average.tensors()["w/average"]!.dataSync()]).toEqual([2, 4]);
    expect(tf.memory().numTensors).toBe(level);
    average.swapIn();
    average.dispose();
    expect(read(p)).toEqual([4, 8]);
    p[0]!.variable.dispose();
    expect(tf.memory().numTensors).toBe(outside);
  });

  it("continues identically from its saved state", () => {
    const p = parameters([1, 1]);
    const one = averageWeights(p, { decay: 0.99, warmUp: true });
    set(p, [2, 3]);
    one.update();
    const saved = { "w/average": tf.clone(one.tensors()["w/average"]!) };
    const two = averageWeights(p, { decay: 0.99, warmUp: true });
    two.restore(saved, one.steps);
    tf.dispose(saved);
    set(p, [5, 7]);
    one.update();
    two.update();
    expect([...two.tensors()["w/average"]!.dataSync()]).toEqual([...one.tensors()["w/average"]!.dataSync()]);
    expect(() => two.restore({}, 0)).toThrow(/has no "w\/average"/);
    one.dispose();
    two.dispose();
    p[0]!.variable.dispose();
  });
});
