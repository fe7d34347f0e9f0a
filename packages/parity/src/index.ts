/**
 * Whether every backend computes the same: operations, layers, models and steps of training, compared with the cpu backend.
 *
 * @packageDocumentation
 */
export * from "./bounds.ts";
export * from "./case.ts";
export * from "./cases.ts";
export * from "./difference.ts";
export type { LayerCase } from "./layers/layer-case.ts";
export { layerCases } from "./layers/index.ts";
export { operationCase } from "./operation-case.ts";
export type { BackendCase } from "./operations/case.ts";
export { backendCases } from "./operations/index.ts";
export type { RandomInput } from "./random-tensor.ts";
export * from "./run.ts";
export * from "./summary.ts";
