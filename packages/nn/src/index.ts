/**
 * Neural network layers for one, two and three dimensions on TensorFlow.js.
 *
 * @packageDocumentation
 */
export * from "./activations.ts";
export * from "./batch-norm.ts";
export * from "./channel-attention.ts";
export * from "./contract-layout.ts";
export * from "./conv.ts";
export * from "./dense.ts";
export * from "./dropout.ts";
export type { ActivationOption } from "./fused-activation.ts";
export * from "./global-pool.ts";
export * from "./group-norm.ts";
export * from "./initializers.ts";
export * from "./instance-norm.ts";
export * from "./interpolate.ts";
export * from "./join.ts";
export * from "./layer-norm.ts";
export * from "./layer.ts";
export * from "./model.ts";
export * from "./network-size.ts";
export * from "./pad.ts";
export * from "./parameter-scope.ts";
export * from "./pixel-shuffle.ts";
export * from "./pool-with-indices.ts";
export * from "./pool.ts";
export * from "./prime-factors.ts";
export type { Dimension, PerDimension } from "./shapes.ts";
export * from "./stochastic-depth.ts";
export * from "./stem-options.ts";
export * from "./style.ts";
export * from "./summary.ts";
export * from "./torch-layout.ts";
export * from "./upsample.ts";
