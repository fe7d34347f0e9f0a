/**
 * PyTorch checkpoints and configs of the original spectrai in, ONNX out.
 *
 * @packageDocumentation
 */
export * from "./checkpoint/import-checkpoint.ts";
export * from "./checkpoint/request.ts";
export * from "./onnx/model-to-onnx.ts";
export * from "./onnx/network-to-onnx.ts";
export type { OnnxPort, OnnxType } from "./onnx/onnx-format.ts";
export * from "./reference-config/convert.ts";
export * from "./reference-config/settings.ts";
export type { NetworkName } from "./reference-config/words.ts";
export * from "./reference-config/write.ts";
export * from "./torch/read-torch.ts";
export * from "./torch/state.ts";
export * from "./torch/values.ts";
