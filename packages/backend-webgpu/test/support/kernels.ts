import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { expect } from "vitest";

const random = rng("webgpu kernels");

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

export const normal = (shape: readonly number[]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    [...shape],
  );

/** Few different values, so that many are equal. */
export const coarse = (shape: readonly number[]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.integer(3) - 1),
    [...shape],
  );

/** Runs a kernel of the current backend. */
export const run = (name: string, inputs: Readonly<Record<string, tf.Tensor>>, attributes: object = {}): tf.Tensor[] =>
  [tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap)].flat();

/** Σ x · y in float64. */
export async function inner(a: tf.Tensor, b: tf.Tensor): Promise<number> {
  const [x, y] = await Promise.all([a.data(), b.data()]);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

/** ⟨dy, A x⟩ = ⟨Aᵀ dy, x⟩, up to rounding of float32. */
export async function expectAdjoint(x: tf.Tensor, y: tf.Tensor, gradient: (dy: tf.Tensor) => tf.Tensor): Promise<void> {
  const dy = normal(y.shape);
  const dx = gradient(dy);
  expect(dx.shape).toEqual(x.shape);
  const scale = Math.sqrt((await inner(dy, dy)) * (await inner(y, y))) + 1e-3;
  expect(Math.abs((await inner(dy, y)) - (await inner(dx, x))) / scale).toBeLessThan(1e-5);
}
