import * as tf from "@tensorflow/tfjs-core";
import { type Loss } from "@spectrai/core";
import { expectAllClose, fixturesFolder, fixtureValues, readFixture } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { charbonnierLoss, huberLoss, l1Loss, mseLoss } from "../src/index.ts";
import { checkGradient, make, random, valueAndGradient } from "./helpers.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe.skipIf(!fixturesFolder())("against PyTorch", () => {
  it.each([
    ["l1", () => make(l1Loss)],
    ["mse", () => make(mseLoss)],
    ["huber", () => make(huberLoss, { delta: 0.3 })],
  ] as [string, () => Loss][])("%s: value and gradient", (name, loss) => {
    const golden = readFixture("reference/losses.safetensors");
    const a = tf.tensor(Float32Array.from(fixtureValues(golden, "a")), [3, 4, 9]);
    const b = tf.tensor(Float32Array.from(fixtureValues(golden, "b")), [3, 4, 9]);
    const { value, gradient } = valueAndGradient(loss(), a, b);
    expectAllClose([value], fixtureValues(golden, `${name}/value`), { rtol: 1e-6 });
    expectAllClose(gradient, fixtureValues(golden, `${name}/grad`), { rtol: 1e-6 });
    tf.dispose([a, b]);
  });
});

describe("continuous losses", () => {
  it("charbonnier is the mean of √(d² + ε²)", () => {
    const loss = make<Loss>(charbonnierLoss, { epsilon: 3 });
    const { value, gradient } = valueAndGradient(loss, tf.tensor1d([4, 1]), tf.tensor1d([0, 1]));
    expect(value).toBeCloseTo(4, 6);
    expectAllClose(gradient, [0.4, 0], { atol: 1e-6 });
  });

  it("huber changes from d²/2 to δ(|d| − δ/2) at δ", () => {
    const loss = make<Loss>(huberLoss, { delta: 0.5 });
    const { value, gradient } = valueAndGradient(loss, tf.tensor1d([0.4, -3]), tf.tensor1d([0, 0]));
    expect(value).toBeCloseTo((0.08 + 0.5 * 2.75) / 2, 6);
    expectAllClose(gradient, [0.2, -0.25], { atol: 1e-6 });
  });

  it("l1 has no slope where output and target are equal", () => {
    expectAllClose(
      valueAndGradient(make<Loss>(l1Loss), tf.tensor1d([1, 2]), tf.tensor1d([1, 3])).gradient,
      [0, -0.5],
      {},
    );
  });

  it.each([
    ["mse", () => make<Loss>(mseLoss)],
    ["huber", () => make<Loss>(huberLoss, { delta: 0.7 })],
    ["charbonnier", () => make<Loss>(charbonnierLoss, { epsilon: 0.5 })],
  ])("%s: gradient agrees with central differences", (_, loss) => {
    checkGradient(loss(), tf.tensor(random("x", 24), [2, 3, 4]), tf.tensor(random("y", 24), [2, 3, 4]));
  });

  it("passes the gradient of a scaled loss on", () => {
    const y = tf.tensor1d([0, 0]);
    const g = tf.grad((x: tf.Tensor) => make<Loss>(mseLoss).compute(x, y))(tf.tensor1d([1, 2]), tf.scalar(3));
    expectAllClose(g.dataSync(), [3, 6], { rtol: 1e-6 });
  });

  it("names both shapes when they differ", () => {
    expect(() => make<Loss>(l1Loss).compute(tf.zeros([2, 3]), tf.zeros([3, 2]))).toThrow(/\[2, 3\].*\[3, 2\]/);
  });
});
