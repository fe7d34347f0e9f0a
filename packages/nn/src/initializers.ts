import { type Rng, sizeOf } from "@spectrai/core";

/** Makes a parameter's first values. Kernels are `[…spatial, in, out]` and matrices `[in, out]`. */
export type Initializer = (shape: readonly number[], rng: Rng) => Float32Array;

const filled = (shape: readonly number[], next: () => number): Float32Array => {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = next();
  return values;
};

/** How many inputs one output depends on: everything but the last dimension. */
export const fanIn = (shape: readonly number[]): number => sizeOf(shape.slice(0, -1));

/** How many outputs one input reaches: everything but the last dimension but one. */
export const fanOut = (shape: readonly number[]): number => sizeOf(shape.slice(0, -2)) * shape.at(-1)!;

export const constant =
  (value: number): Initializer =>
  (shape) =>
    new Float32Array(sizeOf(shape)).fill(value);
export const zeros: Initializer = constant(0);
export const ones: Initializer = constant(1);

/** Uniform in ±bound. */
export const uniform =
  (bound: number): Initializer =>
  (shape, rng) =>
    filled(shape, () => rng.uniform(-bound, bound));

export const normal =
  (deviation: number, mean = 0): Initializer =>
  (shape, rng) =>
    filled(shape, () => rng.normal(mean, deviation));

/**
 * Uniform in ±√(6 / ((1 + a²) fan-in)) (He et al., "Delving deep into rectifiers", ICCV 2015). With a = √5, the default,
 * this is PyTorch's start for convolutions and linear layers: ±1/√fan-in.
 */
export const kaimingUniform =
  (a: number = Math.sqrt(5)): Initializer =>
  (shape, rng) =>
    uniform(Math.sqrt(6 / ((1 + a * a) * fanIn(shape))))(shape, rng);

/** Normal with deviation √(2 / fan-in), for layers in front of a ReLU (He et al., 2015). */
export const heNormal: Initializer = (shape, rng) => normal(Math.sqrt(2 / fanIn(shape)))(shape, rng);

/** Uniform in ±√(6 / (fan-in + fan-out)) (Glorot and Bengio, AISTATS 2010). */
export const xavierUniform: Initializer = (shape, rng) =>
  uniform(Math.sqrt(6 / (fanIn(shape) + fanOut(shape))))(shape, rng);

/** Normal with deviation √(2 / (fan-in + fan-out)) (Glorot and Bengio, AISTATS 2010). */
export const xavierNormal: Initializer = (shape, rng) =>
  normal(Math.sqrt(2 / (fanIn(shape) + fanOut(shape))))(shape, rng);

/** PyTorch's start for the bias of a layer whose kernel has this shape: uniform in ±1/√fan-in. */
export const torchBias = (kernel: readonly number[]): Initializer => uniform(1 / Math.sqrt(fanIn(kernel)));
