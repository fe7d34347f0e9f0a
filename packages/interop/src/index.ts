/**
 * PyTorch checkpoints and configs of the original spectrai in, ONNX out.
 *
 * @packageDocumentation
 */
export * from "./torch/read-torch.ts";
export * from "./torch/state.ts";
export * from "./torch/values.ts";
