import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import {
  type LabelArray,
  type Loss,
  type Metric,
  type MetricResult,
  type Prediction,
  ndarray,
  rng,
  spectralArray,
  type Target,
} from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { expect } from "vitest";

/** A component without services, made from its options. */
export function make<T>(
  component: { schema: { parse(o: unknown): unknown }; create(o: never, d: never): T | Promise<T> },
  options: object = {},
): T {
  return component.create(component.schema.parse(options) as never, {} as never) as T;
}

export const random = (key: string, size: number, low = -2, high = 2): Float32Array => {
  const r = rng(7, key);
  return Float32Array.from({ length: size }, () => r.uniform(low, high));
};

/** Value and gradient of a loss, and that no tensor is left behind. */
export function valueAndGradient(
  loss: Loss,
  output: tf.Tensor,
  target: tf.Tensor,
): { value: number; gradient: Float32Array } {
  const before = tf.memory().numTensors;
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss.compute(x, target))(output);
  const result = { value: value.dataSync()[0]!, gradient: grad.dataSync<"float32">() };
  expect(grad.shape).toEqual(output.shape);
  value.dispose();
  grad.dispose();
  expect(tf.memory().numTensors).toBe(before);
  const alone = tf.tidy(() => loss.compute(output, target).dataSync()[0]!);
  expect(alone).toBeCloseTo(result.value, 6);
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

/** The gradient against central differences of the value. Values are float32: step 1e-2 and 2e-3 of the largest gradient. */
export function checkGradient(loss: Loss, output: tf.Tensor, target: tf.Tensor, step = 1e-2, rtol = 2e-3): void {
  const { gradient } = valueAndGradient(loss, output, target);
  const x = Float64Array.from(output.dataSync());
  const at = (i: number, v: number) => {
    const moved = Float32Array.from(x);
    moved[i] = v;
    return tf.tidy(() => ({ x: moved[i]!, y: loss.compute(tf.tensor(moved, output.shape), target).dataSync()[0]! }));
  };
  const numeric = Float64Array.from(x, (v, i) => {
    const up = at(i, v + step);
    const down = at(i, v - step);
    return (up.y - down.y) / (up.x - down.x);
  });
  expectAllClose(gradient, numeric, { rtol, atol: 1e-5 });
}

export const prediction = (data: ArrayLike<number>, shape: readonly number[] = [data.length]): Prediction => ({
  data: Float64Array.from(data),
  shape,
});

export const spectral = (data: ArrayLike<number>, shape: readonly number[] = [data.length]): Target => ({
  kind: "spectral",
  value: spectralArray(Float64Array.from(data), shape),
});

export const numbers = (...values: number[]): Target => ({ kind: "numbers", value: Float64Array.from(values) });

export const mask = (labels: readonly number[], shape: readonly number[], ignored = 255): Target => ({
  kind: "mask",
  value: { ...ndarray(Int32Array.from(labels), shape), ignored } as LabelArray,
});

export function score(metric: Metric, ...samples: readonly (readonly [Prediction, Target])[]): MetricResult {
  const accumulator = metric.start();
  for (const [output, target] of samples) accumulator.add(output, target);
  return accumulator.result();
}
