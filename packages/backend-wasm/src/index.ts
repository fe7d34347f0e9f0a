/**
 * The WebAssembly backend, with the gradient kernels that tfjs lacks.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { wasmBackend } from "./wasm.ts";

export * from "./wasm.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/backend-wasm",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [wasmBackend],
});
export default plugin;
