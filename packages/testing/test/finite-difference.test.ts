import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkGradient } from "../src/finite-difference.ts";

let before = 0;
beforeEach(async () => {
  await tf.ready();
  before = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(before));

/** `x²` with a gradient `factor` times the right one. */
const squareWith = (factor: number) =>
  tf.customGrad((x, save) => {
    const at = x as tf.Tensor;
    (save as tf.GradSaveFunc)([at]);
    return {
      value: tf.square(at),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => tf.mul(dy, tf.mul(2 * factor, saved[0]!))),
    };
  });
/** `|x|`, with the sign for its gradient. */
const magnitude = tf.customGrad((x, save) => {
  (save as tf.GradSaveFunc)([x as tf.Tensor]);
  return {
    value: tf.abs(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => tf.mul(dy, tf.sign(saved[0]!))),
  };
});

// `checkGradient` sums its outputs with weights; the gradients of those two kernels come from here.
const sumConfig: tf.GradConfig = {
  kernelName: tf.Sum,
  inputsToSave: ["x"],
  gradFunc: (dy, saved) => ({ x: () => tf.mul(dy as tf.Tensor, tf.onesLike(saved[0]!)) }),
};
const mulConfig: tf.GradConfig = {
  kernelName: tf.Multiply,
  inputsToSave: ["a", "b"],
  gradFunc: (dy, [a, b]) => ({ a: () => tf.mul(dy as tf.Tensor, b!), b: () => tf.mul(dy as tf.Tensor, a!) }),
};
for (const config of [sumConfig, mulConfig]) if (!tf.getGradient(config.kernelName)) tf.registerGradient(config);

test("accepts a right gradient, of tensors and variables, and leaves the variables' values", () => {
  const x = tf.tensor1d([0.3, -1.2, 2]);
  const v = tf.tidy(() => tf.variable(tf.tensor1d([1, 2, -0.5])));
  checkGradient((a, b) => tf.mul(squareWith(1)(a!), squareWith(1)(b!)), [x, v]);
  expect([...v.dataSync()]).toEqual([1, 2, -0.5]);
  tf.dispose([x, v]);
});

test.each([1.01, 0.99, -1, 0])("refuses a gradient that is %d times the right one", (factor) => {
  const x = tf.tensor1d([0.3, -1.2, 2]);
  expect(() => checkGradient((a) => squareWith(factor)(a!), [x])).toThrow(/^input 0, element \d: the gradient is /);
  x.dispose();
});

test("is not misled by kinks near a point", () => {
  const x = tf.tensor1d([0.004, -0.004, 1, -1]);
  checkGradient((a) => magnitude(a!), [x]);
  x.dispose();
});
