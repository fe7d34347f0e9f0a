/**
 * The CUDA backend: TensorFlow on an NVIDIA GPU through `@tensorflow/tfjs-node-gpu`.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { cudaBackend } from "./cuda.ts";

export * from "./cuda.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/backend-cuda",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [cudaBackend],
});
export default plugin;
